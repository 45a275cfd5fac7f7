/**
 * How well a figure is backed: `R` read in its source, `D` computed from published data. Figures that were only
 * remembered have no place in this room.
 */
export type Mark = 'R' | 'D';

/** Where a figure comes from, in enough detail to find it and to judge whom it speaks for. */
export interface Citation {
  /** Short and stable, used as an anchor in the report: `brinjikji-2015`. */
  readonly id: string;
  /** As shown beside the figure: `Brinjikji 2015`. */
  readonly short: string;
  readonly full: string;
  readonly population: string;
  /** Number of people, unless `population` names another unit. */
  readonly n: number;
  readonly mark: Mark;
}

export const BRINJIKJI_2015: Citation = {
  id: 'brinjikji-2015',
  short: 'Brinjikji 2015',
  full: 'Brinjikji W et al. Systematic literature review of imaging features of spinal degeneration in asymptomatic populations. AJNR Am J Neuroradiol 2015;36:811–816.',
  population: 'people without back pain, 33 studies (CT or MRI), modelled by age',
  n: 3110,
  mark: 'R',
};

export const RECUMBENT_LORDOSIS: Citation = {
  id: 'pmc6680033',
  short: 'PMC6680033',
  full: 'Lumbar lordosis standing and recumbent (recumbent values from MRI), 627 volunteers. PMC6680033.',
  population: 'volunteers, lying in the MRI scanner',
  n: 627,
  mark: 'R',
};

export const BODY_MASKS: Citation = {
  id: 'myosegmentum-2019',
  short: 'MyoSegmenTUM 2019',
  full: 'Burian E et al. 2019 (MyoSegmenTUM): vertebral bodies measured on its published masks, 1 mm voxels, 4 mm slices, mid-sagittal, median ± SD.',
  population: 'healthy adults, 39 women and 15 men, 51.6 ± 16.7 years; sexes pooled',
  n: 54,
  mark: 'R',
};

export const CANAL_LOWER_LIMITS: Citation = {
  id: 'jcis-2017',
  short: 'JCIS 2017',
  full: 'Lower 95 % limits of the sagittal diameter of the lumbar canal on MRI, 604 people. JCIS 2017.',
  population: 'patients with a lumbar MRI, men and women apart',
  n: 604,
  mark: 'R',
};

export const FRAMINGHAM_CANAL: Citation = {
  id: 'pmc3775665',
  short: 'PMC3775665',
  full: 'Lumbar spinal stenosis in the Framingham study (CT, 191 people): bony canal below 12 mm relative, below 10 mm absolute stenosis. PMC3775665.',
  population: 'community sample, CT of the bony canal',
  n: 191,
  mark: 'R',
};

export const SAC_AREA_CUT_POINTS: Citation = {
  id: 'bmcmsk-2011-12-175',
  short: 'BMC Musculoskelet Disord 2011;12:175',
  full: 'Quantitative radiologic criteria for the diagnosis of lumbar spinal stenosis: a systematic literature review of 25 studies. BMC Musculoskelet Disord 2011;12:175. Cross-sections below 70 mm² are the commonest cut-point, others use 100 mm²; few trials use any number.',
  population: 'studies reviewed',
  n: 25,
  mark: 'R',
};

export const PFIRRMANN_2001: Citation = {
  id: 'pfirrmann-2001',
  short: 'Pfirrmann 2001',
  full: 'Pfirrmann CWA et al. Magnetic resonance classification of lumbar intervertebral disc degeneration. Spine 2001;26:1873. 300 discs, three readers, κ between readers 0.69–0.81.',
  population: 'lumbar discs (not people), three readers',
  n: 300,
  mark: 'R',
};

export const NUMBERING_ERROR: Citation = {
  id: 'kjr-2014',
  short: 'KJR 2014',
  full: 'Numbering on lumbar MRI alone against a whole-spine localiser: 14.1 % wrong in 1,049 people. Korean J Radiol 2014.',
  population: 'patients with a lumbar MRI and a whole-spine localiser',
  n: 1049,
  mark: 'R',
};
