/**
 * De-identified copies of studies for research, teaching and the training of models: within reach, with consent, cleaned
 * by the profile and searched again, as one ZIP with its report.
 */
import { isFault } from '@promontory/core/fault';
import { type Identity, reaches, reachOf } from '../access/index.ts';
import { type InstanceRecord, ownerOf, type Records } from '../archive/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { ConsentScope, Consents } from '../consent/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import type { UntrustedPool } from '../ports/untrusted/index.ts';
import { DeidRecord, type DeidWishes } from './deid-record.ts';
import type { DeidTask, DeidTaskResult } from './deid-task.ts';
import { zipOf } from './zip-stream.ts';

/** The module that the export's worker threads run. */
export const DEID_WORKER = new URL('./deid-worker.ts', import.meta.url);

export interface ExportRequest {
  readonly studyUids: readonly string[];
  /** What for: only studies whose patients allow this are exported. */
  readonly scope: ConsentScope;
  readonly wishes: DeidWishes;
}

export interface ExportPorts {
  readonly database: Database;
  readonly recordsFor: (identity: Identity) => Records;
  readonly consents: Pick<Consents, 'permits'>;
  /** Of `DEID_WORKER`. */
  readonly pool: UntrustedPool;
  /** Of the pseudonyms: the same key gives the same. Kept apart from what is exported. */
  readonly key: Uint8Array;
  readonly version: string;
  readonly now: () => Date;
}

export interface StudyExport {
  /** A ZIP, made as it is read. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly studies: number;
  /** Objects before any is refused, and their bytes as kept: about what the ZIP will hold. */
  readonly objects: number;
  readonly sizeBytes: number;
  /** Studies that stay here, for their patients have not allowed this use. */
  readonly withoutConsent: number;
}

/** None of the studies is there, or may be exported by this identity. */
export class NothingToExport extends Error {
  override readonly name = 'NothingToExport';
}

/** No patient of these studies has allowed this use. Record their consent first. */
export class NoConsent extends Error {
  override readonly name = 'NoConsent';
}

/** More than one ZIP holds. Export fewer studies at a time. */
export class ExportTooLarge extends Error {
  override readonly name = 'ExportTooLarge';
}

/** Of a ZIP without its 64-bit extension. */
const MAX_BYTES = 4 * 10 ** 9;
const MAX_FILES = 65_000;

/** @throws NothingToExport, NoConsent, ExportTooLarge; nothing was exported then */
export async function exportStudies(
  identity: Identity,
  request: ExportRequest,
  ports: ExportPorts,
): Promise<StudyExport> {
  const records = ports.recordsFor(identity);
  const wanted: InstanceRecord[] = [];
  let studies = 0;
  let withoutConsent = 0;
  for (const studyUid of new Set(request.studyUids)) {
    const owner = await ownerOf(ports.database, studyUid);
    if (owner !== undefined && reaches(reachOf(identity, 'export'), owner)) {
      if (!(await ports.consents.permits(owner.patientKey, request.scope, owner.projectId))) {
        withoutConsent++;
        await noteRefusal(identity, studyUid, owner.patientKey, request.scope, ports);
        continue;
      }
    }
    // What is out of reach is refused, and noted, by the gate.
    const found = await records.instances({ studyUid }, 'export');
    if (found.length === 0) continue;
    studies++;
    wanted.push(...found);
  }
  if (studies + withoutConsent === 0) throw new NothingToExport('There is no such study.');
  if (studies === 0) throw new NoConsent('No patient of these studies has allowed this use.');
  const size = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (size > MAX_BYTES || wanted.length > MAX_FILES)
    throw new ExportTooLarge('These studies do not fit one file. Export fewer at a time.');
  return {
    bytes: zipOf(cleaned(identity, records, wanted, request.wishes, ports)),
    studies,
    objects: wanted.length,
    sizeBytes: size,
    withoutConsent,
  };
}

const noteRefusal = (
  { actor, address }: Identity,
  studyUid: string,
  patientKey: string,
  scope: ConsentScope,
  { database, now }: ExportPorts,
): Promise<void> =>
  database.transaction((sql) =>
    appendAudit(sql, now(), {
      action: 'export',
      outcome: 'refused',
      actor,
      ...(address === undefined ? {} : { address }),
      studyUid,
      patientKey,
      detail: { reason: 'no consent', scope },
    }),
  );

/** One object at a time: nothing of an object stays in memory but what was done to it. */
async function* cleaned(
  identity: Identity,
  records: Records,
  wanted: readonly InstanceRecord[],
  wishes: DeidWishes,
  { pool, key, version }: ExportPorts,
): AsyncGenerator<{ readonly path: string; readonly bytes: Uint8Array }> {
  const record = new DeidRecord();
  for (const [index, instance] of wanted.entries()) {
    const bytes = await readAll(await records.open(instance));
    const result = await cleanedOne({ bytes, wishes, key }, pool, identity.actor);
    if (result === undefined) record.refuse(index, 'DAMAGED', 'Send it again from its source.');
    else if ('refused' in result) record.refuse(index, result.refused, result.advice);
    else {
      record.accept(index, result.path, result);
      yield { path: result.path, bytes: result.bytes };
    }
  }
  yield {
    path: 'deidentification-report.json',
    bytes: new TextEncoder().encode(record.toJson(version, wishes)),
  };
}

async function cleanedOne(
  task: DeidTask,
  pool: UntrustedPool,
  lane: string,
): Promise<DeidTaskResult | undefined> {
  try {
    return await pool.run<DeidTaskResult>('deidentify', task, { lane });
  } catch (error) {
    // The others must not be lost for one that cannot be read.
    if (isFault(error)) return undefined;
    throw error;
  }
}
