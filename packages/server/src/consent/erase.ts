/** Erasing a patient or a study, GDPR article 17: rows in one transaction, then the bytes, then the proof of both. */
import { type Identity, mayEverywhere, reaches, reachOf } from '../access/index.ts';
import { appendAudit, canonicalJson, type KeyedHash } from '../audit/index.ts';
import type { Blobs } from '../ports/blobs/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import { lockPatient } from './consent-rows.ts';
import {
  addErasure,
  describeErasing,
  type Erased,
  type Erasing,
  type ErasureTarget,
  erasedByAudit,
  eraseRows,
  erasureOf,
  isNamedElsewhere,
  studiesToErase,
  unprovenErasures,
} from './erasure-rows.ts';
import { type Needles, names, needlesOf } from './needles.ts';
import { eventOf } from './noted.ts';
import { type ErasureProof, type ErasureRecord, prove } from './proof.ts';
import { NotWithinReach } from './types.ts';

export interface ErasurePorts {
  readonly database: Database;
  readonly blobs: Blobs;
  /** Works off `blob_to_remove`: takes away the bytes that no row names any more. */
  readonly clearRemoved: () => Promise<unknown>;
  readonly now: () => Date;
  /** Keyed with the server's secret, which lies apart from the data. */
  readonly keyedHash: KeyedHash;
  /** A UUID. */
  readonly newId: () => string;
  /** Told what kept bytes or proof waiting; the deed itself stands. */
  readonly problem?: (error: unknown) => void;
}

export interface Erasure {
  readonly erasureId: string;
  /** Absent where the bytes could not be taken away yet: `resume` does so, and proves it. */
  readonly proof?: ErasureProof;
}

export interface Erasures {
  /** The identity must reach all that goes, by the deed `erase`. @throws NotWithinReach, ReasonNamesPatient */
  erase(identity: Identity, target: ErasureTarget, reason: string): Promise<Erasure>;
  /** A proof that was kept; nothing where there is none. Needs `erase` over all projects. @throws NotWithinReach */
  proof(identity: Identity, erasureId: string): Promise<ErasureProof | undefined>;
  /** At start, and now and then: takes away bytes that are left, and makes the proofs that are missing. @returns how many */
  resume(): Promise<number>;
}

/** The reason is kept for ever and must not say who it was. Say it without name, ID and UIDs. */
export class ReasonNamesPatient extends Error {
  override readonly name = 'ReasonNamesPatient';
}

