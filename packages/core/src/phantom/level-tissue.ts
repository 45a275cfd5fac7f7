import { discValue, VERTEBRA_VALUE } from '../spine/index.ts';
import type { Anatomy, DiscAnatomy, ModicValue } from './anatomy.ts';
import { CORTEX, type Palette, palette, type Tissue, tissue } from './tissue.ts';

/** Tissue numbers of one vertebral body. */
export interface BodyTissue {
  readonly cortex: number;
  readonly marrow: number;
  readonly vein: number;
  readonly haemangioma: number;
  /** Endplate bands towards the disc above and below. */
  readonly upperBand: number;
  readonly lowerBand: number;
}

export interface DiscTissue {
  readonly outerAnnulus: number;
  readonly innerAnnulus: number;
  readonly nucleus: number;
  readonly cleft: number;
  readonly zone: number;
}

export interface LevelTissues {
  readonly palette: Palette;
  /** Lowest lumbar first, then up. */
  readonly bodies: readonly BodyTissue[];
  readonly discs: readonly DiscTissue[];
  readonly s1: BodyTissue;
  readonly sacrum: BodyTissue;
  readonly remnant: number;
}

/** Nucleus: T2 by grade I–V (100 patients; V remembered), T1 and proton density along the SyMRI series. */
const NUCLEUS = [
  { pd: 80, t1: 1165, t2: 205 },
  { pd: 76, t1: 1000, t2: 135 },
  { pd: 68, t1: 850, t2: 84 },
  { pd: 56, t1: 640, t2: 52 },
  { pd: 46, t1: 560, t2: 38 },
] as const;
const INNER_ANNULUS_T2 = [70, 60, 50, 42, 36] as const;

/** All tissues of a phantom: the common ones and those of each level, with their label values. */
export function levelTissues(anatomy: Anatomy): LevelTissues {
  const list = palette(anatomy.muscleFatFraction);
  const bodyOf = (
    fat: number,
    label: number,
    kind: Tissue['kind'],
    upper: ModicValue,
    lower: ModicValue,
  ): BodyTissue => {
    const marrowTexture = [0.1, 0.09 + 0.1 * fat, 0] as const;
    const cortex = list.add({ ...list.tissues[CORTEX], label, kind });
    const marrow = list.add(tissue('marrow', 76, 900, 40, fat, marrowTexture, label, kind));
    const band = (modic: ModicValue): number => {
      if (modic === 0) return marrow;
      if (modic === 1)
        return list.add(tissue('Modic I', 86, 1440, 75, 0.55 * fat, [0.1, 0.12, 0], label, kind));
      if (modic === 2)
        return list.add(
          tissue('Modic II', 70, 900, 46, Math.min(0.92, fat + 0.38), [0.08, 0.1, 0], label, kind),
        );
      return list.add(tissue('Modic III', 28, 700, 24, 0.3 * fat, [0.08, 0.1, 0], label, kind));
    };
    return {
      cortex,
      marrow,
      vein: list.add(tissue('basivertebral vein', 80, 1300, 105, 0.35, [0.05, 0.1, 0], label, kind)),
      haemangioma: list.add(tissue('haemangioma', 85, 900, 95, 0.65, [0.12, 0.2, 0], label, kind)),
      upperBand: band(upper),
      lowerBand: band(lower),
    };
  };
  const discOf = (d: DiscAnatomy): DiscTissue => {
    const label = discValue(d.label);
    const g = d.pfirrmann - 1;
    const n = NUCLEUS[g];
    const mottle = [0.03, 0.1, 0.2, 0.3, 0.25][g];
    return {
      outerAnnulus: list.add(tissue('outer annulus', 42, 650, 24, 0, [0.05, 0.08, 0], label, 2)),
      innerAnnulus: list.add(
        tissue(
          'inner annulus',
          0.5 * n.pd + 26,
          0.5 * n.t1 + 330,
          INNER_ANNULUS_T2[g],
          0,
          [0.04, 0.1, 0],
          label,
          2,
        ),
      ),
      nucleus: list.add(tissue('nucleus', n.pd, n.t1, n.t2, 0, [0.04, mottle, 0], label, 2)),
      cleft: list.add(
        tissue('nuclear cleft', n.pd * 0.92, n.t1, 0.55 * n.t2 + 12, 0, [0.04, 0.1, 0], label, 2),
      ),
      zone: list.add(tissue('high intensity zone', 90, 1300, 260, 0, [0.04, 0.05, 0], label, 2)),
    };
  };
  const discs = anatomy.discs.map(discOf);
  const bodies = anatomy.vertebrae.map((v, k) =>
    bodyOf(
      v.fatFraction,
      VERTEBRA_VALUE[v.label],
      1,
      anatomy.discs[k + 1]?.modic ?? 0,
      anatomy.discs[k].modic,
    ),
  );
  const sacralFat = Math.min(0.72, anatomy.vertebrae[0].fatFraction + 0.06);
  return {
    palette: list,
    bodies,
    discs,
    s1: bodyOf(sacralFat, VERTEBRA_VALUE.S1, 3, anatomy.discs[0].modic, 0),
    sacrum: bodyOf(sacralFat, 0, 5, 0, 0),
    remnant: list.add(tissue('sacral disc remnant', 48, 700, 44, 0.05, [0.06, 0.12, 0], 0, 5)),
  };
}
