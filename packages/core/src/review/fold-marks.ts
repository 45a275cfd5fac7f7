import type { AnyMark, PendingMark } from './any-mark.ts';
import { type GeometryMark, geometryOf, seenBy } from './geometry.ts';
import type { GivenValue, KeptMark, ReportSection, Target } from './mark.ts';
import { canBe, isTarget } from './possible-targets.ts';
import type {
  Conflict,
  Decision,
  Fate,
  OutlineValue,
  PointMm,
  Reveal,
  Review,
  ReviewMeasurement,
  ReviewOutline,
} from './review.ts';
import { type Claim, type Slot, type SlotName, slotOf } from './slot.ts';
import { Standing } from './standing.ts';

export interface FoldOptions {
  /** Whose decisions, own values, outlines, landmarks and numbering count. Without one only measurements and texts do. */
  readonly readingId?: string | undefined;
}

/** The order of the study: as the server numbered them, then what it has not got, as given. Each mark once. */
function inOrder(marks: readonly AnyMark[]): AnyMark[] {
  const kept = new Map<string, KeptMark>();
  const pending = new Map<string, PendingMark>();
  for (const mark of marks) {
    if (mark.sequence === undefined) {
      if (!pending.has(mark.markId)) pending.set(mark.markId, mark);
    } else if (!kept.has(mark.markId)) kept.set(mark.markId, mark);
  }
  for (const id of kept.keys()) pending.delete(id);
  return [...[...kept.values()].sort((a, b) => a.sequence - b.sequence), ...pending.values()];
}

/** Marks in their order: a browser may have got a later one before an earlier one. */
const lastWithoutGap = (ordered: readonly AnyMark[]): number =>
  ordered.reduce((last, { sequence }) => (sequence === last + 1 ? sequence : last), 0);

/**
 * What stands after all marks of a study. Pure: the browser folds what it has and what it has not sent, the server folds
 * what it keeps, and both come to the same. The same mark twice changes nothing; a kept mark counts before its pending
 * twin.
 *
 * @example foldMarks([...kept, ...unsent], { readingId }).decision('disc/L4~L5/pfirrmann')
 */
