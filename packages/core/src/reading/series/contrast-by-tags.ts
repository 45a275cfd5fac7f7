import type { Acquisition } from './acquisition.ts';

/** Contrast of a series as its attributes tell it. */
export type Contrast =
  | 't1'
  | 't2'
  | 'stir'
  | 'dixon-water'
  | 'dixon-fat'
  | 'proton-density'
  | 't2-star'
  | 'flair'
  | 'diffusion'
  | 'opposed-phase'
  | 'other';

export interface ContrastVerdict {
  readonly contrast: Contrast;
  readonly reason: string;
  /** Whether only words (a description) decided, not parameters. */
  readonly byWords: boolean;
}

/*
 * Limits for spin echo at 1.5 and 3 T, ms. They lie in the wide empty ranges between what lumbar protocols use:
 * T1 TE 7–20 with TR 350–1,100; T2 TE 70–140 with TR 2,000–6,000, 3-D T2 TE 100–250 with TR from 1,000 on;
 * proton density TE 10–45 with TR above 1,800.
 */
const T1_TE_AT_MOST = 35;
const T1_TR_AT_MOST = 1500;
const T2_TE_AT_LEAST = 60;
const EARLY_T2_TE = 45;
/** STIR nulls fat: TI is 0.69 times the T1 of fat, 130–230 ms. */
const STIR_TI: readonly [number, number] = [80, 350];
/** Inversion times that null CSF on T2-weighted images. */
const FLAIR_TI_AT_LEAST = 1500;

const WORDS: readonly (readonly [Contrast, RegExp])[] = [
  ['diffusion', /\b(dwi|adc|diff|dti|trace\w*|ep2d)\b|diffusion/],
  ['stir', /stir|tirm|\btir\b/],
  ['flair', /flair|dark.?fluid/],
  ['t2-star', /t2 ?\*|t2.?star|medic|merge|m-?ffe|gre.?t2/],
  ['t1', /(^|[^a-z0-9])t1/],
  ['t2', /(^|[^a-z0-9])t2|space|cube|vista/],
  ['proton-density', /(^|[^a-z])pd([^a-z]|$)|proton/],
];

/** By parameters, in the order in which they exclude each other; `undefined` where they do not suffice. */
function byParameters(a: Acquisition): { contrast: Contrast; reason: string } | undefined {
  const { repetitionTimeMs: tr, echoTimeMs: te, inversionTimeMs: ti } = a;
  const sequence = new Set(a.scanningSequence);
  const verdict = (contrast: Contrast, reason: string) => ({ contrast, reason });
  const times = `${tr === undefined ? '' : `TR ${round(tr)} `}${te === undefined ? '' : `TE ${round(te)} `}${
    ti === undefined || ti === 0 ? '' : `TI ${round(ti)} `
  }ms`;

  if (a.diffusionB !== undefined && a.diffusionB > 0) return verdict('diffusion', `b-value ${a.diffusionB}`);
  if (sequence.has('EP')) return verdict('diffusion', 'echo-planar');
  const inversion = ti !== undefined && ti > 0 && (sequence.has('IR') || !sequence.has('GR'));
  if (inversion && ti >= STIR_TI[0] && ti <= STIR_TI[1]) return verdict('stir', times);
  if (inversion && ti >= FLAIR_TI_AT_LEAST && te !== undefined && te >= T2_TE_AT_LEAST)
    return verdict('flair', times);
  if (inversion && ti > STIR_TI[1] && te !== undefined && te <= T1_TE_AT_MOST) return verdict('t1', times);
  if (sequence.has('GR') && !sequence.has('SE')) {
    if (te === undefined || a.flipAngleDeg === undefined) return undefined;
    if (te >= 10) return verdict('t2-star', `gradient echo, TE ${round(te)} ms`);
    if (tr !== undefined && tr <= 800 && a.flipAngleDeg >= 15 && !a.sequenceVariant.includes('SS')) {
      return verdict('t1', `spoiled gradient echo, ${times}`);
    }
    return undefined;
  }
  if (te === undefined || te <= 0) return undefined;
  if (te >= T2_TE_AT_LEAST) return verdict('t2', times);
  if (tr === undefined || tr <= 0) return undefined;
  if (te <= T1_TE_AT_MOST && tr <= T1_TR_AT_MOST) return verdict('t1', times);
  if (tr > T1_TR_AT_MOST) return verdict('proton-density', times);
  return undefined;
}

