import { Tag } from '@promontory/core/dicom';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { missingFor } from './final-state.ts';
import { PRIORITY_RULES } from './priorities.ts';
import type { WorkItem } from './reading.ts';
import { jobOfUid, uidOfJob } from './step-uids.ts';
import { procedureStep, STEP_KEYS, stepPriority, stepQuery } from './unified-procedure-step.ts';

test('a job and the UID of its work item name each other, and nothing else', () => {
  fc.assert(
    fc.property(fc.uuid(), (job) => {
      const uid = uidOfJob(job);
      expect(uid).toMatch(/^2\.25\.(0|[1-9][0-9]*)$/);
      expect(uid.length).toBeLessThanOrEqual(64);
      expect(jobOfUid(uid)).toBe(job);
    }),
  );
  for (const other of ['', '2.25.', '2.25.01', '2.25.-1', '1.2.25.7', `2.25.${2n ** 128n}`, '2.25.1.1'])
    expect(jobOfUid(other), other).toBeUndefined();
});

const item: WorkItem = {
  jobId: '00000000-0000-4000-8000-000000000001',
  studyUid: '1.2.3',
  origin: 'request',
  requestedBy: 'account:x',
  priority: PRIORITY_RULES.requested.priority,
  state: 'in-progress',
  stage: 'Measuring',
  done: 1,
  total: 3,
  attempts: 1,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  changedAt: new Date('2026-01-02T03:05:00Z'),
};

test('a work item as the standard wants it', () => {
  const step = procedureStep(item);
  expect(step).toMatchObject({
    '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.34.6.1'] },
    '00404005': { vr: 'DT', Value: ['20260102030405'] },
    '00404041': { vr: 'CS', Value: ['READY'] },
    '00741000': { vr: 'CS', Value: ['IN PROGRESS'] },
    '00741200': { vr: 'CS', Value: ['MEDIUM'] },
    '00741002': { vr: 'SQ', Value: [{ '00741004': { Value: [33] }, '00741006': { Value: ['Measuring'] } }] },
  });
  expect(procedureStep({ ...item, state: 'failed', reason: 'time-limit' })).toMatchObject({
    '00741000': { Value: ['CANCELED'] },
    '00741002': { Value: [{ '00741238': { Value: ['time-limit'] } }] },
    '00741216': { vr: 'SQ' },
  });
  for (const state of ['completed', 'cancelled', 'failed'] as const) {
    const ended = procedureStep({ ...item, state, beganAt: item.createdAt });
    expect(missingFor(state === 'completed' ? 'COMPLETED' : 'CANCELED', ended), state).toEqual([]);
  }
  for (const [word, tag] of Object.entries(STEP_KEYS))
    expect(Tag[word as keyof typeof Tag].toString(16).padStart(8, '0').toUpperCase(), word).toBe(tag);
});

test('what a client said stands beside what is known here, and never in place of it', () => {
  const step = {
    '00741204': { vr: 'LO', Value: ['Follow-up'] },
    '00741000': { vr: 'CS', Value: ['COMPLETED'] },
    '00081195': { vr: 'UI', Value: ['1.2.3.4'] },
    '00741002': { vr: 'SQ', Value: [{ '00741006': { vr: 'ST', Value: ['Half way'] } }] },
    '00404021': {
      vr: 'SQ',
      Value: ['1.2.3.1', '1.2.3.2'].map((uid) => ({ '0020000E': { vr: 'UI', Value: [uid] } })),
    },
  };
  const shown = procedureStep(
    { ...item, claimedBy: 'token:x', uid: '1.2.9', step },
    'https://archive/dicom-web',
  );
  expect(shown).toMatchObject({
    '00080018': { Value: ['1.2.9'] },
    '00741000': { Value: ['IN PROGRESS'] },
    '00741204': { Value: ['Follow-up'] },
    '00741002': { Value: [{ '00741006': { Value: ['Half way'] } }] },
  });
  expect(JSON.stringify(shown['00404021'])).toContain(
    'https://archive/dicom-web/studies/1.2.3/series/1.2.3.2',
  );
  // Of ours nobody else says how far it is.
  expect(JSON.stringify(procedureStep({ ...item, step }))).not.toContain('Half way');
  const keys = Object.keys(shown);
  expect(keys).toEqual([...keys].sort());
  // Between two tries a step has not become SCHEDULED again.
  const again = { ...item, state: 'scheduled' as const, beganAt: item.createdAt };
  expect(procedureStep(again)['00741000']?.Value).toEqual(['IN PROGRESS']);
});

test('a question finds those that it names, by keyword or tag', () => {
  expect(stepQuery({ ProcedureStepState: 'CANCELED', '0020000d': '1.2.3', PatientID: 'x' })).toEqual({
    query: { states: ['cancelled', 'failed'], studyUid: '1.2.3' },
    ignored: ['PatientID'],
  });
  expect(stepQuery({ ProcedureStepState: '' }).query).toEqual({});
  expect(stepQuery({ ScheduledProcedureStepPriority: 'URGENT', StudyInstanceUID: '1' }).query).toBe('none');
});

test('a search by priority finds exactly the items that show it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom('HIGH', 'MEDIUM', 'LOW'),
      (priority, word) => {
        const { query } = stepQuery({ ScheduledProcedureStepPriority: word });
        if (query === 'none') throw new Error('no such priority');
        const found =
          priority >= (query.priorityFrom ?? 0) &&
          priority < (query.priorityBelow ?? Number.POSITIVE_INFINITY);
        expect(found).toBe(stepPriority(priority) === word);
      },
    ),
  );
});
