import type { JsonDataSet } from '@promontory/core/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { missingFor, withCancellationTime } from './final-state.ts';
import { orderOf } from './order.ts';
import { dateTimeOf, readStepDataSet } from './step-attributes.ts';
import { stepUpdateOf } from './step-update.ts';
import { orderJson } from './worklist.testing.ts';
import { WorklistRefused } from './worklist-refused.ts';

const NOW = new Date('2026-01-02T03:04:05Z');
const STUDY = '1.2.3';
const read = (json: unknown) => orderOf(readStepDataSet(json), undefined, NOW);
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof WorklistRefused) return error.reason;
    throw error;
  }
  return 'accepted';
};

describe('an order', () => {
  test('names a study, and what else it wants', () => {
    const order = read(
      orderJson(STUDY, {
        '00741200': { vr: 'CS', Value: ['HIGH'] },
        '00404005': { vr: 'DT', Value: ['20260102040000+0100'] },
        '00741202': { vr: 'LO', Value: ['Spine'] },
      }),
    );
    expect(order).toEqual({
      studyUid: STUDY,
      seriesUids: [],
      priority: 30,
      step: {
        '00741202': { vr: 'LO', Value: ['Spine'] },
        '00741204': { vr: 'LO', Value: ['Reading'] },
      },
      isModified: false,
    });
    const later = read(orderJson(STUDY, { '00404005': { vr: 'DT', Value: ['202601020400'] } }));
    expect(later.startAt).toEqual(new Date('2026-01-02T04:00:00Z'));
  });

  test('what is filled in, and what is left out, makes it a modified one', () => {
    const { '00741204': _, ...unlabelled } = orderJson(STUDY);
    expect(read(unlabelled).isModified).toBe(true);
    for (const more of [
      { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane' }] } },
      { '00091001': { vr: 'LO', Value: ['private'] } },
    ]) {
      const order = read(orderJson(STUDY, more));
      expect(order.isModified).toBe(true);
      expect(JSON.stringify(order.step)).not.toMatch(/Doe|private/);
    }
  });

  test.for([
    ['no study', { '00404021': { vr: 'SQ' } }, 'malformed'],
    ['a study that is no UID', { '00404021': input('../etc') }, 'malformed'],
    ['two studies', { '00404021': input('1.2.3', '1.2.4') }, 'malformed'],
    ['another state', { '00741000': { vr: 'CS', Value: ['IN PROGRESS'] } }, 'malformed'],
    ['a lock', { '00081195': { vr: 'UI', Value: ['1.2'] } }, 'malformed'],
    ['progress', { '00741002': { vr: 'SQ', Value: [{}] } }, 'malformed'],
    ['an input that is not ready', { '00404041': { vr: 'CS', Value: ['INCOMPLETE'] } }, 'malformed'],
    ['no procedure', { '00404018': { vr: 'SQ' } }, 'malformed'],
    ['another procedure', { '00404018': code('110004', 'DCM') }, 'not-performed'],
    ['another priority', { '00741200': { vr: 'CS', Value: ['STAT'] } }, 'malformed'],
    ['a time that is none', { '00404005': { vr: 'DT', Value: ['20260231'] } }, 'malformed'],
    ['a time in ten years', { '00404005': { vr: 'DT', Value: ['20360101'] } }, 'malformed'],
    ['another VR', { '00741204': { vr: 'CS', Value: ['A'] } }, 'malformed'],
    ['a text that is too long', { '00741204': { vr: 'LO', Value: ['A'.repeat(65)] } }, 'malformed'],
    ['a NUL', { '00741204': { vr: 'LO', Value: ['A\0'] } }, 'malformed'],
  ] as const)('with %s is refused', ([, more, reason]) => {
    expect(refusal(() => read(orderJson(STUDY, more as JsonDataSet)))).toBe(reason);
  });

  test('any JSON is an order or a refusal, and what is kept of it is in the model', () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.oneof(fc.constantFrom('00741204', '00404021', '00741002', '0040a370', '7FE00010'), fc.string()),
        fc.oneof(fc.jsonValue(), fc.record({ vr: fc.string(), Value: fc.array(fc.jsonValue()) })),
      ),
    );
    fc.assert(
      fc.property(json, (given) => {
        const said = refusal(() => {
          const { step } = read(given);
          expect(readStepDataSet(step).dataSet).toEqual(step);
        });
        expect(['accepted', 'malformed', 'not-performed']).toContain(said);
      }),
    );
    let deep: unknown = {};
    for (let i = 0; i < 10_000; i++) deep = { '00404021': { vr: 'SQ', Value: [deep] } };
    expect(refusal(() => read(deep))).toBe('malformed');
  });
});

