import type { DiscLabel, VertebraLabel } from '../spine/index.ts';

/*
 * The anatomy of one phantom: plain numbers, everything that is needed to draw it, nothing else.
 * Lists run from the sacrum upward. Angles: positive wedge = taller (or more open) in front.
 */

export interface VertebraAnatomy {
  readonly label: VertebraLabel;
  /** Between the posterior corners before rounding, mm. */
  readonly posteriorHeightMm: number;
  /** Between the endplate chords, degrees. */
  readonly wedgeDeg: number;
  /** Length of the upper and the lower endplate, mm. */
  readonly upperDepthMm: number;
  readonly lowerDepthMm: number;
  readonly widthMm: number;
  /** How far the endplates are hollow at their apex, mm. */
  readonly upperConcavityMm: number;
  readonly lowerConcavityMm: number;
  /** Waist of the front and of the back wall, mm. */
  readonly frontWaistMm: number;
  readonly backWaistMm: number;
  readonly cornerMm: number;
  /** How far the front corners stand out (osteophytes), mm. */
  readonly upperOsteophyteMm: number;
  readonly lowerOsteophyteMm: number;
  /** Schmorl's nodes: place along the endplate (0 front … 1 back), half-width, depth. */
  readonly upperNode?: EndplateNode;
  readonly lowerNode?: EndplateNode;
  /** Share of fat in the marrow, 0–1. */
  readonly fatFraction: number;
  readonly haemangioma?: { readonly along: number; readonly up: number; readonly radiusMm: number };
  readonly fracture?: 'wedge' | 'biconcave';
  readonly spinousLengthMm: number;
  readonly spinousHeightMm: number;
  /** Canal, front to back at the upper body and inner width, mm. */
  readonly canalDepthMm: number;
  readonly canalWidthMm: number;
}

export interface EndplateNode {
  readonly along: number;
  readonly halfWidthMm: number;
  readonly depthMm: number;
}

export type PfirrmannValue = 1 | 2 | 3 | 4 | 5;
export type ModicValue = 0 | 1 | 2 | 3;

export interface Herniation {
  /** Beyond the posterior line, mm. */
  readonly depthMm: number;
  /** Half the extent along the canal at the disc, mm. */
  readonly halfHeightMm: number;
  /** Displacement along the canal, mm; positive = towards the feet. */
  readonly migrationMm: number;
  /** Place and half-width across, mm (positive = left). */
  readonly lateralMm: number;
  readonly halfWidthMm: number;
}

export interface DiscAnatomy {
  readonly label: DiscLabel;
  /** Gap between the posterior corners, mm. */
  readonly posteriorHeightMm: number;
  readonly wedgeDeg: number;
  /** Upper on lower vertebra, mm; positive = forward. */
  readonly slipMm: number;
  readonly pfirrmann: PfirrmannValue;
  /** Mid-height over the height that a healthy disc of this person and level would have. */
  readonly heightShare: number;
  readonly posteriorBulgeMm: number;
  readonly anteriorBulgeMm: number;
  readonly herniation?: Herniation;
  readonly modic: ModicValue;
  readonly modicUpperMm: number;
  readonly modicLowerMm: number;
  /** Endplate change (irregular, eroded), above and below the disc. */
  readonly upperEndplateChange: boolean;
  readonly lowerEndplateChange: boolean;
  readonly cleft: boolean;
  readonly highIntensityZone: boolean;
  /** Ligamentum flavum at this level, mm. */
  readonly flavumMm: number;
}

export interface SacralSegment {
  /** Along its middle, mm. */
  readonly heightMm: number;
  readonly upperDepthMm: number;
  readonly lowerDepthMm: number;
  /** Change of direction from the segment above, degrees; positive = lower end turns forward. */
  readonly turnDeg: number;
  /** Gap to the segment below (remnant disc), mm. */
  readonly gapMm: number;
}

/** A soft rounded thing in the abdomen or pelvis; x to the left, v towards the feet, mm. */
export interface Blob {
  readonly kind: 'bowel' | 'fluid' | 'gas' | 'organ' | 'bladder' | 'mesentery';
  readonly x: number;
  /** Between the spine (0) and the wall of the belly (1). */
  readonly depth: number;
  readonly v: number;
  readonly rx: number;
  readonly ru: number;
  readonly rv: number;
  /** 0–1, varies the brightness. */
  readonly shade: number;
}

export interface Anatomy {
  readonly seed: number;
  readonly ageYears: number;
  readonly sex: 'F' | 'M';
  readonly statureCm: number;
  readonly lumbarCount: 4 | 5 | 6;
  readonly sacralSlopeDeg: number;
  /** S1 first. */
  readonly sacrum: readonly SacralSegment[];
  readonly sacrumWidthMm: number;
  /** Lowest lumbar vertebra first. */
  readonly vertebrae: readonly VertebraAnatomy[];
  /** Lowest disc first; discs[i] lies below vertebrae[i]. */
  readonly discs: readonly DiscAnatomy[];
  /** Canal behind S1, mm. */
  readonly sacralCanalDepthMm: number;
  readonly sacralCanalWidthMm: number;
  /** Thickness of dorsal and ventral epidural fat, relative to usual. */
  readonly epiduralFat: number;
  /** Where the cord ends: along the bodies, 0 = top of L1, 1 = top of L2. */
  readonly conusAtLumbar: number;
  /** Where the sac ends: along the sacrum, 0 = top of S1, 1 = top of S2, … */
  readonly sacEndAtSacral: number;
  readonly subcutaneousFatMm: number;
  readonly prevertebralFatMm: number;
  /** Spine to front of the belly, mm. */
  readonly bellyMm: number;
  readonly muscleFatFraction: number;
  readonly aortaMm: number;
  /** Middle of the aorta left of the middle plane, mm. */
  readonly aortaX: number;
  readonly blobs: readonly Blob[];
  /** Largest sideways displacement of the lumbar curve, mm; 0 = straight. */
  readonly scoliosisMm: number;
}
