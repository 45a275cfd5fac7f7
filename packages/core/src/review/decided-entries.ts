import type { Findings } from '../spine/index.ts';
import type { GivenValue, Target } from './mark.ts';
import { kindOf } from './possible-targets.ts';
import { inverse, renamed } from './renumber.ts';
import type { Decision, Review } from './review.ts';
import type { Hand, ReviewedEntry, TargetStatus } from './reviewed.ts';
import type { Claim, Slot } from './slot.ts';
import { levelOfTarget, TARGET_GROUPS, type TargetEntry, type TargetGroup, targetsOf } from './targets.ts';
import type { UnderGeometry } from './under-geometry.ts';
import { unitOf } from './units.ts';

/** An entry by the reading's own names, levels among its values too. */
export interface DecidedEntry extends ReviewedEntry {
  /** Its value is one that a person gave. */
  readonly isGiven: boolean;
}

interface Input {
  /** As read. */
  readonly findings: Findings;
  readonly read: ReadonlyMap<Target, TargetEntry>;
  readonly review: Review;
  readonly now: UnderGeometry;
  /** Values alone, as they stand and as the maker of a mark saw them. */
  readonly plainNow: UnderGeometry;
  readonly seenBy: (markId: string) => UnderGeometry;
}

/** Every target with what people decided, those included that the reading has no value for any more, or never had. */
export function decidedEntries(input: Input): DecidedEntry[] {
  const { now, read, review } = input;
  const current = targetsOf(now.findings);
  const present = new Set(current.map((e) => e.target));
  const rest = [...new Set([...read.keys(), ...review.decided, ...review.owned])].filter(
    (target) => !present.has(target),
  );
  const values = new Map<UnderGeometry, ReadonlyMap<Target, TargetEntry>>();
  const valueUnder = (under: UnderGeometry, target: Target): GivenValue | undefined => {
    const entries = values.get(under) ?? new Map(targetsOf(under.findings).map((e) => [e.target, e]));
    values.set(under, entries);
    return entries.get(target)?.value;
  };
  /** Whether the value is still the one that the maker of a mark had before the eyes. */
  const isAsSeen = (markId: string, target: Target): boolean => {
    const seen = input.seenBy(markId);
    return (
      seen === input.plainNow || sameFigure(valueUnder(seen, target), valueUnder(input.plainNow, target))
    );
  };
  return [...current, ...rest.flatMap((target) => absentEntry(target, input))].map((entry) =>
    decided(entry, input, isAsSeen),
  );
}

/** A target without a value: gone with an outline, or given by a person where the reading had nothing. */
function absentEntry(target: Target, { read, now }: Input): TargetEntry[] {
  const before = read.get(target);
  const [group, place, field] = target.split('/');
  if (!(TARGET_GROUPS as readonly string[]).includes(group)) return [];
  const level = levelOfTarget(target);
  const unit = unitOf(target);
  const name = field ?? (level === undefined ? (place ?? group) : group);
  return [
    {
      target,
      kind: before?.kind ?? kindOf(target),
      group: group as TargetGroup,
      ...(level !== undefined && { level: level as NonNullable<TargetEntry['level']> }),
      field: before?.field ?? name,
      ...(unit !== undefined && { unit }),
      experimental: before?.experimental ?? false,
      abstained: whyAbsent(now.findings, group, level, name) ?? 'not-measured',
      importance: before?.importance ?? 0,
    },
  ];
}

function whyAbsent(
  { vertebrae, discs, canal, axial = [], alignment }: Findings,
  group: string,
  level: string | undefined,
  field: string,
): string | undefined {
  const of = <T extends { notMeasured: Record<string, string> }>(found: T | undefined) =>
    found?.notMeasured[field] ?? found?.notMeasured[field.split('.')[0]];
  switch (group) {
    case 'disc':
      return of(discs.find((d) => d.label === level));
    case 'vertebra':
      return of(vertebrae.find((v) => v.label === level));
    case 'canal':
      return of(canal.find((c) => c.level === level));
    case 'axial':
      return of(axial.find((a) => a.level === level));
    case 'slip':
      return alignment.notMeasured[`slips.${level}`];
    case 'segment':
      return alignment.notMeasured[`segmental.${level}`];
    default:
      return of(alignment);
  }
}

