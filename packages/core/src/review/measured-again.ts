import {
  type DiscFinding,
  type Findings,
  type Measurement,
  measureSpine,
  type SpineMeasurements,
  type SpineOutline,
} from '../spine/index.ts';
import { type EditedOutline, editedOutline } from './edited-outline.ts';
import { keptSignals } from './kept-signals.ts';
import type { Geometry } from './review.ts';

export interface MeasuredAgain {
  /** By the reading's own names. */
  readonly findings: Findings;
  readonly edited: EditedOutline;
}

/**
 * A reading measured again on what people drew and placed. What comes out as it came out of the outlines before is the
 * reading's to the digit: the drawing of an interval's random numbers depends on all outlines together.
 */
export function measureAgain(
  findings: Findings,
  outline: SpineOutline,
  geometry: Geometry,
  intervals?: false,
): MeasuredAgain {
  const edited = editedOutline(outline, geometry.outlines);
  if (!edited.isAnyEdited && Object.keys(geometry.landmarks).length === 0) return { findings, edited };
  const before = measuredBefore(findings, outline, intervals);
  const after = measureSpine(edited.outline, {
    signals: keptSignals(findings, edited, geometry.landmarks),
    ...(intervals === false && { intervals }),
  });
  return { findings: merged(findings, before, after), edited };
}

/** What this version measures on the reading's own outlines, found once for each reading. */
const baselines = new WeakMap<
  Findings,
  Map<string, { outline: SpineOutline; measured: SpineMeasurements }>
>();

function measuredBefore(
  findings: Findings,
  outline: SpineOutline,
  intervals: false | undefined,
): SpineMeasurements {
  const known = baselines.get(findings) ?? new Map();
  baselines.set(findings, known);
  const key = String(intervals);
  const found = known.get(key);
  if (found?.outline === outline) return found.measured;
  const measured = measureSpine(outline, {
    signals: keptSignals(findings, editedOutline(outline, []), {}),
    ...(intervals === false && { intervals }),
  });
  known.set(key, { outline, measured });
  return measured;
}

function merged(findings: Findings, before: SpineMeasurements, after: SpineMeasurements): Findings {
  const grades = new Map(findings.discs.map((d) => [d.label, d.grades]));
  const measured = kept(
    {
      vertebrae: findings.vertebrae,
      discs: findings.discs.map(({ grades: _, ...disc }) => disc),
      canal: findings.canal,
      alignment: findings.alignment,
    },
    before,
    after,
  );
  return {
    ...findings,
    ...measured,
    discs: measured.discs.flatMap((disc): DiscFinding[] => {
      const graded = grades.get(disc.label);
      return graded === undefined ? [] : [{ ...disc, grades: graded }];
    }),
  };
}

/** Figures that differ by less are the same figure, made by another engine. */
const SAME = 1e-9;
const sameNumber = (a: number, b: number): boolean => Math.abs(a - b) <= SAME * Math.max(1, Math.abs(a));

const isMeasurement = (value: unknown): value is Measurement =>
  typeof value === 'object' && value !== null && 'value' in value && 'uncertainty' in value;
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two results say the same, intervals and what hangs on intervals aside. */
function sameResult(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return sameNumber(a, b);
  if (isMeasurement(a) && isMeasurement(b)) return a.unit === b.unit && sameNumber(a.value, b.value);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameResult(item, b[i]));
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Results that stand or fall as one: their parts hang on the interval of the first. */
const sameWhole = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean =>
  ['slip', 'depth'].some((part) => isMeasurement(a[part]) && sameResult(a[part], b[part])) &&
  !('notMeasured' in a);

/** Of `after`, what is as in `before` is taken from `read`; the shape of all three is the same. */
function kept<T>(read: T, before: unknown, after: T): T {
  if (sameResult(before, after)) return read;
  if (Array.isArray(after)) {
    const find = (list: unknown, item: unknown): unknown =>
      Array.isArray(list) ? list.find((other) => nameOf(other) === nameOf(item)) : undefined;
    if (after.every((item) => nameOf(item) === undefined)) return after;
    return after.map((item) => {
      const own = find(read, item);
      return own === undefined ? item : kept(own, find(before, item), item);
    }) as T;
  }
  if (!isRecord(after) || isMeasurement(after) || !isRecord(before) || !isRecord(read)) return after;
  if (sameWhole(before, after)) return read;
  return Object.fromEntries(
    Object.entries(after).map(([field, value]) => {
      const own = read[field];
      return [field, own === undefined ? value : kept(own, before[field], value)];
    }),
  ) as T;
}

const nameOf = (item: unknown): unknown => (isRecord(item) ? (item.label ?? item.level) : undefined);
