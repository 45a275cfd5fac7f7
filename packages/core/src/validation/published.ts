/** A figure that others have published, to stand beside ours: other patients, often another target. */
export interface PublishedFigure {
  readonly figure: string;
  readonly value: string;
  readonly source: string;
  readonly differs: string;
}

export const PUBLISHED: readonly PublishedFigure[] = [
  {
    figure: 'vertebrae, Dice',
    value: '0.907; 0.929',
    source: 'iterative instance segmentation on SPIDER (van der Graaf 2024); SPINEPS (Möller 2024)',
    differs: 'whole vertebrae in 3-D, posterior elements included',
  },
  {
    figure: 'vertebra, disc, canal, Dice',
    value: '0.920, 0.967, 0.958',
    source: 'SPINEPS on the German National Cohort (Möller 2024)',
    differs: 'whole vertebrae, another collection',
  },
  {
    figure: 'all levels right',
    value: '98.3 %',
    source: 'VERIDAH',
    differs: 'whole spine or large field of view',
  },
  {
    figure: 'Pfirrmann, κ',
    value: '0.68',
    source: 'SpineNet, external validation',
    differs: 'another collection; balanced accuracy 78 %',
  },
  {
    figure: 'Pfirrmann between human readers, κ',
    value: '0.69–0.81',
    source: 'Pfirrmann 2001',
    differs: 'three trained readers, 300 discs',
  },
];