export function foldMarks(marks: readonly AnyMark[], { readingId }: FoldOptions = {}): Review {
  const ordered = inOrder(marks);
  const byId = new Map(ordered.map((m) => [m.markId, m]));
  const places = new Map(ordered.map((m, place) => [m.markId, place]));
  const slots = new Map<string, { name: SlotName; standing: Standing<unknown> }>();
  /** The slot that a mark has set, for those that take it back. */
  const setBy = new Map<string, { name: SlotName; value: unknown }>();
  const fates = new Map<string, Fate>();
  const own = new Map<Target, Map<string, Standing<GivenValue>>>();
  const revealed: Reveal[] = [];
  const late = new Set<string>();
  const geometryMarks: GeometryMark[] = [];

  const replaced = (claims: readonly Claim<unknown>[], by: string): void => {
    for (const { markId } of claims) fates.set(markId, { fate: 'superseded', by });
  };
  const set = (mark: AnyMark, name: SlotName, value: unknown): void => {
    const key = JSON.stringify(name);
    const slot = slots.get(key) ?? { name, standing: new Standing<unknown>() };
    slots.set(key, slot);
    fates.set(mark.markId, { fate: 'standing' });
    setBy.set(mark.markId, { name, value });
    replaced(slot.standing.set(mark, value), mark.markId);
    if (name.kind === 'outline' || name.kind === 'landmark' || name.kind === 'renumber')
      geometryMarks.push({ mark, place: places.get(mark.markId) ?? 0, name, value });
  };

  for (const mark of ordered) {
    const { deed } = mark;
    if ('readingId' in deed && deed.readingId !== readingId) {
      fates.set(mark.markId, { fate: 'other-reading', readingId: deed.readingId });
      continue;
    }
    if (
      'target' in deed &&
      !(isTarget(deed.target) && (!('value' in deed) || canBe(deed.target, deed.value)))
    ) {
      fates.set(mark.markId, { fate: 'without-subject' });
      continue;
    }
    switch (deed.kind) {
      case 'judge':
        set(
          mark,
          { kind: 'decision', target: deed.target },
          deed.verdict === 'unreviewed' ? undefined : { verdict: deed.verdict },
        );
        break;
      case 'correct':
        set(mark, { kind: 'decision', target: deed.target }, { verdict: 'correct', value: deed.value });
        break;
      case 'own-grade': {
        const byAuthor = own.get(deed.target) ?? new Map<string, Standing<GivenValue>>();
        own.set(deed.target, byAuthor);
        const standing = byAuthor.get(mark.author) ?? new Standing<GivenValue>();
        byAuthor.set(mark.author, standing);
        fates.set(mark.markId, { fate: 'standing' });
        replaced(standing.set(mark, deed.value), mark.markId);
        if (revealed.some((r) => r.by === mark.author)) late.add(mark.markId);
        break;
      }
      case 'reveal':
        revealed.push({
          by: mark.author,
          byName: mark.authorName,
          at: mark.madeAt,
          withoutOwn: deed.withoutOwn,
        });
        fates.set(mark.markId, { fate: 'standing' });
        break;
      case 'outline': {
        const { structure, label } = deed;
        set(mark, { kind: 'outline', structure, ...(label !== undefined && { label }) }, deed.outline);
        break;
      }
      case 'landmark':
        set(mark, { kind: 'landmark', name: deed.name }, deed.positionMm);
        break;
      case 'renumber':
        set(mark, { kind: 'renumber' }, deed.lowestDisc);
        break;
      case 'measurement': {
        const before = deed.instead === undefined ? undefined : setBy.get(deed.instead)?.name;
        const first = before?.kind === 'measurement' ? before.markId : (deed.instead ?? mark.markId);
        set(mark, { kind: 'measurement', markId: first }, mark.markId);
        break;
      }
      case 'remove':
      case 'restore': {
        const subject = setBy.get(deed.mark);
        if (subject === undefined) fates.set(mark.markId, { fate: 'without-subject' });
        else set(mark, subject.name, deed.kind === 'remove' ? undefined : subject.value);
        break;
      }
      case 'text':
        set(mark, { kind: 'text', section: deed.section }, deed.text);
        break;
      default:
        deed satisfies never;
    }
  }

  const conflicts: Conflict[] = [];
  for (const { name, standing } of slots.values()) {
    const slot = slotOf(standing.claims);
    if (slot.state !== 'conflict') continue;
    conflicts.push({ slot: name, claims: slot.claims });
    for (const { markId } of slot.claims) fates.set(markId, { fate: 'in-conflict' });
  }
  // What a key names has the values of that name: they are set by the deed of its kind alone.
  const at = <T>(name: SlotName): Slot<T> =>
    slotOf((slots.get(JSON.stringify(name))?.standing.claims ?? []) as readonly Claim<T>[]);
  const decision = (target: Target): Slot<Decision> => at({ kind: 'decision', target });

  return {
    ...(readingId !== undefined && { readingId }),
    sequence: lastWithoutGap(ordered),
    pending: ordered.filter((m) => m.sequence === undefined).length,
    decision,
    verdict: (target) => mapSlot(decision(target), (d) => d.verdict),
    correction: (target) => mapSlot(decision(target), (d) => (d.verdict === 'correct' ? d.value : undefined)),
    own: (target, author) => {
      const byAuthor = own.get(target);
      const chosen = author === undefined ? [...(byAuthor?.values() ?? [])] : [byAuthor?.get(author)];
      return slotOf(chosen.flatMap((s) => s?.claims ?? []));
    },
    isLate: (markId) => late.has(markId),
    decided: [...slots.values()].flatMap(({ name, standing }) =>
      name.kind === 'decision' && slotOf(standing.claims).state !== 'none' ? [name.target] : [],
    ),
    owned: [...own.keys()],
    outlines: [...slots.values()].flatMap(({ name }): ReviewOutline[] => {
      if (name.kind !== 'outline') return [];
      const slot = at<OutlineValue>(name);
      const { structure, label } = name;
      return slot.state === 'none' ? [] : [{ structure, ...(label !== undefined && { label }), slot }];
    }),
    landmarks: {
      conusLevel: at<PointMm>({ kind: 'landmark', name: 'conusLevel' }),
      sacEnd: at<PointMm>({ kind: 'landmark', name: 'sacEnd' }),
    },
    lowestDisc: at({ kind: 'renumber' }),
    revealed,
    measurements: [...slots.values()].flatMap(({ name, standing }) =>
      name.kind === 'measurement' ? measurementsOf(name.markId, standing.claims, byId) : [],
    ),
    text: (section: ReportSection) => at({ kind: 'text', section }),
    conflicts,
    fateOf: (markId) => fates.get(markId),
    geometryFor: (markId) => {
      const mark = byId.get(markId);
      const place = places.get(markId) ?? 0;
      return geometryOf(mark === undefined ? [] : seenBy(mark, place, geometryMarks));
    },
    geometry: geometryOf(geometryMarks),
  };
}

function mapSlot<T, U>(slot: Slot<T>, change: (value: T) => U | undefined): Slot<U> {
  if (slot.state === 'none') return slot;
  const claims = slot.claims.map(({ value, ...rest }): Claim<U> => {
    const changed = value === undefined ? undefined : change(value);
    return { ...rest, ...(changed !== undefined && { value: changed }) };
  });
  if (slot.state === 'conflict') return { state: 'conflict', claims };
  return slotOf(claims);
}

function measurementsOf(
  firstMarkId: string,
  claims: readonly Claim<unknown>[],
  byId: ReadonlyMap<string, AnyMark>,
): ReviewMeasurement[] {
  const distinct = [...new Map(claims.map((c) => [c.value, c])).values()];
  const inConflict = slotOf(claims).state === 'conflict';
  return distinct.flatMap((claim): ReviewMeasurement[] => {
    const source = typeof claim.value === 'string' ? byId.get(claim.value) : undefined;
    if (source?.deed.kind !== 'measurement') return [];
    const { kind: _, instead: __, ...measured } = source.deed;
    return [
      {
        ...measured,
        markId: source.markId,
        firstMarkId,
        by: source.author,
        byName: source.authorName,
        at: source.madeAt,
        ...(source.sequence !== undefined && { sequence: source.sequence }),
        inConflict,
      },
    ];
  });
}
