/** One try of one reading: from the study's instances to its results, or to the reason why there are none. */
import { createHash, randomUUID } from 'node:crypto';
import type { ModelIdentity } from '@promontory/core/reading';
import { type InstanceRecord, keepAnew, type Records } from '../archive/index.ts';
import { type Task, TaskFailed } from '../jobs/index.ts';
import { type Blobs, type StageOptions, stage } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { DEFAULT_INPUT_LIMITS } from '../ports/files/index.ts';
import { startItem } from './item-changes.ts';
import type { ReadingFileRecord, ReadingJob, WorkItem } from './reading.ts';
import type { ReadingOutcome } from './reading-messages.ts';
import type { InputFile, ReadInProcess } from './reading-process.ts';
import { forgetBytes, inputHash, inputOf, sameReading } from './reading-rows.ts';
import { type FinishedReading, finishReading, settleWithout } from './settle.ts';
import { urgencyIn } from './urgency-in.ts';
import { noteProgress, noteTriedWith, noteTryFailed } from './work-item-rows.ts';

export interface WorkerPorts {
  readonly database: Database;
  readonly blobs: Blobs;
  /** Where results wait to be kept. */
  readonly staging: StageOptions;
  /** The gate as the worker may use it. */
  readonly records: Records;
  readonly read: ReadInProcess;
  readonly softwareVersion: string;
  readonly now: () => Date;
}

/** @throws TaskFailed, where another try may do better */
export async function performReading(task: Task<ReadingJob>, ports: WorkerPorts): Promise<void> {
  const { database, now } = ports;
  const item = await database.transaction((sql) => startItem(sql, task.id, task.attempt + 1, now()));
  if (item === undefined) {
    // Cancelled, claimed by a client, or its study was deleted: nobody wants it from us any more.
    await database.transaction((sql) => task.settle(sql));
    return;
  }
  try {
    await readStudyOf(item, task, ports);
  } catch (error) {
    const reason = error instanceof TaskFailed ? error.reason : codeOf(error);
    await noteTryFailed(database, item, reason, now()).catch(() => {});
    throw error instanceof TaskFailed ? error : new TaskFailed(reason);
  }
}

/** Errors of ours by their names, which hold nothing of their causes. */
const codeOf = (error: unknown): string =>
  /^(DatabaseUnavailable|StorageFull|BlobMissing|BlobDamaged)$/.exec((error as Error).name)?.[0] ?? 'defect';

async function readStudyOf(item: WorkItem, task: Task<ReadingJob>, ports: WorkerPorts): Promise<void> {
  const { database, softwareVersion, now } = ports;
  const start = performance.now();
  const instances = await receivedInstances(item.studyUid, ports);
  const input = { sha256: inputHash(instances.map(({ sha256 }) => sha256)), instanceCount: instances.length };
  if (item.origin === 'arrival') {
    const same = await sameReading(database, item.studyUid, input.sha256, softwareVersion);
    if (same !== undefined) return settleWithout(item, task, ports, same);
  }
  await noteTriedWith(database, item.jobId, {
    inputSha256: input.sha256,
    instanceCount: input.instanceCount,
  });
  const outcome = await outcomeOf(instances, item, task, ports);
  const files = await keep(outcome, ports);
  const findings = files.find(({ name }) => name === 'findings.json');
  const document =
    outcome.kind === 'read' ? outcome.files.find(({ name }) => name === findings?.name) : undefined;
  const urgency = document && urgencyIn(document.bytes);
  const reading: FinishedReading = {
    readingId: randomUUID(),
    studyUid: item.studyUid,
    jobId: item.jobId,
    createdAt: now(),
    outcome: outcome.kind,
    softwareVersion: outcome.softwareVersion,
    models: outcome.models,
    inputSha256: input.sha256,
    instanceCount: input.instanceCount,
    ...(findings !== undefined && { findingsSha256: findings.sha256 }),
    durationMs: Math.round(performance.now() - start),
    ...(urgency !== undefined && { urgency }),
    ...(outcome.kind === 'refused' && { refusal: { code: outcome.code, message: outcome.message } }),
    files,
  };
  const settled = await finishReading(reading, task, ports).catch(async (error: unknown) => {
    await forget(files, ports);
    throw error;
  });
  if (!settled) await forget(files, ports);
}

/** Without results of ours that lie in the study: they are no input, and would make each reading the next one's cause. */
async function receivedInstances(
  studyUid: string,
  { database, records }: WorkerPorts,
): Promise<InstanceRecord[]> {
  const instances = await records.instances({ studyUid }, 'retrieve');
  const { sopUids } = await inputOf(database, studyUid);
  return instances.filter(({ sopUid }) => sopUids.has(sopUid));
}

async function outcomeOf(
  instances: readonly InstanceRecord[],
  item: WorkItem,
  task: Task<ReadingJob>,
  { database, records, read, softwareVersion, now }: WorkerPorts,
): Promise<ReadingOutcome> {
  const bytes = instances.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (bytes > DEFAULT_INPUT_LIMITS.maxTotalBytes || instances.length > DEFAULT_INPUT_LIMITS.maxFiles) {
    const message = 'The study is larger than a reading may be.';
    return { kind: 'refused', code: 'LIMIT_EXCEEDED', message, softwareVersion, models: [] };
  }
  const files = instances.map(
    (instance): InputFile => ({ sizeBytes: instance.sizeBytes, read: () => records.open(instance) }),
  );
  const models: ModelIdentity[] = [];
  let noted: Promise<void> = Promise.resolve();
  return read(files, {
    signal: task.signal,
    // Of a try that leaves no result, this is what is known.
    loaded: (model) => {
      models.push(model);
      noted = noted.then(() => noteTriedWith(database, item.jobId, { models })).catch(() => {});
    },
    // What is shown may be late or missing; it must not hold up the work.
    progress: (stage, done, total) =>
      void noteProgress(database, item, { stage, done, total }, now()).catch(() => {}),
  });
}

/** The bytes are durable before any row speaks of them, and noted to go no more. */
async function keep(
  outcome: ReadingOutcome,
  { database, blobs, staging }: WorkerPorts,
): Promise<ReadingFileRecord[]> {
  if (outcome.kind === 'refused') return [];
  const kept: ReadingFileRecord[] = [];
  for (const { name, mediaType, bytes } of outcome.files) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const staged = await stage(
      (async function* () {
        yield bytes;
      })(),
      staging,
    );
    try {
      await keepAnew(database, blobs, staged);
    } finally {
      await staged.discard();
    }
    kept.push({ name, mediaType, sha256, sizeBytes: bytes.length });
  }
  return kept;
}

/** Nobody speaks of these bytes: they are noted to be taken away. Where that fails too, fsck finds them. */
async function forget(files: readonly ReadingFileRecord[], { database, now }: WorkerPorts): Promise<void> {
  const sha256s = files.map(({ sha256 }) => sha256);
  await database.transaction((sql) => forgetBytes(sql, sha256s, now())).catch(() => {});
}
