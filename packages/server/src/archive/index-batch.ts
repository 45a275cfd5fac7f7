/** One transaction that brings instances into the index, with its audit. */
import { type Identity, reaches, reachOf } from '../access/index.ts';
import { type AuditEvent, appendAudit } from '../audit/index.ts';
import type { Sha256, Staged } from '../ports/blobs/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { accepted, failed } from './outcome.ts';
import {
  countIn,
  heldContents,
  insertInstances,
  type NewInstance,
  ownersOf,
  patientKeyOf,
  removeEmpty,
  upsertSeries,
  upsertStudy,
  withdrawRemoval,
} from './rows.ts';
import type { StoreOptions, StoreOutcome } from './types.ts';

/** An instance that was received and understood; `at` is its place in the request. */
export interface Arrival extends NewInstance {
  readonly at: number;
  readonly staged: Staged;
}

/** Bytes that are to be indexed are not kept, or may be no more: nothing was indexed, and it can be tried again. */
export class BytesGone extends Error {
  override readonly name = 'BytesGone';
  /** Those that were noted to be taken away: to be kept anew. */
  readonly noted: ReadonlySet<Sha256>;
  constructor(message: string, noted: ReadonlySet<Sha256> = new Set()) {
    super(message);
    this.noted = noted;
  }
}

/** Who stores what for, and where. */
export interface StoreRequest {
  readonly identity: Identity;
  readonly options: StoreOptions;
  /** Places of those whose bytes were kept. */
  readonly kept: ReadonlySet<number>;
  readonly now: Date;
}

const uidOf = ({ entry }: Arrival): string => entry.sopUid;

/**
 * One transaction: studies in the order of their UIDs, so that two requests never wait for each other in a circle.
 * @throws BytesGone
 */
export async function indexBatch(
  sql: Sql,
  arrivals: readonly Arrival[],
  request: StoreRequest,
): Promise<Map<number, StoreOutcome>> {
  const { identity, now } = request;
  const outcomes = new Map<number, StoreOutcome>();
  const events: AuditEvent[] = [];
  const byStudy = Map.groupBy(arrivals, ({ entry }) => entry.studyUid);
  const studyUids = [...byStudy.keys()].sort();
  const owners = await ownersOf(sql, studyUids);
  const reach = reachOf(identity, 'store');
  for (const studyUid of studyUids) {
    const all = byStudy.get(studyUid) as Arrival[];
    const [first] = all as [Arrival];
    const owner = owners.get(studyUid) ?? {
      studyUid,
      projectId: identity.storesInto,
      patientKey: patientKeyOf(first.entry),
    };
    if (!reaches(reach, owner)) {
      for (const { at, entry } of all)
        outcomes.set(
          at,
          failed('notAuthorised', 'This study may not be stored by this account or peer.', entry),
        );
      events.push(eventOf(identity, 'refused', 'store', owner, { instances: all.length }));
      continue;
    }
    const { stored, conflicts } = await indexStudy(sql, all, owner.projectId, request, outcomes);
    if (stored > 0) events.push(eventOf(identity, 'success', 'store', owner, { instances: stored }));
    if (conflicts.length > 0)
      events.push(eventOf(identity, 'refused', 'conflict', owner, { sopInstanceUids: conflicts }));
  }
  if (events.length > 0) await appendAudit(sql, now, ...events);
  return outcomes;
}

async function indexStudy(
  sql: Sql,
  arrivals: readonly Arrival[],
  projectId: string,
  { options, kept, now }: StoreRequest,
  outcomes: Map<number, StoreOutcome>,
): Promise<{ stored: number; conflicts: string[] }> {
  const conflicts: string[] = [];
  const conflict = ({ at, entry }: Arrival) => {
    conflicts.push(entry.sopUid);
    outcomes.set(
      at,
      failed('conflict', 'Another content is held under this UID; what is held was not changed.', entry),
    );
  };
  const held = await heldContents(sql, arrivals.map(uidOf));
  const fresh: Arrival[] = [];
  for (const arrival of arrivals) {
    const { at, entry } = arrival;
    const content = held.get(entry.sopUid);
    if (content === undefined) {
      fresh.push(arrival);
      // Twice in one request: the second is judged against the first.
      held.set(entry.sopUid, entry.contentSha256);
    } else if (content === entry.contentSha256) outcomes.set(at, accepted('held', entry));
    else conflict(arrival);
  }
  if (fresh.length === 0) return { stored: 0, conflicts };

  const [first] = fresh as [Arrival];
  const origin = options.origin ?? 'received';
  await upsertStudy(sql, first.entry, projectId, origin === 'received', now);
  const inPlace: Arrival[] = [];
  const bySeries = [...Map.groupBy(fresh, ({ entry }) => entry.seriesUid)].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  for (const [, ofSeries] of bySeries) {
    const owner = await upsertSeries(sql, (ofSeries[0] as Arrival).entry, now);
    if (owner === first.entry.studyUid) inPlace.push(...ofSeries);
    else ofSeries.forEach(conflict);
  }
  const inserted = await insertInstances(sql, inPlace, origin, now);
  const added = inPlace.filter(({ entry }) => inserted.has(entry.sopUid));
  if (added.length > 0) {
    const noted = await withdrawRemoval(
      sql,
      added.map(({ sha256 }) => sha256),
    );
    // Who takes noted bytes away may have been faster than this transaction.
    if (noted.size > 0) throw new BytesGone('The bytes may be taken away.', noted);
    // Held when the bytes arrived, so that they were not kept, and deleted since.
    if (added.some(({ at }) => !kept.has(at))) throw new BytesGone('The bytes were not kept.');
    await countIn(sql, first.entry.studyUid, added);
  }
  for (const arrival of added) outcomes.set(arrival.at, accepted('stored', arrival.entry));
  // Another request was faster with the same UID.
  const late = inPlace.filter(({ entry }) => !inserted.has(entry.sopUid));
  const faster = late.length === 0 ? held : await heldContents(sql, late.map(uidOf));
  for (const arrival of late) {
    const same = faster.get(uidOf(arrival)) === arrival.entry.contentSha256;
    if (same) outcomes.set(arrival.at, accepted('held', arrival.entry));
    else conflict(arrival);
  }
  if (added.length < fresh.length) await removeEmpty(sql, first.entry.studyUid);
  return { stored: added.length, conflicts };
}

const eventOf = (
  identity: Identity,
  outcome: AuditEvent['outcome'],
  action: AuditEvent['action'],
  owner: { studyUid: string; patientKey: string },
  detail: AuditEvent['detail'] & object,
): AuditEvent => ({
  action,
  outcome,
  actor: identity.actor,
  ...(identity.address === undefined ? {} : { address: identity.address }),
  studyUid: owner.studyUid,
  patientKey: owner.patientKey,
  detail,
});
