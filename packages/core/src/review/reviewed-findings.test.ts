import { describe, expect, test } from 'vitest';
import { polygonCentroid } from '../geometry/index.ts';
import {
  chainFromSacrum,
  type DiscLabel,
  Findings,
  measureSpine,
  type Polygon,
  type SpineOutline,
} from '../spine/index.ts';
import { foldMarks } from './fold-marks.ts';
import type { Deed } from './mark.ts';
import {
  correct,
  drawDisc,
  judge,
  kept,
  ownGrade,
  READING,
  type ReadPatient,
  readPatient,
  renumber,
  type Said,
} from './review.testing.ts';
import type { Reviewed } from './reviewed.ts';
import { reviewedFindings } from './reviewed-findings.ts';

const patient = readPatient();
const reviewOf = (said: readonly Said[]) => foldMarks(kept(said), { readingId: READING });
const after = (said: readonly Said[], { findings, outline }: ReadPatient = patient): Reviewed =>
  reviewedFindings(findings, outline, reviewOf(said));
const a = (deed: Deed): Said => ({ by: 'a', deed });

/** A polygon grown about its centre. */
const grown = (polygon: Polygon, by: number): [number, number][] => {
  const centre = polygonCentroid(polygon) ?? [0, 0];
  return polygon.map(([u, v]) => [centre[0] + (u - centre[0]) * by, centre[1] + (v - centre[1]) * by]);
};
const discOf = ({ outline }: ReadPatient, label: string): Polygon =>
  outline.discs.find((d) => d.label === label)?.outline ?? [];
const bodyOf = ({ outline }: ReadPatient, label: string): Polygon =>
  outline.bodies.find((b) => b.label === label)?.outline ?? [];

test('without marks everything is as it was read', () => {
  const reviewed = after([]);
  expect(reviewed.findings).toBe(patient.findings);
  expect(reviewed.changed).toEqual([]);
  expect(reviewed.renumbering).toEqual({ state: 'as-read' });
  expect(new Set(reviewed.entries.map((e) => e.status))).toEqual(new Set(['unreviewed']));
});

