import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Identity } from '../access/index.ts';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { verifyAudit } from '../audit/index.ts';
import { ENGINES } from '../upkeep/archive.testing.ts';
import { permitted, sqlPermits } from './consent-rows.ts';
import { type Consents, consents } from './consents.ts';
import { CONSENT_SCOPES, ConsentUnclear, NotWithinReach } from './types.ts';

// PostgreSQL where there is one.
const [, fresh] = ENGINES.at(-1) as (typeof ENGINES)[number];
let archive: TestArchive;
let store: Consents;
let patient = 0;
let id: string;
let key: string;
const radiologist = person('radiologist');

beforeAll(async () => {
  archive = await openTestArchive(undefined, fresh);
  for (const project of ['knees', 'spines'])
    await archive.database.query('insert into project (project_id, title) values ($1, $1)', [project]);
  let minute = 0;
  store = consents({ database: archive.database, now: () => new Date(Date.UTC(2026, 2, 1, 0, minute++)) });
}, 60_000);
afterAll(() => archive.close());
beforeEach(() => {
  patient += 1;
  id = `P-${patient}`;
  key = `|${id}`;
});

async function study(projectId = 'default', patientId = id): Promise<string> {
  const StudyInstanceUID = newUid();
  const who = person('radiologist', '*', { storesInto: projectId });
  await archive.recordsFor(who).store(partsOf([mrFile({ StudyInstanceUID, PatientID: patientId })]));
  return StudyInstanceUID;
}
const give = (scopes: readonly (typeof CONSENT_SCOPES)[number][], projectId?: string) =>
  store.record(radiologist, key, {
    state: 'given',
    scopes,
    formVersion: '2026-1',
    ...(projectId === undefined ? {} : { projectId }),
  });
const end = (state: 'withdrawn' | 'never-asked', projectId?: string) =>
  store.record(radiologist, key, {
    state,
    scopes: [],
    formVersion: '2026-1',
    ...(projectId === undefined ? {} : { projectId }),
  });
const allowed = async (projectId = 'default') => {
  const all = CONSENT_SCOPES.map(
    async (scope) => [scope, await store.permits(key, scope, projectId)] as const,
  );
  return (await Promise.all(all)).filter(([, yes]) => yes).map(([scope]) => scope);
};

describe('what is permitted', () => {
  test('nothing, where nobody was asked', async () => {
    await study();
    expect(await allowed()).toEqual([]);
    expect(await store.current(radiologist, key)).toEqual({ current: [], history: [] });
  });

  test('what was given and no more; withdrawn at once', async () => {
    await study();
    await give(['research', 'teaching']);
    expect(await allowed()).toEqual(['research', 'teaching']);
    await give(['teaching']);
    expect(await allowed()).toEqual(['teaching']);
    await end('withdrawn');
    expect(await allowed()).toEqual([]);
    await give(['ai-training']);
    await end('never-asked');
    expect(await allowed()).toEqual([]);
  });

  test('of a word on one project and one on all, the later counts', async () => {
    await study('spines');
    await study('knees');
    await give(['research'], 'spines');
    expect([await allowed('spines'), await allowed('knees')]).toEqual([['research'], []]);
    await give(['teaching']);
    expect([await allowed('spines'), await allowed('knees')]).toEqual([['teaching'], ['teaching']]);
    await end('withdrawn', 'spines');
    expect([await allowed('spines'), await allowed('knees')]).toEqual([[], ['teaching']]);
    await end('withdrawn');
    expect([await allowed('spines'), await allowed('knees')]).toEqual([[], []]);
  });

  test('as a condition on studies: only those of patients who permit it now', async () => {
    const mine = await study('spines');
    const elsewhere = await study('knees');
    const other = await study('spines', `${id}-other`);
    const cohort = async () => {
      const rows = await archive.database.query<{ study_uid: string }>(
        `select study_uid from study s where study_uid = any($1)
         and ${sqlPermits({ patientKey: 's.patient_key', projectId: 's.project_id' }, '$2')}`,
        [[mine, elsewhere, other], 'research'],
      );
      return rows.map((row) => row.study_uid);
    };
    expect(await cohort()).toEqual([]);
    await give(['research'], 'spines');
    expect(await cohort()).toEqual([mine]);
    await end('withdrawn');
    expect(await cohort()).toEqual([]);
  });

  test('the condition takes code only', () => {
    const columns = { patientKey: 's.patient_key', projectId: 's.project_id' };
    for (const [given, scope] of [
      [{ ...columns, patientKey: "'x' or true" }, '$1'],
      [{ ...columns, projectId: 's.project_id) or (true' }, '$1'],
      [columns, "'research'"],
    ] as const)
      expect(() => sqlPermits(given, scope)).toThrow();
  });

  test('nothing to a patient whose key is hostile', async () => {
    for (const hostile of ["' or true --", '%', '', '*'])
      expect(await permitted(archive.database, hostile, 'default', 'research')).toBe(false);
  });
});