/** Water or fat image of a chemical-shift sequence, by ImageType or by words; in-phase images go by their times. */
function dixonPart(a: Acquisition): { contrast: Contrast; reason: string } | undefined {
  const type = new Set(a.imageType.slice(2));
  const has = (...names: string[]) => names.find((name) => type.has(name));
  const water = has('W', 'WATER', 'DIXON_WATER');
  const fat = has('F', 'FAT', 'DIXON_FAT');
  const opposed = has('OP', 'OPP_PHASE', 'OPPOSED_PHASE', 'OUT_PHASE', 'OUT_OF_PHASE');
  if (water !== undefined) return { contrast: 'dixon-water', reason: `image type ${water}` };
  if (fat !== undefined) return { contrast: 'dixon-fat', reason: `image type ${fat}` };
  if (opposed !== undefined) return { contrast: 'opposed-phase', reason: `image type ${opposed}` };
  if (has('IP', 'IN_PHASE', 'DIXON_IN_PHASE') !== undefined) return undefined;
  if (!/dixon|ideal|flex/.test(a.words)) return undefined;
  if (/water|(^|[^a-z])w([^a-z]|$)/.test(a.words))
    return { contrast: 'dixon-water', reason: 'description names the water image' };
  if (/fat(?!.?sat)|(^|[^a-z])f([^a-z]|$)/.test(a.words))
    return { contrast: 'dixon-fat', reason: 'description names the fat image' };
  if (/opp|out.?of.?phase/.test(a.words))
    return { contrast: 'opposed-phase', reason: 'description names the opposed phase' };
  return undefined;
}

/** The contrast that the words name, `undefined` where they name none. */
function namedContrast(words: string): Contrast | undefined {
  return WORDS.find(([, pattern]) => pattern.test(words))?.[0];
}

/** Contrast of a series by its attributes, or `undefined` where neither parameters nor words tell. */
export function contrastByTags(a: Acquisition): ContrastVerdict | undefined {
  const dixon = dixonPart(a);
  if (dixon !== undefined) return { ...dixon, byWords: false };
  const stated = STATED.get(a.statedContrast ?? '');
  if (stated !== undefined) {
    return { contrast: stated, reason: `acquisition contrast ${a.statedContrast}`, byWords: false };
  }
  const named = namedContrast(a.words);
  const measured = byParameters(a);
  if (measured === undefined) {
    return named === undefined ? undefined : { contrast: named, reason: 'by its description', byWords: true };
  }
  // STIR without its inversion time looks like T2 or proton density by TR and TE.
  if (named === 'stir' && (measured.contrast === 't2' || measured.contrast === 'proton-density')) {
    return {
      contrast: 'stir',
      reason: `description, ${measured.reason}`,
      byWords: a.inversionTimeMs === undefined,
    };
  }
  // T1 with a long TR (3 T, driven equilibrium): the words know more than the limits.
  if (measured.contrast === 'proton-density' && named === 't1' && (a.echoTimeMs ?? 0) <= T1_TE_AT_MOST) {
    return { contrast: 't1', reason: `description, ${measured.reason}`, byWords: true };
  }
  // Early T2 (TE 45–60) stands between the two.
  if (measured.contrast === 'proton-density' && named === 't2' && (a.echoTimeMs ?? 0) >= EARLY_T2_TE) {
    return { contrast: 't2', reason: `description, ${measured.reason}`, byWords: false };
  }
  if (named === 'flair' && measured.contrast === 't2')
    return { contrast: 'flair', reason: 'by its description', byWords: true };
  return { ...measured, byWords: false };
}

const STATED: ReadonlyMap<string, Contrast> = new Map([
  ['T1', 't1'],
  ['T2', 't2'],
  ['STIR', 'stir'],
  ['PROTON_DENSITY', 'proton-density'],
  ['FLUID_ATTENUATED', 'flair'],
  ['T2_STAR', 't2-star'],
  ['DIFFUSION', 'diffusion'],
]);

const round = (ms: number): number => Math.round(ms * 10) / 10;