describe('an outline drawn anew', () => {
  // The reading drew L4/L5 a tenth too large; a person draws it as it is.
  const wrong = readPatient(7, (outline) => ({
    ...outline,
    discs: outline.discs.map((d) => (d.label === 'L4/L5' ? { ...d, outline: grown(d.outline, 1.1) } : d)),
  }));
  const reviewed = after([a(drawDisc('L4/L5', discOf(patient, 'L4/L5')))], wrong);
  const disc = (findings: Findings, label: string) => findings.discs.find((d) => d.label === label);

  test('is measured as the true one is', () => {
    const truth = measureSpine(patient.outline).discs.find((d) => d.label === 'L4/L5');
    expect(disc(wrong.findings, 'L4/L5')?.area?.value).not.toBeCloseTo(truth?.area?.value ?? 0, 0);
    expect(disc(reviewed.findings, 'L4/L5')).toMatchObject({
      area: { value: truth?.area?.value },
      depth: { value: truth?.depth?.value },
    });
    disc(reviewed.findings, 'L4/L5')?.centroidMm.forEach((mm, i) => {
      expect(mm).toBeCloseTo(truth?.centroidMm[i] ?? Number.NaN, 9);
    });
    expect(reviewed.changed).toEqual(
      expect.arrayContaining([
        { target: 'disc/L4~L5/area', cause: 'edited' },
        { target: 'disc/L4~L5/depth', cause: 'edited' },
      ]),
    );
    expect(reviewed.entry('disc/L4~L5/area')).toMatchObject({
      status: 'unreviewed',
      isEdited: true,
      readAs: disc(wrong.findings, 'L4/L5')?.area?.value,
    });
  });

  test('leaves everything else to the digit', () => {
    for (const { label } of wrong.findings.discs.filter((d) => d.label !== 'L4/L5'))
      expect(disc(reviewed.findings, label)).toEqual(disc(wrong.findings, label));
    expect(reviewed.findings.vertebrae).toEqual(wrong.findings.vertebrae);
    expect(reviewed.findings.canal).toEqual(wrong.findings.canal);
    expect(reviewed.findings.alignment).toEqual(wrong.findings.alignment);
  });

  test('takes with it what was read from the pixels within, and keeps the grades as from before', () => {
    const edited = disc(reviewed.findings, 'L4/L5');
    expect(edited?.signalRatio).toBeUndefined();
    expect(edited?.notMeasured.signalRatio).toBe('outline-edited');
    expect(edited?.highIntensityZone).toBeUndefined();
    expect(edited?.grades).toEqual(disc(wrong.findings, 'L4/L5')?.grades);
    expect(disc(reviewed.findings, 'L3/L4')?.signalRatio).toBeDefined();
    expect(reviewed.entry('disc/L4~L5/signalRatio')).toMatchObject({ abstained: 'outline-edited' });
    expect(reviewed.changed).toContainEqual({
      target: 'disc/L4~L5/signalRatio',
      cause: 'no-longer-measured',
    });
    expect(reviewed.entry('disc/L4~L5/bulging')?.isBeforeEdit).toBe(true);
    expect(reviewed.entry('disc/L3~L4/bulging')?.isBeforeEdit).toBe(false);
  });

  test('drawn as it was is no change, nor is one taken back', () => {
    const same = after([a(drawDisc('L4/L5', discOf(wrong, 'L4/L5')))], wrong);
    expect(same.findings).toBe(wrong.findings);
    const back = after(
      [
        a(drawDisc('L4/L5', discOf(patient, 'L4/L5'))),
        a({ kind: 'remove', mark: '00000000-0000-4000-8000-000000000001' }),
      ],
      wrong,
    );
    expect(back.findings).toBe(wrong.findings);
  });

  test('of a body moves the discs beside it and what hangs on them', () => {
    const deed: Deed = {
      kind: 'outline',
      readingId: READING,
      structure: 'body',
      label: 'L4',
      outline: grown(bodyOf(patient, 'L4'), 0.9),
    };
    const changed = new Set(after([a(deed)]).changed.map((c) => c.target));
    for (const target of ['vertebra/L4/depth', 'disc/L4~L5/heights.middle', 'disc/L3~L4/heights.middle'])
      expect(changed).toContain(target);
    for (const target of ['vertebra/L2/depth', 'disc/L1~L2/heights.middle', 'disc/L1~L2/signalRatio'])
      expect(changed).not.toContain(target);
  });

  test('of the sac takes everything against CSF', () => {
    const sac = patient.outline.sac ?? [];
    const deed: Deed = { kind: 'outline', readingId: READING, structure: 'sac', outline: grown(sac, 0.98) };
    const { findings } = after([a(deed)]);
    expect(findings.discs.map((d) => d.notMeasured.signalRatio)).toEqual(
      findings.discs.map(() => 'outline-edited'),
    );
    expect(findings.vertebrae.every((v) => v.signalToSac === undefined)).toBe(true);
    expect(Findings.safeParse(findings).success).toBe(true);
  });

  test('that is none, or of nothing, is refused and named', () => {
    const line: [number, number][] = [
      [0, 0],
      [1, 1],
      [2, 2],
    ];
    const far = discOf(patient, 'L3/L4').map(([u, v]): [number, number] => [u * 1e9, v * 1e9]);
    const reviewed = after([
      a(drawDisc('L4/L5', line)),
      a(drawDisc('L6/S1', discOf(patient, 'L4/L5'))),
      a(drawDisc('L3/L4', far)),
    ]);
    expect(reviewed.findings).toBe(patient.findings);
    expect(reviewed.unusable).toEqual([
      { structure: 'disc', label: 'L4/L5' },
      { structure: 'disc', label: 'L6/S1' },
      { structure: 'disc', label: 'L3/L4' },
    ]);
    const without = reviewedFindings(
      patient.findings,
      undefined,
      reviewOf([a(drawDisc('L4/L5', grown(discOf(patient, 'L4/L5'), 1.2)))]),
    );
    expect(without.unusable).toEqual([{ structure: 'disc', label: 'L4/L5' }]);
    expect(without.findings).toBe(patient.findings);
  });
});

