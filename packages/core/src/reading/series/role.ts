import type { PlaneOrientation } from '../../geometry/index.ts';
import type { SeriesRole } from '../../spine/index.ts';
import type { Acquisition } from './acquisition.ts';
import { type Contrast, contrastByTags } from './contrast-by-tags.ts';
import type { ContrastGuess } from './guess-contrast.ts';

/** What a role is decided from. */
export interface RoleEvidence {
  /** Of the largest stack; `undefined` where the images do not say how they lie. */
  readonly orientation: PlaneOrientation | undefined;
  /** Of every stack of the series, with its number of slices. */
  readonly stacks: readonly {
    readonly plane: PlaneOrientation['plane'] | undefined;
    readonly slices: number;
  }[];
  /** `undefined` for formats that carry no acquisition. */
  readonly acquisition: Acquisition | undefined;
  /** PatientOrientation (0020,0020), e.g. `['P', 'F']`. */
  readonly patientOrientation?: readonly string[];
  /** A screen copy, a colour picture, a label map: why it is no MR image, if it is none. */
  readonly notAnImage?: string | undefined;
  /** Looks at the pixels; called only where the attributes do not suffice. */
  readonly guessContrast?: () => Promise<ContrastGuess | undefined>;
}

export interface RoleVerdict {
  readonly role: SeriesRole;
  /** In words. */
  readonly reason: string;
  /** Whether tags were missing and the role was inferred from words or pixels. */
  readonly guessed: boolean;
  /** Projections, subtractions, parameter maps: never fit to be measured. */
  readonly derived: boolean;
  readonly fatSuppressed: boolean;
  readonly threeD: boolean;
}

const LOCALISER_WORDS =
  /locali[sz]|lokali|\bloc\b|scout|survey|pilot|topogram|3.?plane|three.?plane|tri.?plan|smartbrain|rep[eé]rage|[uü]bersicht/;
/** A localiser shows several planes by a few slices each. */
const LOCALISER_SLICES_AT_MOST = 11;
const DERIVED_TYPES = [
  'PROJECTION IMAGE',
  'MIP',
  'MINIP',
  'MAX_IP',
  'MIN_IP',
  'VOLREN',
  'VOLUME_RENDER',
  'ADC',
  'SUBTRACT',
  'SUBTRACTION',
  'DIFFUSION',
  'TTEST',
  'PHASE MAP',
  'R2_STAR',
  'T1 MAP',
  'T2 MAP',
  'FFRAC',
  'FF',
];
const DERIVED_WORDS = /\bmip\b|minip|subtraction|\bsub\b|\badc\b|t[12].?map|fat.?fraction|myelo/;
/** 3-D turbo spin echo has slices thinner and trains longer than any 2-D one. */
const THREE_D_THICKNESS_MM = 1.5;
const THREE_D_TRAIN = 40;

/**
 * The role of a series, decided from geometry, then from parameters, then from words, then from pixels; the first that
 * suffices wins, so that the same input always has the same role.
 */
export async function decideRole(evidence: RoleEvidence): Promise<RoleVerdict> {
  const a = evidence.acquisition;
  const words = a?.words ?? '';
  const facts = {
    guessed: false,
    derived: false,
    fatSuppressed: a !== undefined && isFatSuppressed(a),
    threeD: a !== undefined && isThreeD(a),
  };
  if (evidence.notAnImage !== undefined) return { ...facts, role: 'other', reason: evidence.notAnImage };
  const derived = derivedReason(a);
  // Projections about an axis lie in many planes too.
  const localiser =
    statedLocaliser(a, words) ?? (derived === undefined ? seenLocaliser(evidence) : undefined);
  if (localiser !== undefined) return { ...facts, role: 'localiser', reason: localiser };

  const { plane, reason: planeReason, guessed } = planeOf(evidence, words);
  if (plane === 'coronal')
    return { ...facts, role: 'coronal', reason: planeReason, guessed, derived: derived !== undefined };
  if (derived !== undefined) {
    return { ...facts, role: `${plane}-other`, reason: `${planeReason}; ${derived}`, guessed, derived: true };
  }
  const byTags = a === undefined ? undefined : contrastByTags(a);
  if (byTags !== undefined) {
    return {
      ...facts,
      role: roleOf(plane, byTags.contrast, facts.threeD),
      reason: `${planeReason}; ${nameOf(byTags.contrast)}: ${byTags.reason}${facts.threeD ? ', 3-D' : ''}`,
      guessed: guessed || byTags.byWords,
    };
  }
  // Axial pixels are not guessed at: the guess knows sagittal images only.
  const guess = plane === 'sagittal' ? await evidence.guessContrast?.() : undefined;
  if (guess === undefined) {
    return { ...facts, role: `${plane}-other`, reason: `${planeReason}; contrast unknown`, guessed: true };
  }
  return {
    ...facts,
    role: roleOf(plane, guess.contrast, false),
    reason: `${planeReason}; ${nameOf(guess.contrast)} by the look of the image (CSF ${
      guess.contrast === 't2' ? 'bright' : 'dark'
    })`,
    guessed: true,
  };
}

function statedLocaliser(acquisition: Acquisition | undefined, words: string): string | undefined {
  if (acquisition?.imageType.some((t) => t === 'LOCALIZER' || t === 'LOCALISER'))
    return 'image type says localiser';
  return LOCALISER_WORDS.test(words) ? 'description says localiser' : undefined;
}

