/** Vertebrae, head to feet. L6 exists only in people with six lumbar vertebrae. */
export const VERTEBRAE = ['T9', 'T10', 'T11', 'T12', 'L1', 'L2', 'L3', 'L4', 'L5', 'L6', 'S1'] as const;
export type VertebraLabel = (typeof VERTEBRAE)[number];

/** A disc is named by the vertebrae above and below it: `L5/S1`, `L4/L5`, …; `L6/S1` or `L4/S1` with six or four lumbar vertebrae. */
export type DiscLabel = `${VertebraLabel}/${VertebraLabel}`;

/** Voxel values of `segmentation.nii.gz`: T9–T12 = 16–19, L1–L6 = 20–25, S1 = 26; the disc below v is 100 + v. */
export const VERTEBRA_VALUE: Readonly<Record<VertebraLabel, number>> = {
  T9: 16,
  T10: 17,
  T11: 18,
  T12: 19,
  L1: 20,
  L2: 21,
  L3: 22,
  L4: 23,
  L5: 24,
  L6: 25,
  S1: 26,
};
export const CORD_VALUE = 60;
export const CANAL_VALUE = 61;
/** Sacral bodies below S1, together. */
export const SACRUM_VALUE = 27;
/** Laminae, articular and spinous processes, and the median sacral crest, together. */
export const POSTERIOR_VALUE = 62;

export function discValue(label: DiscLabel): number {
  return 100 + VERTEBRA_VALUE[label.split('/')[0] as VertebraLabel];
}

/**
 * Vertebra labels from the sacrum upward, S1 first, for a spine with `lumbarCount` lumbar vertebrae (4, 5 or 6).
 * @example chainFromSacrum(5).slice(0, 3) // ['S1', 'L5', 'L4']
 */
export function chainFromSacrum(lumbarCount: 4 | 5 | 6): VertebraLabel[] {
  const lumbar = (['L1', 'L2', 'L3', 'L4', 'L5', 'L6'] as const).slice(0, lumbarCount).reverse();
  return ['S1', ...lumbar, 'T12', 'T11', 'T10', 'T9'];
}