describe('a decision', () => {
  const target = 'disc/L4~L5/area';
  const larger = drawDisc('L4/L5', grown(discOf(patient, 'L4/L5'), 1.1));

  test('holds for the value that its maker had seen', () => {
    expect(after([a(judge(target))])).toMatchObject({});
    expect(after([a(judge(target))]).status(target)).toBe('accepted');
    expect(after([a(larger), a(judge(target))]).status(target)).toBe('accepted');
    expect(after([a(judge(target)), a(larger)]).entry(target)).toMatchObject({
      status: 'unreviewed',
      isStale: true,
    });
    // Accepted elsewhere, without having seen the outline that was drawn before.
    expect(after([a(larger), { by: 'b', deed: judge(target), seen: 0 }]).status(target)).toBe('unreviewed');
    // Another value is not touched by it.
    expect(after([a(judge('disc/L3~L4/area')), a(larger)]).status('disc/L3~L4/area')).toBe('accepted');
  });

  test('of two unseen is a conflict', () => {
    const reviewed = after([a(judge(target)), { by: 'b', deed: judge(target, 'reject'), seen: 0 }]);
    expect(reviewed.status(target)).toBe('conflict');
  });

  test('with a value puts it in the place of the reading, without its probability', () => {
    const reviewed = after([
      a(correct('disc/L4~L5/pfirrmann', 2)),
      a(correct('disc/L4~L5/bulging', false)),
      a(correct('disc/L4~L5/heights.middle', 9.5)),
      a(correct('vertebra/L3/genant', 1)),
      a(judge('canal/L4~L5/sacDiameter', 'reject')),
      a(judge('disc/L3~L4/modic', 'reject')),
    ]);
    const disc = reviewed.findings.discs.find((d) => d.label === 'L4/L5');
    expect(disc?.grades.pfirrmann).toEqual({ value: 2, abstained: false });
    expect(disc?.grades.bulging).toEqual({ value: false, abstained: false });
    expect(disc?.heights.middle).toEqual({ value: 9.5, unit: 'mm', uncertainty: 0 });
    const canal = reviewed.findings.canal.find((c) => c.level === 'L4/L5');
    expect(canal?.sacDiameter).toBeUndefined();
    expect(canal?.notMeasured.sacDiameter).toBe('rejected');
    const entry = reviewed.entry('disc/L4~L5/pfirrmann');
    expect(entry).toMatchObject({ status: 'corrected', value: 2, hand: { by: 'a', byName: 'A' } });
    expect(entry).not.toHaveProperty('probability');
    expect(reviewed.status('canal/L4~L5/sacDiameter')).toBe('rejected');
    expect(Findings.safeParse(reviewed.findings).error).toBeUndefined();
  });

  test('for what the reading has not, is kept all the same', () => {
    const reviewed = after([a(correct('canal/L4~L5/canalDiameter', 14)), a(ownGrade('disc/L4~L5/modic', 3))]);
    const had = patient.findings.canal.find((c) => c.level === 'L4/L5')?.canalDiameter;
    expect(reviewed.entry('canal/L4~L5/canalDiameter')).toMatchObject({
      status: 'corrected',
      value: 14,
      unit: 'mm',
      ...(had && { readAs: had.value }),
    });
    expect(after([a(correct('vertebra/S1/depth', 30))]).entry('vertebra/S1/depth')).toMatchObject({
      status: 'corrected',
      value: 30,
      level: 'S1',
    });
  });
});