function decided(
  entry: TargetEntry,
  { review, now, read, seenBy }: Input,
  isAsSeen: (markId: string, target: Target) => boolean,
): DecidedEntry {
  const { target, group, level, field, value } = entry;
  const before = read.get(target)?.value;
  const { outlines, landmarks } = review.geometry;
  const isDrawn = outlines.length > 0 || Object.keys(landmarks).length > 0;
  const isEdited = isDrawn && value !== undefined && value !== before;
  const isBeforeEdit =
    group === 'disc' && (entry.kind === 'grade' || entry.kind === 'flag') && level !== undefined
      ? [now.isEdited('disc', level), ...level.split('/').map((body) => now.isEdited('body', body))].some(
          Boolean,
        )
      : false;
  const base = {
    ...entry,
    isEdited,
    isBeforeEdit: isBeforeEdit && value !== undefined && field !== 'highIntensityZone',
    isStale: false,
    isGiven: false,
    ...(before !== undefined && before !== value && { readAs: before }),
  };
  if (group === 'numbering') return numbering(base, review, now);
  const decision = review.decision(target);
  if (decision.state === 'conflict') return { ...base, status: 'conflict' };
  if (decision.state === 'set') {
    const hand = handOf(decision);
    if (decision.value.verdict === 'correct') {
      const given = inReadingNames(decision.value.value, entry.kind, seenBy(decision.markId));
      return { ...corrected(base, given, before), hand };
    }
    if (isAsSeen(decision.markId, target)) return { ...base, status: statusOf(decision.value), hand };
  }
  const landmark =
    target === 'alignment/conusLevel' || target === 'alignment/sacEnd'
      ? review.landmarks[target === 'alignment/sacEnd' ? 'sacEnd' : 'conusLevel']
      : undefined;
  if (landmark?.state === 'conflict') return { ...base, status: 'conflict' };
  const isPlaced = landmark?.state === 'set' && !now.unusable.some((u) => u.structure === entry.field);
  if (isPlaced)
    return { ...base, experimental: false, isEdited: true, status: 'corrected', hand: handOf(landmark) };
  return { ...base, status: 'unreviewed', isStale: decision.state === 'set' };
}

type Base = Omit<DecidedEntry, 'status'>;

function numbering(base: Base, review: Review, { renumbering }: UnderGeometry): DecidedEntry {
  const shift = review.lowestDisc;
  if (shift.state === 'conflict') return { ...base, status: 'conflict' };
  if (shift.state === 'set' && renumbering.state === 'shifted') {
    return { ...corrected(base, renumbering.lowestDisc, base.value), hand: handOf(shift) };
  }
  const decision = review.decision('numbering');
  if (decision.state === 'conflict') return { ...base, status: 'conflict' };
  // The names are corrected by `renumber` alone, so that everything follows.
  if (decision.state === 'none' || decision.value.verdict === 'correct')
    return { ...base, status: 'unreviewed' };
  const seen = review.geometryFor(decision.markId).lowestDisc ?? base.value;
  if (seen !== base.value) return { ...base, status: 'unreviewed', isStale: true };
  return { ...base, status: statusOf(decision.value), hand: handOf(decision) };
}

/** With a person's value: nothing that the reading said about its own value goes with it. */
function corrected(base: Base, value: GivenValue, before: GivenValue | undefined): DecidedEntry {
  const {
    probability: _1,
    probabilities: _2,
    set: _3,
    uncertainty: _4,
    abstained: _5,
    readAs: _6,
    ...rest
  } = base;
  return {
    ...rest,
    value,
    experimental: false,
    isGiven: true,
    isBeforeEdit: false,
    isEdited: false,
    status: 'corrected',
    ...(before !== undefined && before !== value && { readAs: before }),
  };
}

const statusOf = ({ verdict }: Decision): TargetStatus =>
  (({ accept: 'accepted', reject: 'rejected', correct: 'corrected' }) as const)[verdict];

const handOf = ({
  by,
  byName,
  at,
  markId,
}: Claim<unknown> | Extract<Slot<unknown>, { state: 'set' }>): Hand => ({
  by,
  byName,
  at,
  markId,
});

/** A level is given by the names that its giver saw. */
const inReadingNames = (value: GivenValue, kind: string, seen: UnderGeometry): GivenValue =>
  kind === 'level' && typeof value === 'string' ? renamed(inverse(seen.names), value) : value;

const SAME = 1e-9;
const sameFigure = (a: GivenValue | undefined, b: GivenValue | undefined): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= SAME * Math.max(1, Math.abs(a))
    : a === b;