export function erasures(ports: ErasurePorts): Erasures {
  const { database, clearRemoved, now, keyedHash, newId, problem } = ports;

  async function finish(record: ErasureRecord, needles: Needles, searched: ErasureProof['searchedFor']) {
    await clearRemoved();
    return prove(ports, record, needles, searched);
  }

  return {
    async erase(identity, target, reason) {
      const outcome = await database.transaction((sql) => eraseWithin(sql, identity, target, reason));
      if (outcome === undefined) throw new NotWithinReach('There is no such patient or study.');
      const { record, needles } = outcome;
      try {
        const searched = needles.identity === undefined ? 'uids' : 'uids-and-identity';
        return { erasureId: record.erasureId, proof: await finish(record, needles, searched) };
      } catch (error) {
        // The deed is done and audited; bytes and proof follow.
        problem?.(error);
        return { erasureId: record.erasureId };
      }
    },

    async proof(identity, erasureId) {
      if (!mayEverywhere(identity, 'erase')) {
        const detail = { deed: 'erase', purpose: 'erasure-proof' };
        const refusal = eventOf(identity, { action: 'refusal', outcome: 'refused', detail });
        await database.transaction((sql) => appendAudit(sql, now(), refusal));
        throw new NotWithinReach('There is no such erasure.');
      }
      return database.transaction(async (sql) => {
        const found = await erasureOf(sql, erasureId);
        await appendAudit(
          sql,
          now(),
          eventOf(identity, {
            action: 'read',
            outcome: 'success',
            detail: { purpose: 'erasure-proof', erasure: erasureId },
          }),
        );
        return found?.proof == null ? undefined : (JSON.parse(found.proof) as ErasureProof);
      });
    },

    async resume() {
      await clearRemoved();
      const unproven = await unprovenErasures(database);
      for (const { id, record } of unproven) {
        // Names and dates went with the rows; the audit still knows key and study.
        const { patientKeys, studyUids } = await erasedByAudit(database, id);
        const known: ErasureRecord = JSON.parse(record);
        const needles = needlesOf({
          patientKey: patientKeys[0] ?? '',
          studies: [],
          patientGone: known.patientGone && patientKeys.length > 0,
          patients: [],
          formerStudyUids: [],
          uids: studyUids,
        });
        await finish(known, needles, 'study-uids-and-patient-key');
      }
      return unproven.length;
    },
  };

  async function eraseWithin(
    sql: Sql,
    identity: Identity,
    target: ErasureTarget,
    reason: string,
  ): Promise<{ record: ErasureRecord; needles: Needles } | undefined> {
    const studies = await studiesToErase(sql, target);
    const reach = reachOf(identity, 'erase');
    const patientKey = studies[0]?.patientKey ?? ('patientKey' in target ? target.patientKey : undefined);
    if (patientKey === undefined) return undefined;
    await lockPatient(sql, patientKey);
    // Without studies only who reaches everything may know that something else is left of a patient.
    const known = studies.length > 0 || (await isNamedElsewhere(sql, patientKey));
    const allowed = studies.length > 0 ? studies.every((study) => reaches(reach, study)) : reach.all;
    if (!known) return undefined;
    if (!allowed) {
      const study = 'studyUid' in target ? { studyUid: target.studyUid } : {};
      const detail = { deed: 'erase' };
      await appendAudit(
        sql,
        now(),
        eventOf(identity, { action: 'refusal', outcome: 'refused', ...study, patientKey, detail }),
      );
      return undefined;
    }
    const erasing = await describeErasing(sql, patientKey, studies);
    if (names(reason, erasing))
      throw new ReasonNamesPatient('Give the reason without saying who the patient is.');
    const at = now();
    const erased = await eraseRows(sql, erasing, keyedHash(patientKey), at);
    const record = recordOf(identity, target, reason, erasing, erased, at);
    await addErasure(sql, record.erasureId, at, canonicalJson(record));
    await appendAudit(sql, at, ...eventsOf(identity, erasing, record));
    return { record, needles: needlesOf(erasing) };
  }

  function recordOf(
    identity: Identity,
    target: ErasureTarget,
    reason: string,
    erasing: Erasing,
    erased: Erased,
    at: Date,
  ): ErasureRecord {
    return {
      erasureId: newId(),
      at: at.toISOString(),
      by: identity.actor,
      reason,
      target: 'studyUid' in target ? 'study' : 'patient',
      patientHash: keyedHash(erasing.patientKey),
      studyHashes: erasing.studies.map(({ studyUid }) => keyedHash(studyUid)),
      patientGone: erasing.patientGone,
      ...erased,
    };
  }
}

/** One for each study, found by its UID, and one over all. */
function eventsOf(identity: Identity, erasing: Erasing, record: ErasureRecord) {
  const { erasureId: erasure, reason } = record;
  const common = { action: 'erase', outcome: 'success', patientKey: erasing.patientKey } as const;
  const rows = Object.fromEntries(Object.entries(record.rows).map(([table, n]) => [`rows.${table}`, n]));
  return [
    ...erasing.studies.map(({ studyUid, instanceCount }) =>
      eventOf(identity, { ...common, studyUid, detail: { erasure, instances: instanceCount } }),
    ),
    eventOf(identity, {
      ...common,
      detail: {
        erasure,
        reason,
        target: record.target,
        ...rows,
        files: record.hashes.length,
        filesShared: record.shared.length,
      },
    }),
  ];
}
