/*
 * Tissues: water part, fat share, texture, and what they count as in the truth.
 * Relaxation times at 1.5 T; sources: SyMRI and quantitative studies collected in the parameter table; dark structures
 * (cortex, ligament, flavum) by their known signal void.
 */

export interface Tissue {
  readonly name: string;
  /** Water: proton density (% of water), T1 and T2, ms. */
  readonly pd: number;
  readonly t1: number;
  readonly t2: number;
  /** Share of fat, 0–1. */
  readonly fat: number;
  /** Relative texture: pixel grain, soft clouds (~6 mm), dark septa. */
  readonly grain: number;
  readonly clouds: number;
  readonly septa: number;
  /** Voxel value in the truth's label map (0 = none). */
  readonly label: number;
  /** Training class: 0 background, 1 body, 2 disc, 3 S1, 4 dural sac, 5 sacrum below S1, 6 marrow of posterior elements. */
  readonly kind: 0 | 1 | 2 | 3 | 4 | 5 | 6;
}

/** Fat at 1.5 T; T2 is the effective one in a turbo spin echo. */
export const FAT = { pd: 90, t1: 343, t2: 140 } as const;

const tissue = (
  name: string,
  pd: number,
  t1: number,
  t2: number,
  fat = 0,
  texture: readonly [grain: number, clouds: number, septa: number] = [0.03, 0.03, 0],
  label = 0,
  kind: Tissue['kind'] = 0,
): Tissue => ({
  name,
  pd,
  t1,
  t2,
  fat,
  grain: texture[0],
  clouds: texture[1],
  septa: texture[2],
  label,
  kind,
});

/** A growing list of tissues; an index is the value of a picture element. */
export interface Palette {
  readonly tissues: Tissue[];
  add(t: Tissue): number;
}

/** Fixed indices of the tissues that every phantom has. */
export const AIR = 0;
export const SKIN = 1;
export const SUBCUTANEOUS = 2;
export const VISCERAL_FAT = 3;
export const EPIDURAL_FAT = 4;
export const MUSCLE = 5;
export const BACK_MUSCLE = 6;
export const INTERSPINOUS = 7;
export const LIGAMENT = 8;
export const FLAVUM = 9;
export const CORTEX = 10;
export const POSTERIOR_MARROW = 11;
export const DURA = 12;
export const CSF = 13;
export const CORD = 14;
export const ROOT = 15;
export const BLOOD = 16;
export const BOWEL = 17;
export const BOWEL_FLUID = 18;
export const GAS = 19;
export const ORGAN = 20;
export const URINE = 21;
export const MESENTERY = 22;
export const GANGLION = 23;
export const CARTILAGE = 24;
export const EPIDURAL_VEIN = 25;
export const FASCIA = 26;
export const VESSEL_WALL = 27;

export const CANAL_LABEL = 61;
export const CORD_LABEL = 60;

export function palette(muscleFat: number): Palette {
  const tissues: Tissue[] = [
    tissue('air', 0, 1000, 1, 0, [0, 0, 0]),
    tissue('skin', 60, 900, 30, 0.2, [0.05, 0.05, 0]),
    tissue('subcutaneous fat', 15, 600, 40, 0.97, [0.03, 0.05, 0.42]),
    tissue('visceral fat', 40, 800, 40, 0.85, [0.05, 0.14, 0.2]),
    tissue('epidural fat', 20, 700, 40, 0.97, [0.03, 0.06, 0]),
    tissue('muscle', 75, 870, 36, 0.06, [0.12, 0.14, 0]),
    tissue('back muscle', 75, 870, 36, muscleFat, [0.12, 0.22, 0.25]),
    tissue('interspinous tissue', 55, 800, 38, 0.5, [0.12, 0.45, 0.5]),
    tissue('ligament', 25, 700, 14, 0.02, [0.05, 0.05, 0]),
    tissue('flavum', 45, 750, 22, 0.03, [0.05, 0.1, 0]),
    tissue('cortex', 12, 400, 8, 0.03, [0.05, 0.05, 0]),
    tissue('posterior marrow', 75, 900, 42, 0.52, [0.09, 0.16, 0], 0, 6),
    tissue('dura', 45, 900, 20, 0.03, [0.03, 0.03, 0]),
    tissue('CSF', 107, 4000, 1500, 0, [0.015, 0.06, 0], CANAL_LABEL, 4),
    tissue('cord', 70, 880, 80, 0, [0.02, 0.03, 0], CORD_LABEL, 4),
    tissue('root', 72, 880, 88, 0, [0.04, 0.05, 0], CANAL_LABEL, 4),
    tissue('blood, flowing', 14, 1441, 60, 0, [0.25, 0.6, 0]),
    tissue('bowel', 75, 1000, 60, 0.05, [0.1, 0.45, 0]),
    tissue('bowel fluid', 95, 2500, 420, 0, [0.06, 0.3, 0]),
    tissue('gas', 4, 1000, 10, 0, [0.05, 0.1, 0]),
    tissue('organ', 74, 620, 46, 0.03, [0.06, 0.12, 0.12]),
    tissue('urine', 105, 3500, 900, 0, [0.02, 0.04, 0]),
    tissue('mesentery', 60, 900, 45, 0.6, [0.08, 0.4, 0.35]),
    tissue('ganglion', 75, 900, 78, 0.05, [0.03, 0.03, 0]),
    tissue('joint cartilage', 70, 1000, 42, 0.02, [0.04, 0.05, 0]),
    tissue('epidural veins', 80, 1300, 120, 0.25, [0.05, 0.15, 0]),
    tissue('fascia', 20, 700, 12, 0.08, [0.05, 0.05, 0]),
    tissue('vessel wall', 65, 900, 32, 0.1, [0.05, 0.05, 0]),
  ];
  // The dura belongs to the sac.
  tissues[DURA] = { ...tissues[DURA], label: CANAL_LABEL, kind: 4 };
  return {
    tissues,
    add(t) {
      tissues.push(t);
      return tissues.length - 1;
    },
  };
}

export { tissue };