describe('records', () => {
  test('all are kept, the latest first, with who and when, and stand in the audit', async () => {
    await study();
    await give(['research']);
    await end('withdrawn');
    const { history, current } = await store.current(radiologist, key);
    expect(history.map((r) => [r.state, r.scopes, r.recordedBy, r.formVersion, r.projectId])).toEqual([
      ['withdrawn', [], radiologist.actor, '2026-1', '*'],
      ['given', ['research'], radiologist.actor, '2026-1', '*'],
    ]);
    expect((history[0]?.at ?? '') > (history[1]?.at ?? '')).toBe(true);
    expect(current).toEqual([history[0]]);
    const audit = await archive.database.query<{ action: string; body: string }>(
      `select action, body from audit_event where patient_key = $1 and action <> 'store' order by seq`,
      [key],
    );
    expect(audit.map(({ action, body }) => [action, JSON.parse(body).detail.state])).toEqual([
      ['consent', 'given'],
      ['consent', 'withdrawn'],
      ['read', undefined],
    ]);
    expect((await verifyAudit(archive.database)).whole).toBe(true);
  });

  test('that give nothing, or take and name something, are unclear', async () => {
    await study();
    await expect(give([])).rejects.toThrow(ConsentUnclear);
    const taken = { state: 'withdrawn', scopes: ['research'], formVersion: '1' } as const;
    await expect(store.record(radiologist, key, taken)).rejects.toThrow(ConsentUnclear);
  });

  test('of two at the same time both are kept', async () => {
    await study();
    await Promise.all([give(['research']), end('withdrawn'), give(['teaching'])]);
    const { history, current } = await store.current(radiologist, key);
    expect(history).toHaveLength(3);
    expect(current).toEqual([history[0]]);
    expect(await allowed()).toEqual(current[0]?.scopes);
  });
});

describe('who may', () => {
  const consent = { state: 'given', scopes: ['research'], formVersion: '1' } as const;
  const refusals = async () =>
    (
      await archive.database.query<{ actor: string }>(
        `select actor from audit_event where patient_key = $1 and action = 'refusal' order by seq`,
        [key],
      )
    ).map((row) => row.actor);

  test('not who lacks the deed, reaches none of the patient, or is limited by a token: as if nobody were there', async () => {
    await study();
    const others: Identity[] = [
      person('researcher'),
      person('student'),
      person('radiologist', 'spines'),
      person('radiologist', '*', { kind: 'token', actor: 'token:read', scopes: ['read'] }),
      // Breaking the glass opens reading, not this.
      person('student', 'spines', { brokenGlass: [await study()] }),
    ];
    for (const other of others) {
      await expect(store.record(other, key, consent)).rejects.toThrow(NotWithinReach);
      await expect(store.current(other, key)).rejects.toThrow(NotWithinReach);
    }
    expect(await refusals()).toEqual(others.flatMap(({ actor }) => [actor, actor]));
    expect(await allowed()).toEqual([]);
    await expect(store.current(radiologist, '|nobody')).rejects.toThrow(NotWithinReach);
    await expect(store.record(radiologist, '|nobody', consent)).rejects.toThrow(NotWithinReach);
  });

  test('for all projects only who reaches all of the patient; for one, who reaches that', async () => {
    await study('spines');
    await study('knees');
    const spines = person('surgeon', 'spines');
    await expect(store.record(spines, key, consent)).rejects.toThrow(NotWithinReach);
    await expect(store.record(spines, key, { ...consent, projectId: 'knees' })).rejects.toThrow(
      NotWithinReach,
    );
    await expect(store.record(spines, key, { ...consent, projectId: 'default' })).rejects.toThrow(
      NotWithinReach,
    );
    await store.record(spines, key, { ...consent, projectId: 'spines' });
    expect([await allowed('spines'), await allowed('knees')]).toEqual([['research'], []]);
    // What was said on other projects is not shown.
    await give(['teaching'], 'knees');
    const { history } = await store.current(spines, key);
    expect(history.map((r) => r.projectId)).toEqual(['spines']);
  });

  test('who has this patient', async () => {
    await study('knees');
    const own = person('neurologist', 'spines', { patients: [{ role: 'neurologist', patientKey: key }] });
    await store.record(own, key, consent);
    expect(await allowed('knees')).toEqual(['research']);
  });
});
