import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Findings, Measurement } from '../spine/index.ts';
import { buildFindings } from './findings.fixture.ts';
import { NOT_READABLE, URGENCY_CODES, URGENCY_RULES, urgencyOf, withIndication } from './urgency.ts';

const quiet = (): Findings => {
  const findings = buildFindings({ discs: [{ pfirrmann: 2 }, { pfirrmann: 3 }, { pfirrmann: 1 }] });
  return { ...findings, canal: [] };
};
const length = (value: number, uncertainty: number): Measurement => ({ value, unit: 'mm', uncertainty });
const area = (value: number, uncertainty: number): Measurement => ({
  value,
  unit: 'mm2',
  uncertainty,
  experimental: true,
});

test('nothing that stands out changes nothing', () => {
  expect(urgencyOf(quiet())).toEqual({ rank: 0, reasons: [] });
  expect(NOT_READABLE.rank).toBe(0);
});

test('what is suspected goes before everything that was measured', () => {
  const findings = buildFindings();
  expect(urgencyOf(findings, 'suspected-cauda-equina')).toMatchObject({
    rank: 3,
    reasons: [{ code: 'suspected-cauda-equina' }, ...urgencyOf(findings).reasons],
  });
  expect(withIndication(NOT_READABLE, 'suspected-cauda-equina').reasons.map(({ code }) => code)).toEqual([
    'suspected-cauda-equina',
    'not-readable',
  ]);
  const once = withIndication(NOT_READABLE, 'suspected-cauda-equina');
  expect(withIndication(once, 'suspected-cauda-equina')).toBe(once);
});

describe('the dural sac', () => {
  const level = 'L4/L5';
  const withSac = (sacDiameter: Measurement): Findings => ({
    ...quiet(),
    canal: [{ level, sacDiameter, notMeasured: {} }],
  });
  const withArea = (sacArea: Measurement): Findings => {
    const [first] = buildFindings({ axial: true }).axial ?? [];
    if (first === undefined) throw new Error('The fixture has axial levels.');
    return { ...quiet(), axial: [{ ...first, level, sacArea }] };
  };

  test('counts where it is below the cut-point by more than its own uncertainty', () => {
    expect(urgencyOf(withSac(length(8.4, 1.1)))).toEqual({
      rank: 2,
      reasons: [{ code: 'sac-diameter-small', level, value: 8.4, unit: 'mm' }],
    });
    expect(urgencyOf(withSac(length(9.4, 1.1))).rank).toBe(0);
    expect(urgencyOf(withArea(area(52, 12)))).toEqual({
      rank: 2,
      reasons: [{ code: 'sac-area-small', level, value: 52, unit: 'mm2', experimental: true }],
    });
    expect(urgencyOf(withArea(area(62, 12))).rank).toBe(0);
  });

  test('more uncertainty never makes more urgent', () => {
    fc.assert(
      fc.property(
        fc.float({ min: 1, max: 30, noNaN: true }),
        fc.float({ min: 0, max: 10, noNaN: true }),
        fc.float({ min: 0, max: 10, noNaN: true }),
        (value, a, b) => {
          const rank = (u: number) => urgencyOf(withSac(length(value, u))).rank;
          return rank(Math.min(a, b)) >= rank(Math.max(a, b));
        },
      ),
    );
  });

  test('of zero width, which is a value, counts', () => {
    expect(urgencyOf(withSac(length(0, 1))).reasons).toEqual([
      { code: 'sac-diameter-small', level, value: 0, unit: 'mm' },
    ]);
  });
});

test.each([
  [1, 0],
  [2, 2],
  [3, 2],
])('a slip of Meyerding grade %i has rank %i', (meyerding, rank) => {
  const findings = buildFindings({ discs: [{ slipMm: 4 }] });
  const slips = findings.alignment.slips.map((slip) => ({ ...slip, meyerding }));
  const found = urgencyOf({ ...findings, canal: [], alignment: { ...findings.alignment, slips } });
  expect(found.rank).toBe(rank);
  if (rank > 0) expect(found.reasons).toEqual([{ code: 'slip', level: 'L5/S1', value: meyerding }]);
});

test.each([
  [1, 0],
  [2, 2],
  [3, 2],
])('a vertebra of Genant grade %i has rank %i', (value, rank) => {
  const findings = quiet();
  const vertebrae = findings.vertebrae.map((of) =>
    of.label === 'L5'
      ? { ...of, genant: { value, shape: 'wedge' as const, experimental: true as const } }
      : { ...of, genant: undefined },
  ) as Findings['vertebrae'];
  const found = urgencyOf({ ...findings, vertebrae });
  expect(found.rank).toBe(rank);
  if (rank > 0)
    expect(found.reasons).toEqual([
      { code: 'vertebral-height-loss', level: 'L5', value, experimental: true },
    ]);
});

describe('discs', () => {
  test('a herniation stands out where it is named or too uncertain to be denied, by the model’s own cut', () => {
    const findings = { ...buildFindings({ discs: [{ pfirrmann: 2, present: ['herniation'] }] }), canal: [] };
    expect(urgencyOf(findings)).toMatchObject({ rank: 1, reasons: [{ code: 'herniation', level: 'L5/S1' }] });
    const undecided = (reason: string) =>
      urgencyOf({
        ...findings,
        discs: findings.discs.map((disc) => ({
          ...disc,
          grades: { ...disc.grades, herniation: { probability: 0.2, abstained: true, reason } },
        })),
      });
    expect(undecided('too-uncertain').reasons).toEqual([{ code: 'herniation', level: 'L5/S1', value: 0.2 }]);
    expect(undecided('cut-by-image-edge').rank).toBe(0);
  });

  test('Pfirrmann 5 stands out beside a Modic change only', () => {
    const rank = (modic?: 1 | 2) =>
      urgencyOf({
        ...buildFindings({ discs: [{ pfirrmann: 5, ...(modic && { modic }) }] }),
        canal: [],
      }).rank;
    expect([rank(), rank(1), rank(2)]).toEqual([0, 1, 1]);
  });
});

test('the weightiest reason gives the rank and stands first', () => {
  const { rank, reasons } = urgencyOf(buildFindings({ axial: true }), 'suspected-cauda-equina');
  const ranks = reasons.map(({ code }) => URGENCY_RULES[code].rank);
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  expect(rank).toBe(ranks[0]);
});

test('every rule with a limit says where it is from', () => {
  expect(Object.keys(URGENCY_RULES).sort()).toEqual([...URGENCY_CODES].sort());
  for (const { limit, source } of Object.values(URGENCY_RULES))
    if (limit !== undefined) expect(source).toMatch(/\S{5}/);
});