describe('a landmark placed', () => {
  /** A place in the canal beside a body's middle. */
  const beside = (label: string): [number, number, number] => {
    const { plane } = patient.outline;
    const [u, v] = polygonCentroid(bodyOf(patient, label)) ?? [0, 0];
    const at = [u + 30, v];
    return [0, 1, 2].map((i) => plane.originMm[i] + at[0] * plane.uAxis[i] + at[1] * plane.vAxis[i]) as [
      number,
      number,
      number,
    ];
  };
  const place = (
    positionMm: [number, number, number],
    name: 'conusLevel' | 'sacEnd' = 'conusLevel',
  ): Deed => ({
    kind: 'landmark',
    readingId: READING,
    name,
    positionMm,
  });

  test('has the level that it lies at, and is the value of who placed it', () => {
    const reviewed = after([a(place(beside('L2')))]);
    expect(reviewed.findings.alignment.conusLevel?.level).toBe('L2');
    expect(reviewed.entry('alignment/conusLevel')).toMatchObject({
      status: 'corrected',
      value: 'L2',
      readAs: 'L1',
      experimental: false,
      hand: { by: 'a' },
    });
  });

  test('where the reading saw none, is there now', () => {
    expect(patient.findings.alignment.sacEnd).toBeUndefined();
    const reviewed = after([a(place(beside('S1'), 'sacEnd'))]);
    expect(reviewed.entry('alignment/sacEnd')).toMatchObject({ status: 'corrected', value: 'S1' });
    expect(reviewed.changed).toContainEqual({ target: 'alignment/sacEnd', cause: 'measured-since' });
  });

  test('above the highest body it has no level and changes nothing', () => {
    const far: [number, number, number] = [...beside('L1')];
    far[2] += 1000;
    const reviewed = after([a(place(far))]);
    expect(reviewed.findings.alignment.conusLevel).toEqual(patient.findings.alignment.conusLevel);
    expect(reviewed.unusable).toEqual([{ structure: 'conusLevel' }]);
    expect(reviewed.status('alignment/conusLevel')).toBe('unreviewed');
  });

  test('by two unseen is a conflict', () => {
    const reviewed = after([a(place(beside('L2'))), { by: 'b', deed: place(beside('T12')), seen: 0 }]);
    expect(reviewed.status('alignment/conusLevel')).toBe('conflict');
    expect(reviewed.findings.alignment.conusLevel?.level).toBe('L1');
  });
});