test('dates and times are read with their time zone, of the value or of the data set', () => {
  expect(dateTimeOf('20260102', undefined)).toEqual(new Date('2026-01-02T00:00:00Z'));
  expect(dateTimeOf('20260102030405.123456', '+0130')).toEqual(new Date('2026-01-02T01:34:05Z'));
  expect(dateTimeOf('20260102030405-0500', '+0130')).toEqual(new Date('2026-01-02T08:04:05Z'));
  for (const wrong of ['2026', '20261301', '2026010225', '20260102+1', 'now', ''])
    expect(
      refusal(() => dateTimeOf(wrong, undefined)),
      wrong,
    ).toBe('malformed');
});

describe('an update', () => {
  const update = (json: JsonDataSet, by: 'anybody' | 'performer') =>
    stepUpdateOf(readStepDataSet(json), by, NOW);
  const progress = (percent: unknown) => ({
    '00741002': {
      vr: 'SQ',
      Value: [
        {
          '00741004': { vr: 'DS', Value: [percent as number] },
          '00741006': { vr: 'ST', Value: ['Measuring'] },
        },
      ],
    },
  });

  test('progress is its performer’s to say', () => {
    expect(update(progress(40.4), 'performer')).toMatchObject({
      progress: { stage: 'Measuring', percent: 40 },
      isCut: false,
    });
    expect(update(progress('12.5'), 'performer').progress?.percent).toBe(13);
    for (const wrong of [-1, 101, 'half'])
      expect(refusal(() => update(progress(wrong), 'performer'))).toBe('malformed');
    expect(refusal(() => update(progress(1), 'anybody'))).toBe('malformed');
  });

  test('state and UIDs are never set by it; what is not kept is said to be', () => {
    for (const key of ['00741000', '00080018', '00080016'])
      expect(refusal(() => update({ [key]: { vr: key === '00741000' ? 'CS' : 'UI' } }, 'performer'))).toBe(
        'malformed',
      );
    expect(update({ '00100030': { vr: 'DA', Value: ['19700101'] } }, 'anybody')).toMatchObject({
      changes: {},
      isCut: true,
    });
  });
});

describe('the final states', () => {
  const performed = (item: JsonDataSet): JsonDataSet => ({ '00741216': { vr: 'SQ', Value: [item] } });
  const whole: JsonDataSet = {
    '00404028': code('STATION-7', '99LOCAL'),
    '00404050': { vr: 'DT', Value: ['20260102030405'] },
    '00404051': { vr: 'DT', Value: ['20260102030505'] },
    '00404019': code('LUMBAR-READING', '99PROMONTORY'),
    '00404033': { vr: 'SQ' },
  };

  test('each of what the table demands is missed', () => {
    expect(missingFor('COMPLETED', {})).toHaveLength(5);
    expect(missingFor('COMPLETED', performed(whole))).toEqual([]);
    for (const key of Object.keys(whole)) {
      const { [key]: _, ...rest } = whole;
      expect(missingFor('COMPLETED', performed(rest)), key).toHaveLength(1);
      if (key !== '00404033')
        expect(missingFor('COMPLETED', performed({ ...whole, [key]: { vr: whole[key]!.vr } }))).toHaveLength(
          1,
        );
    }
  });

  test('a cancellation has a reason, and gets a time', () => {
    expect(missingFor('CANCELED', {})).toHaveLength(1);
    const step = { '00741002': { vr: 'SQ', Value: [{ '0074100E': code('110513', 'DCM') }] } };
    expect(missingFor('CANCELED', step)).toEqual([]);
    expect(JSON.stringify(withCancellationTime(step, '20260102'))).toContain(
      '"00404052":{"vr":"DT","Value":["20260102"]}',
    );
    const timed = withCancellationTime(step, '20260102');
    expect(withCancellationTime(timed, '20270101')).toEqual(timed);
  });
});

function code(value: string, scheme: string) {
  return {
    vr: 'SQ',
    Value: [
      {
        '00080100': { vr: 'SH', Value: [value] },
        '00080102': { vr: 'SH', Value: [scheme] },
        '00080104': { vr: 'LO', Value: [value] },
      },
    ],
  };
}

function input(...studies: string[]) {
  return { vr: 'SQ', Value: studies.map((uid) => ({ '0020000D': { vr: 'UI', Value: [uid] } })) };
}
