/** The options of a drawn patient, shared by `phantom` and `demo`. */
import type { PathologyRequest, SampleOptions } from '@promontory/core/phantom';
import { chainFromSacrum, type DiscLabel, type VertebraLabel } from '@promontory/core/spine';
import type { Values } from './command.ts';
import { oneOf, usage, wholeNumber } from './option-values.ts';

export const PERSON_OPTIONS = {
  seed: { type: 'string' },
  age: { type: 'string' },
  sex: { type: 'string' },
  stature: { type: 'string' },
  pathology: { type: 'string', multiple: true },
} as const;

export const DEFAULT_SEED = 7;
const MAX_SEED = 2 ** 31 - 1;

/** @throws Fault `USAGE` */
export function personOf(values: Values): SampleOptions {
  const ageYears = wholeNumber(values, 'age', 18, 95);
  const sex = oneOf(values, 'sex', ['F', 'M']);
  const statureCm = wholeNumber(values, 'stature', 140, 210);
  const requests = values.pathology;
  return {
    seed: wholeNumber(values, 'seed', 0, MAX_SEED) ?? DEFAULT_SEED,
    ...(ageYears !== undefined && { ageYears }),
    ...(sex !== undefined && { sex }),
    ...(statureCm !== undefined && { statureCm }),
    ...(Array.isArray(requests) && { pathology: pathologyOf(requests.map(String)) }),
  };
}

type DiscRequest = NonNullable<NonNullable<PathologyRequest['discs']>[DiscLabel]>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<PathologyRequest> & {
  discs: Partial<Record<DiscLabel, Mutable<DiscRequest>>>;
  fractures: Partial<Record<VertebraLabel, 'wedge' | 'biconcave'>>;
};

/** What is asked of a disc, and how its value is read. */
const OF_DISC: Readonly<Record<string, (disc: Mutable<DiscRequest>, value: string) => boolean>> = {
  pfirrmann: (disc, value) => {
    const grade = ([1, 2, 3, 4, 5] as const).find((g) => String(g) === value);
    if (grade !== undefined) disc.pfirrmann = grade;
    return grade !== undefined;
  },
  modic: (disc, value) => {
    const type = ([0, 1, 2, 3] as const).find((m) => String(m) === value);
    if (type !== undefined) disc.modic = type;
    return type !== undefined;
  },
  bulge: (disc, value) => {
    const mm = within(value, 0, 8);
    if (mm !== undefined) disc.bulgeMm = mm;
    return mm !== undefined;
  },
  slip: (disc, value) => {
    const mm = within(value, -20, 20);
    if (mm !== undefined) disc.slipMm = mm;
    return mm !== undefined;
  },
  herniation: (disc, value) => {
    const mm = within(value, 1, 15);
    if (mm !== undefined) disc.herniation = { depthMm: mm };
    else if (value === '') disc.herniation = {};
    else if (value === 'none') disc.herniation = false;
    else return false;
    return true;
  },
};

/** What is asked of the whole spine. */
const OF_SPINE: Readonly<Record<string, (draft: Draft, value: string) => boolean>> = {
  lumbar: (draft, value) => {
    const count = ([4, 5, 6] as const).find((n) => String(n) === value);
    if (count !== undefined) draft.lumbarCount = count;
    return count !== undefined;
  },
  canal: (draft, value) => {
    const scale = within(value, 0.4, 1.3);
    if (scale !== undefined) draft.canalScale = scale;
    return scale !== undefined;
  },
  scoliosis: (draft, value) => {
    const mm = within(value, -30, 30);
    if (mm !== undefined) draft.scoliosisMm = mm;
    return mm !== undefined;
  },
  only: (draft, value) => {
    draft.onlyRequested = true;
    return value === '';
  },
};

/**
 * `L5/S1:pfirrmann=4`, `L5/S1:herniation`, `L4/L5:slip=6`, `L1:fracture=wedge`, `lumbar=6`, `canal=0.7`, `only`; any
 * number of them.
 * @throws Fault `USAGE`
 */
export function pathologyOf(requests: readonly string[]): PathologyRequest {
  const draft: Draft = { discs: {}, fractures: {} };
  for (const request of requests) if (!take(draft, request)) throw notUnderstood();
  const lumbarCount = draft.lumbarCount ?? 5;
  const vertebrae = chainFromSacrum(lumbarCount);
  const discs = vertebrae.slice(1).map((above, i): string => `${above}/${vertebrae[i]}`);
  const unknown = [
    ...Object.keys(draft.discs).filter((label) => !discs.includes(label)),
    ...Object.keys(draft.fractures).filter((label) => !vertebrae.slice(1).includes(label as VertebraLabel)),
  ];
  if (unknown.length > 0) {
    throw usage(
      `A spine with ${lumbarCount} lumbar vertebrae has no such level; its discs: ${discs.join(', ')}.`,
    );
  }
  return draft;
}

function take(draft: Draft, request: string): boolean {
  const [, level, name, value = ''] = /^(?:([A-Z0-9/]+):)?([a-z]+)(?:=(.+))?$/.exec(request) ?? [];
  if (name === undefined) return false;
  if (level === undefined) return Object.hasOwn(OF_SPINE, name) && OF_SPINE[name](draft, value);
  if (!level.includes('/')) {
    const shape = (['wedge', 'biconcave'] as const).find((s) => s === value);
    if (name !== 'fracture' || shape === undefined) return false;
    draft.fractures[level as VertebraLabel] = shape;
    return true;
  }
  const disc = draft.discs[level as DiscLabel] ?? {};
  draft.discs[level as DiscLabel] = disc;
  return Object.hasOwn(OF_DISC, name) && OF_DISC[name](disc, value);
}

function within(value: string, low: number, high: number): number | undefined {
  const number = /^[-+]?\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  return number >= low && number <= high ? number : undefined;
}

const notUnderstood = () => usage('A --pathology was not understood.', 'phantom');