describe('numbered otherwise', () => {
  const names = (findings: Findings) => ({
    vertebrae: findings.vertebrae.map((v) => v.label),
    discs: findings.discs.map((d) => d.label),
    canal: findings.canal.map((c) => c.level),
    slips: findings.alignment.slips.map((s) => s.level),
    segmental: findings.alignment.segmental.map((s) => s.level),
    axial: findings.axial?.map((x) => x.level),
  });

  test.each(patient.findings.numbering.alternatives.map((x) => [x.lowestDisc, x.relabelling] as const))(
    'as %s, by the reading’s own hypothesis, every name follows',
    (lowestDisc, relabelling) => {
      const reviewed = after([a(renumber(lowestDisc)), a(correct('disc/L4~L5/pfirrmann', 2))]);
      expect(reviewed.renumbering).toEqual({ state: 'shifted', lowestDisc });
      const inRange = (label: string) => !/T8|S2/.test(label);
      const before = names(patient.findings);
      const now = names(reviewed.findings);
      for (const key of ['vertebrae', 'discs', 'canal', 'slips', 'segmental'] as const) {
        const wanted = before[key].map((label) => relabelling[label] ?? '?').filter(inRange);
        expect(now[key], key).toEqual(wanted);
      }
      // Targets keep the reading's names.
      expect(reviewed.entries.map((e) => e.target).toSorted()).toEqual(
        expect.arrayContaining(['disc/L4~L5/pfirrmann', 'vertebra/L3/depth', 'slip/L4~L5']),
      );
      expect(reviewed.entry('disc/L4~L5/pfirrmann')?.level).toBe(relabelling['L4/L5']);
      expect(
        reviewed.findings.discs.find((d) => d.label === relabelling['L4/L5'])?.grades.pfirrmann.value,
      ).toBe(2);
      expect(reviewed.findings.alignment.conusLevel?.level).toBe(relabelling.L1);
      expect(reviewed.readName(relabelling['L4/L5'])).toBe('L4/L5');
      const fresh = new Set(reviewed.findings.discs.map((d) => d.segmentationValue));
      expect(fresh.size).toBe(reviewed.findings.discs.length);
      expect(Findings.safeParse(reviewed.findings).error).toBeUndefined();
    },
  );

  test('angles between named vertebrae span those that have the names now', () => {
    const six = after([a(renumber('L6/S1'))]);
    const outline: SpineOutline = patient.outline;
    const relabelling = new Map(
      chainFromSacrum(5).map((label, i) => [label, chainFromSacrum(6)[i]] as const),
    );
    const expected = measureSpine({
      ...outline,
      bodies: outline.bodies.flatMap((b) => {
        const label = relabelling.get(b.label);
        return label === undefined ? [] : [{ ...b, label }];
      }),
    }).alignment.lordosisL1S1;
    expect(six.findings.alignment.lordosisL1S1?.value).toBeCloseTo(expected?.value ?? Number.NaN, 9);
    expect(six.findings.alignment.lordosisL1S1?.value).not.toBeCloseTo(
      patient.findings.alignment.lordosisL1S1?.value ?? 0,
      1,
    );
    const without = reviewedFindings(patient.findings, undefined, reviewOf([a(renumber('L6/S1'))]));
    expect(without.findings.alignment.notMeasured.lordosisL1S1).toBe('renumbered');
    // Accepted as the angle from another vertebra, it is to be judged again.
    expect(
      after([a(judge('alignment/lordosisL1S1')), a(renumber('L6/S1'))]).entry('alignment/lordosisL1S1'),
    ).toMatchObject({
      status: 'unreviewed',
      isStale: true,
    });
  });

  test('by counting on where the reading has no hypothesis', () => {
    const known: ReadPatient = {
      ...patient,
      findings: {
        ...patient.findings,
        numbering: { ...patient.findings.numbering, alternatives: [] },
      },
    };
    expect(names(after([a(renumber('L6/S1'))], known).findings).discs).toEqual(
      names(after([a(renumber('L6/S1'))]).findings).discs,
    );
    // From T11 down there is room above for one more.
    const short = readPatient(7, (outline) => ({
      ...outline,
      bodies: outline.bodies.slice(2),
      discs: outline.discs.slice(2),
    }));
    const unsure = {
      ...short,
      findings: { ...short.findings, numbering: { ...short.findings.numbering, alternatives: [] } },
    };
    expect(names(after([a(renumber('L4/L5'))], unsure).findings)).toMatchObject({
      discs: ['T10/T11', 'T11/T12', 'T12/L1', 'L1/L2', 'L2/L3', 'L3/L4', 'L4/L5'],
      vertebrae: ['T10', 'T11', 'T12', 'L1', 'L2', 'L3', 'L4', 'L5'],
    });
  });

  test.each([
    ['S1/S2', 'out-of-range'],
    ['L4/L5', 'out-of-range'],
    ['T12/L1', 'out-of-range'],
    ['L4/L6', 'not-a-disc'],
    ['nonsense', 'not-a-disc'],
  ])('as %s without a hypothesis it is refused: %s', (lowestDisc, reason) => {
    const known: ReadPatient = {
      ...patient,
      findings: { ...patient.findings, numbering: { ...patient.findings.numbering, alternatives: [] } },
    };
    const reviewed = after([a(renumber(lowestDisc))], known);
    expect(reviewed.renumbering).toEqual({ state: 'refused', lowestDisc, reason });
    expect(reviewed.findings).toBe(known.findings);
    expect(reviewed.status('numbering')).toBe('unreviewed');
  });

  test('back to its own name it is as read; by two unseen it is a conflict and stays as read', () => {
    expect(after([a(renumber('L6/S1')), a(renumber('L5/S1'))]).renumbering).toEqual({ state: 'as-read' });
    const reviewed = after([a(renumber('L6/S1')), { by: 'b', deed: renumber('L4/S1'), seen: 0 }]);
    expect(reviewed.renumbering).toEqual({ state: 'conflict' });
    expect(reviewed.status('numbering')).toBe('conflict');
    expect(names(reviewed.findings)).toEqual(names(patient.findings));
  });

  test('a level given by name is the one that its giver saw named so', () => {
    const reviewed = after([
      a(renumber('L6/S1')),
      a(correct('alignment/conusLevel', 'L2')),
      a(renumber('L5/S1')),
    ]);
    const before = after([a(renumber('L6/S1')), a(correct('alignment/conusLevel', 'L2'))]);
    expect(before.entry('alignment/conusLevel')?.value).toBe('L2');
    expect(reviewed.entry('alignment/conusLevel')?.value).toBe('L1');
  });
});

test('disc labels of the fixture are as the tests take them', () => {
  const labels: readonly DiscLabel[] = ['L4/L5', 'L3/L4', 'L1/L2'];
  for (const label of labels) expect(patient.findings.discs.some((d) => d.label === label)).toBe(true);
});
