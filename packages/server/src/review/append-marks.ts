import type { Deed, KeptMark, Mark } from '@promontory/core/review';
import { canonicalJson } from '../audit/index.ts';
import type { Sql } from '../ports/database/index.ts';
import {
  displayNameOf,
  insertMarks,
  instancesAmong,
  marksById,
  marksHeld,
  measurementsAmong,
  type NewMark,
  readingsAmong,
} from './mark-rows.ts';

/** Marks that a study takes; a careful review makes some hundred. */
export const MOST_MARKS = 20_000;
/** UTF-8 bytes of all marks of a study together: they are read as one. */
export const MOST_BYTES = 2 ** 25;

/**
 * Why a mark is not kept. `OTHER_CONTENT`: there is another mark of this id. `NO_SUCH_READING`, `NO_SUCH_MARK`,
 * `NO_SUCH_INSTANCE`: what it speaks of is not of this study. `FULL`: the study takes no more.
 */
export type MarkRefusal = 'OTHER_CONTENT' | 'NO_SUCH_READING' | 'NO_SUCH_MARK' | 'NO_SUCH_INSTANCE' | 'FULL';

export interface Appended {
  /** In the order of the request; those that were kept before as well. */
  readonly kept: readonly KeptMark[];
  readonly refused: readonly { readonly markId: string; readonly code: MarkRefusal }[];
  /** The last of the study. */
  readonly sequence: number;
  /** Of `kept`, how many are new, by kind. */
  readonly added: Readonly<Record<string, number>>;
}

/**
 * Adds marks to a study. The caller holds the study's lock until the commit: numbers have no gaps, and who reads them
 * sees them in the order of the commits.
 */
export async function appendMarks(
  sql: Sql,
  studyUid: string,
  author: string,
  given: readonly Mark[],
  at: Date,
): Promise<Appended> {
  const marks = given.map(inLowerCase);
  const authorName = (await displayNameOf(sql, author)) ?? '';
  const held = await marksHeld(sql, studyUid);
  const before = await marksById(
    sql,
    marks.map(({ markId }) => markId),
  );
  const known = new Map(before.map((found) => [found.mark.markId, found]));
  const study = await namesIn(sql, studyUid, marks);
  const kept: KeptMark[] = [];
  const refused: { markId: string; code: MarkRefusal }[] = [];
  const fresh: NewMark[] = [];
  let { sequence, bytes } = held;
  for (const mark of marks) {
    const { markId, deed } = mark;
    const there = known.get(markId);
    if (there !== undefined) {
      if (there.studyUid === studyUid && isSame(there.mark, mark)) kept.push(there.mark);
      else refused.push({ markId, code: 'OTHER_CONTENT' });
      continue;
    }
    const strange = strangerIn(deed, study);
    if (strange !== undefined) {
      refused.push({ markId, code: strange });
      continue;
    }
    const body = bodyOf(mark, sequence);
    const size = Buffer.byteLength(body);
    if (sequence >= MOST_MARKS || bytes + size > MOST_BYTES) {
      refused.push({ markId, code: 'FULL' });
      continue;
    }
    sequence += 1;
    bytes += size;
    const readingId = readingOf(deed);
    fresh.push({ sequence, markId, kind: deed.kind, body, ...(readingId !== undefined && { readingId }) });
    const now: KeptMark = {
      markId,
      ...(JSON.parse(body) as Omit<Mark, 'markId'>),
      sequence,
      author,
      authorName,
      receivedAt: at.toISOString(),
    };
    kept.push(now);
    known.set(markId, { studyUid, mark: now });
    if (deed.kind === 'measurement') study.measurements.add(markId);
  }
  if (fresh.length > 0) await insertMarks(sql, { studyUid, author, authorName, at }, fresh);
  const added: Record<string, number> = {};
  for (const { kind } of fresh) added[kind] = (added[kind] ?? 0) + 1;
  return { kept, refused, sequence, added };
}

/** A UUID is the same in any case (RFC 9562, 4); the database and the folds know one spelling. */
function inLowerCase({ markId, deed, ...mark }: Mark): Mark {
  const lower = { ...deed };
  if ('readingId' in lower) lower.readingId = lower.readingId.toLowerCase();
  if ('mark' in lower) lower.mark = lower.mark.toLowerCase();
  if ('instead' in lower) lower.instead = lower.instead?.toLowerCase();
  return { markId: markId.toLowerCase(), ...mark, deed: lower };
}

/**
 * Nobody has seen more than there is. Who says so (a database restored from a backup knows less than the browsers that
 * wrote to it) has seen what there is.
 */
const bodyOf = ({ madeAt, seen, deed }: Mark, sequence: number): string =>
  canonicalJson({ madeAt, seen: Math.min(seen, sequence), deed });

const isSame = (kept: KeptMark, mark: Mark): boolean =>
  bodyOf(mark, kept.sequence - 1) === bodyOf(kept, kept.sequence - 1);

const readingOf = (deed: Deed): string | undefined => ('readingId' in deed ? deed.readingId : undefined);

/** The measurement that a deed speaks of. */
function measurementOf(deed: Deed): string | undefined {
  if (deed.kind === 'remove' || deed.kind === 'restore') return deed.mark;
  return deed.kind === 'measurement' ? deed.instead : undefined;
}

interface Names {
  readonly readings: ReadonlySet<string>;
  readonly measurements: Set<string>;
  readonly instances: ReadonlySet<string>;
}

const defined = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined);

/** What of the marks' names the study has. */
async function namesIn(sql: Sql, studyUid: string, marks: readonly Mark[]): Promise<Names> {
  const deeds = marks.map(({ deed }) => deed);
  const sopUids = deeds.map((deed) => (deed.kind === 'measurement' ? deed.sopInstanceUid : undefined));
  return {
    readings: await readingsAmong(sql, studyUid, defined(deeds.map(readingOf))),
    measurements: await measurementsAmong(sql, studyUid, defined(deeds.map(measurementOf))),
    instances: await instancesAmong(sql, studyUid, defined(sopUids)),
  };
}

function strangerIn(deed: Deed, names: Names): MarkRefusal | undefined {
  const readingId = readingOf(deed);
  if (readingId !== undefined && !names.readings.has(readingId)) return 'NO_SUCH_READING';
  const measurement = measurementOf(deed);
  if (measurement !== undefined && !names.measurements.has(measurement)) return 'NO_SUCH_MARK';
  if (deed.kind === 'measurement' && !names.instances.has(`${deed.sopInstanceUid} ${deed.seriesInstanceUid}`))
    return 'NO_SUCH_INSTANCE';
  return undefined;
}
