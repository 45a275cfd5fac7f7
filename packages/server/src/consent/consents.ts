/** Patients' word on research, teaching and training of models: kept whole, the last counts, and none means no. */
import { type Deed, type Identity, reaches, reachOf } from '../access/index.ts';
import { ownerOf } from '../archive/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { Database, Sql } from '../ports/database/index.ts';
import {
  addConsent,
  consentHistory,
  lastWord,
  lockPatient,
  type PatientStudy,
  permitted,
  studiesOfPatient,
} from './consent-rows.ts';
import { eventOf } from './noted.ts';
import {
  ALL_PROJECTS,
  type ConsentRecord,
  type ConsentScope,
  ConsentUnclear,
  type NewConsent,
  NotWithinReach,
  type Standing,
} from './types.ts';

export interface PatientConsent {
  /** The last word on each project that has one of its own, and on all (`*`); of two, the later counts. */
  readonly current: readonly ConsentRecord[];
  /** All of them, the latest first. */
  readonly history: readonly ConsentRecord[];
}

export interface StudyConsent extends PatientConsent {
  readonly patientKey: string;
  /** The study's. */
  readonly projectId: string;
}

export interface Consents {
  /**
   * Adds a record. For all projects the identity must reach all of the patient's studies, for one project those of it.
   * @throws NotWithinReach, ConsentUnclear
   */
  record(identity: Identity, patientKey: string, consent: NewConsent): Promise<ConsentRecord>;
  /** What stands recorded, as far as the identity reaches. @throws NotWithinReach */
  current(identity: Identity, patientKey: string): Promise<PatientConsent>;
  /** The same by one of the patient's studies: whoever looks at a study need not know how patients are named here. */
  ofStudy(identity: Identity, studyUid: string): Promise<StudyConsent>;
  /** For code that says why something is not exported. */
  standing(sql: Sql, patientKey: string, scope: ConsentScope, projectId: string): Promise<Standing>;
  /** For code that exports: whether the patient allows it now. In a statement over many studies use `sqlPermits`. */
  permits(patientKey: string, scope: ConsentScope, projectId: string): Promise<boolean>;
}

const DEED: Deed = 'consent';

export function consents(ports: { readonly database: Database; readonly now: () => Date }): Consents {
  const { database, now } = ports;

  /** @throws NotWithinReach after the refusal is recorded */
  async function within<T>(
    identity: Identity,
    patientKey: string,
    enough: (within: readonly PatientStudy[], all: readonly PatientStudy[]) => boolean,
    work: (sql: Sql, within: readonly PatientStudy[]) => Promise<T>,
  ): Promise<T> {
    const result = await database.transaction(async (sql) => {
      await lockPatient(sql, patientKey);
      const all = await studiesOfPatient(sql, patientKey);
      const reach = reachOf(identity, DEED);
      const reached = all.filter((study) => reaches(reach, study));
      if (enough(reached, all)) return { value: await work(sql, reached) };
      if (all.length > 0)
        await appendAudit(
          sql,
          now(),
          eventOf(identity, { action: 'refusal', outcome: 'refused', patientKey, detail: { deed: DEED } }),
        );
      return undefined;
    });
    if (result === undefined) throw new NotWithinReach('There is no such patient.');
    return result.value;
  }

  async function currentOf(identity: Identity, patientKey: string): Promise<PatientConsent> {
    return within(
      identity,
      patientKey,
      (reached) => reached.length > 0,
      async (sql, reached) => {
        const projects = new Set([ALL_PROJECTS, ...reached.map(({ projectId }) => projectId)]);
        const history = (await consentHistory(sql, patientKey)).filter((r) => projects.has(r.projectId));
        const seen = new Set<string>();
        const current = history.filter(({ projectId }) => !seen.has(projectId) && seen.add(projectId));
        await appendAudit(
          sql,
          now(),
          eventOf(identity, {
            action: 'read',
            outcome: 'success',
            patientKey,
            detail: { purpose: 'consent', records: history.length },
          }),
        );
        return { current, history };
      },
    );
  }

  return {
    async record(identity, patientKey, given) {
      const { state, scopes, formVersion, projectId = ALL_PROJECTS } = given;
      if ((state === 'given') !== scopes.length > 0)
        throw new ConsentUnclear('A consent that is given names its scopes, others name none.');
      const concerned = (studies: readonly PatientStudy[]) =>
        projectId === ALL_PROJECTS ? studies : studies.filter((study) => study.projectId === projectId);
      return within(
        identity,
        patientKey,
        (reached, all) => concerned(all).length > 0 && concerned(reached).length === concerned(all).length,
        async (sql) => {
          const at = now();
          const record: ConsentRecord = {
            state,
            scopes: [...new Set(scopes)].sort(),
            projectId,
            formVersion,
            recordedBy: identity.actor,
            at: at.toISOString(),
          };
          await addConsent(sql, patientKey, record);
          await appendAudit(
            sql,
            at,
            eventOf(identity, {
              action: 'consent',
              outcome: 'success',
              patientKey,
              detail: { state, scopes: record.scopes, project: projectId, formVersion },
            }),
          );
          return record;
        },
      );
    },

    current: currentOf,

    async ofStudy(identity, studyUid) {
      const owner = await ownerOf(database, studyUid);
      // A patient with one study in reach may have others that are not: this one counts.
      if (owner === undefined || !reaches(reachOf(identity, DEED), owner)) {
        if (owner !== undefined)
          await database.transaction((sql) =>
            appendAudit(
              sql,
              now(),
              eventOf(identity, { action: 'refusal', outcome: 'refused', studyUid, detail: { deed: DEED } }),
            ),
          );
        throw new NotWithinReach('There is no such study.');
      }
      const { patientKey, projectId } = owner;
      return { patientKey, projectId, ...(await currentOf(identity, patientKey)) };
    },

    async standing(sql, patientKey, scope, projectId) {
      const word = await lastWord(sql, patientKey, projectId);
      if (word === undefined || word.state === 'never-asked') return 'never-asked';
      if (word.state === 'withdrawn') return 'withdrawn';
      return word.scopes.includes(scope) ? 'permitted' : 'other-use';
    },

    permits: (patientKey, scope, projectId) => permitted(database, patientKey, projectId, scope),
  };
}
