/** How a job ends: its result, its work item, its audit and the queue's own mark, in one transaction. */

import { randomUUID } from 'node:crypto';
import type { Urgency } from '@promontory/core/report';
import type { StudyOwner } from '../archive/index.ts';
import { type AuditEvent, appendAudit } from '../audit/index.ts';
import { type DeadLetter, type Task, TaskFailed } from '../jobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { endItem } from './item-changes.ts';
import type { ReadingJob, ReadingRecord, WorkItem } from './reading.ts';
import { inputOf, insertReading, lockStudy, supersedeReadings } from './reading-rows.ts';
import { itemById, triedWith } from './work-item-rows.ts';

export interface SettlePorts {
  readonly database: Database;
  readonly softwareVersion: string;
  readonly now: () => Date;
}

/** With what it says of the order of studies, where it could say anything. */
export type FinishedReading = Omit<ReadingRecord, 'status'> & { readonly urgency?: Urgency };

/** The job is another worker's, or was cancelled: nothing of the transaction may stay. */
class ClaimLost extends Error {}

/**
 * Records a reading. The study is held meanwhile: where instances came while it was read, the reading is of what the
 * study was, superseded from its birth, and its completion brings the next.
 * @returns whether it was recorded; not where the job is no longer this worker's or the study is gone
 */
export async function finishReading(
  reading: FinishedReading,
  task: Task<ReadingJob>,
  { database, now }: SettlePorts,
): Promise<boolean> {
  return claimed(database, async (sql) => {
    const owner = await lockStudy(sql, reading.studyUid);
    if (!(await task.settle(sql))) throw new ClaimLost();
    if (owner === undefined) return false;
    const current = (await inputOf(sql, reading.studyUid)).sha256 === reading.inputSha256;
    const marked = await insertReading(sql, { ...reading, status: current ? 'unreviewed' : 'superseded' });
    // Noted since they were kept, and gone perhaps: the store is not asked in here, the next try keeps them anew.
    if (marked.length > 0) throw new TaskFailed('bytes-gone');
    if (current) await supersedeReadings(sql, reading.studyUid, reading.readingId);
    await endItem(sql, reading.jobId, { state: 'completed', readingId: reading.readingId }, now());
    await appendAudit(
      sql,
      now(),
      noted(owner, 'success', {
        reading: reading.readingId,
        outcome: reading.outcome,
        current,
        inputSha256: reading.inputSha256,
        instances: reading.instanceCount,
        files: reading.files.length,
        attempt: task.attempt + 1,
        models: reading.models.map(({ id, sha256 }) => `${id} ${sha256}`),
        ...(reading.refusal !== undefined && { code: reading.refusal.code }),
      }),
    );
    return true;
  });
}

/** The study has been read already as it is. */
export async function settleWithout(
  item: WorkItem,
  task: Task<ReadingJob>,
  { database, now }: SettlePorts,
  readingId: string,
): Promise<void> {
  await claimed(database, async (sql) => {
    await lockStudy(sql, item.studyUid);
    if (!(await task.settle(sql))) throw new ClaimLost();
    return endItem(sql, item.jobId, { state: 'completed', reason: 'unchanged', readingId }, now());
  });
}

/** A job that failed at every try leaves a failed reading, so that nobody waits for one that will not come. */
export async function buryReading(
  letter: DeadLetter<ReadingJob>,
  { database, softwareVersion, now }: SettlePorts,
): Promise<void> {
  const code = letter.reason ?? 'worker-died';
  await claimed(database, async (sql) => {
    const item = await itemById(sql, letter.id);
    const owner = item && (await lockStudy(sql, item.studyUid));
    if (!(await letter.settle(sql))) throw new ClaimLost();
    if (owner === undefined) return false;
    const { studyUid } = owner;
    const readingId = randomUUID();
    const tried = await triedWith(sql, letter.id);
    if (!(await endItem(sql, letter.id, { state: 'failed', reason: code, readingId }, now()))) return false;
    // Where no try got so far as to look at the study, it is what is held now.
    const held = await inputOf(sql, studyUid);
    const { inputSha256 = held.sha256, instanceCount = held.instanceCount, models } = tried;
    await insertReading(sql, {
      readingId,
      studyUid,
      jobId: letter.id,
      createdAt: now(),
      status: 'failed',
      outcome: 'failed',
      softwareVersion,
      models,
      inputSha256,
      instanceCount,
      durationMs: 0,
      refusal: { code },
      files: [],
    });
    await appendAudit(
      sql,
      now(),
      noted(owner, 'failed', {
        reading: readingId,
        outcome: 'failed',
        attempts: letter.attempts,
        code,
        inputSha256,
        models: models.map(({ id, sha256 }) => `${id} ${sha256}`),
      }),
    );
    return true;
  });
}

async function claimed(database: Database, work: (sql: Sql) => Promise<boolean>): Promise<boolean> {
  try {
    return await database.transaction(work);
  } catch (error) {
    if (error instanceof ClaimLost) return false;
    throw error;
  }
}

const noted = (
  { studyUid, patientKey }: StudyOwner,
  outcome: AuditEvent['outcome'],
  detail: NonNullable<AuditEvent['detail']>,
): AuditEvent => ({ action: 'reading', outcome, actor: 'worker', studyUid, patientKey, detail });