function seenLocaliser({ stacks, acquisition }: RoleEvidence): string | undefined {
  const planes = new Set(stacks.map((s) => s.plane).filter((p) => p !== undefined));
  if (planes.size > 1 && stacks.every((s) => s.slices <= LOCALISER_SLICES_AT_MOST)) {
    return `few slices in ${planes.size} planes`;
  }
  if (acquisition !== undefined && isFastPilot(acquisition, stacks))
    return 'fast gradient echo of few thick slices';
  return undefined;
}

/** Planning images in one plane: no diagnostic protocol of the spine repeats so fast with slices so thick. */
function isFastPilot(a: Acquisition, stacks: RoleEvidence['stacks']): boolean {
  const { repetitionTimeMs: tr, sliceThicknessMm: thickness } = a;
  return (
    a.scanningSequence.includes('GR') &&
    a.acquisitionType !== '3D' &&
    tr !== undefined &&
    tr > 0 &&
    tr <= 30 &&
    thickness !== undefined &&
    thickness >= 6 &&
    stacks.every((s) => s.slices <= LOCALISER_SLICES_AT_MOST)
  );
}

function planeOf(evidence: RoleEvidence, words: string) {
  const { orientation } = evidence;
  if (orientation !== undefined) {
    const oblique = orientation.obliquityDeg >= 1 ? `, ${orientation.obliquityDeg.toFixed(0)}° oblique` : '';
    return { plane: orientation.plane, reason: `${orientation.plane}${oblique}`, guessed: false };
  }
  const [row, column] = evidence.patientOrientation ?? [];
  if (row !== undefined && column !== undefined) {
    const along = `${row[0]}${column[0]}`;
    if (/^[AP][HF]$|^[HF][AP]$/.test(along))
      return { plane: 'sagittal' as const, reason: 'sagittal by PatientOrientation', guessed: false };
    if (/^[RL][AP]$|^[AP][RL]$/.test(along))
      return { plane: 'axial' as const, reason: 'axial by PatientOrientation', guessed: false };
    if (/^[RL][HF]$|^[HF][RL]$/.test(along))
      return { plane: 'coronal' as const, reason: 'coronal by PatientOrientation', guessed: false };
  }
  if (/\bsag|sagit/.test(words))
    return { plane: 'sagittal' as const, reason: 'sagittal by its description', guessed: true };
  if (/\b(ax|tra|trans)/.test(words))
    return { plane: 'axial' as const, reason: 'axial by its description', guessed: true };
  if (/\bcor/.test(words))
    return { plane: 'coronal' as const, reason: 'coronal by its description', guessed: true };
  return {
    plane: 'sagittal' as const,
    reason: 'taken for sagittal, head up and front on the left',
    guessed: true,
  };
}

function derivedReason(a: Acquisition | undefined): string | undefined {
  if (a === undefined) return undefined;
  const type = a.imageType.find((t) => DERIVED_TYPES.includes(t));
  if (type !== undefined) return `derived: image type ${type.toLowerCase()}`;
  const word = DERIVED_WORDS.exec(a.words);
  return word === null ? undefined : `derived: description says ${word[0]}`;
}

function isFatSuppressed(a: Acquisition): boolean {
  return (
    a.scanOptions.some((o) => o === 'FS' || o === 'FAT' || o === 'FATSAT_GEMS' || o === 'SFS') ||
    /fat.?sat|fat.?sup|spair|spir\b|(^|[^a-z])fs([^a-z]|$)/.test(a.words)
  );
}

function isThreeD(a: Acquisition): boolean {
  if (a.acquisitionType === '3D') return true;
  if (/space|\bcube\b|vista|(^|[^0-9])3d/.test(a.words)) return true;
  const { sliceThicknessMm: thickness, echoTrainLength: train } = a;
  return (
    thickness !== undefined &&
    train !== undefined &&
    thickness > 0 &&
    thickness <= THREE_D_THICKNESS_MM &&
    train >= THREE_D_TRAIN
  );
}

function roleOf(plane: 'sagittal' | 'axial', contrast: Contrast, threeD: boolean): SeriesRole {
  if (plane === 'axial')
    return contrast === 't1' ? 'axial-t1' : contrast === 't2' ? 'axial-t2' : 'axial-other';
  switch (contrast) {
    case 't1':
      return 'sagittal-t1';
    case 't2':
      return threeD ? 'sagittal-space' : 'sagittal-t2';
    case 'stir':
      return 'sagittal-stir';
    case 'dixon-water':
      return 'sagittal-dixon-water';
    case 'dixon-fat':
      return 'sagittal-dixon-fat';
    default:
      return 'sagittal-other';
  }
}

const NAMES: Readonly<Record<Contrast, string>> = {
  t1: 'T1-weighted',
  t2: 'T2-weighted',
  stir: 'STIR',
  'dixon-water': 'water image',
  'dixon-fat': 'fat image',
  'proton-density': 'proton-density-weighted',
  't2-star': 'T2*-weighted',
  flair: 'FLAIR',
  diffusion: 'diffusion-weighted',
  'opposed-phase': 'opposed-phase',
  other: 'other',
};
const nameOf = (contrast: Contrast): string => NAMES[contrast];
