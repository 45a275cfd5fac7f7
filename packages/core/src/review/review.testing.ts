/** A reading with its outlines, and marks on it, for tests. */
import { phantomShape, samplePatient, truthOf } from '../phantom/index.ts';
import { numberLevels } from '../reading/number/number-levels.ts';
import { buildFindings } from '../report/findings.fixture.ts';
import {
  absent,
  type DiscLabel,
  Findings,
  found,
  type Measurement,
  measureSpine,
  REASONS,
  type SpineOutline,
  type SpineSignals,
} from '../spine/index.ts';
import type { AnyMark } from './any-mark.ts';
import type { Deed, KeptMark } from './mark.ts';

export const READING = '5f0c2a52-6d0e-4b5c-9d0e-000000000001';
export const OTHER_READING = '5f0c2a52-6d0e-4b5c-9d0e-000000000002';

export interface ReadPatient {
  readonly findings: Findings;
  readonly outline: SpineOutline;
}

const ratio = (value: number): Measurement => ({ value, unit: 'ratio', uncertainty: 0.04 });

/** What a reading takes from pixels, made up: its conus at L1, its sac ending in S1. */
function signalsFor(outline: SpineOutline): SpineSignals {
  const disc = {
    signalRatio: found(ratio(0.4)),
    csfFraction: found(ratio(0.7)),
    highIntensityZone: found(false),
  };
  const l1 = outline.bodies.find((b) => b.label === 'L1')?.outline[0] ?? [0, 0];
  return {
    discs: new Map(outline.discs.map(({ label }) => [label, disc])),
    vertebrae: new Map(outline.bodies.map(({ label }) => [label, found(ratio(0.5))])),
    conus: found({ level: 'L1', place: [l1[0] + 30, l1[1] + 8] }),
    sacEnd: absent(REASONS.cut),
  };
}

/** A phantom's reading: true outlines, or those given, measured; grades made up; numbered as a reading numbers. */
export function readPatient(
  seed = 7,
  change: (outline: SpineOutline) => SpineOutline = (o) => o,
): ReadPatient {
  const outline = change(truthOf(phantomShape(samplePatient({ seed }))).outline);
  const measured = measureSpine(outline, { signals: signalsFor(outline) });
  const drawn = buildFindings();
  const { numbering } = numberLevels({
    lowestScores: outline.discs.map(() => 0.9),
    scoresBelow: [],
    sacrumSeen: true,
  });
  const grades = new Map(drawn.discs.map((d) => [d.label, d.grades]));
  const discs = measured.discs.flatMap((disc) => {
    const graded = grades.get(disc.label);
    return graded === undefined ? [] : [{ ...disc, grades: graded }];
  });
  return {
    outline,
    findings: Findings.parse({ ...drawn, ...measured, discs, numbering }),
  };
}

const id = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
export const markId = id;

/** One mark of a study: deeds in the order given, each by an author who had seen so many. */
export interface Said {
  readonly by: string;
  readonly deed: Deed;
  /** Highest sequence seen; everything before, where it is left out. */
  readonly seen?: number;
}

export const kept = (said: readonly Said[]): KeptMark[] =>
  said.map(
    ({ by, deed, seen }, i): KeptMark => ({
      markId: id(i + 1),
      madeAt: `2026-11-20T08:00:${String(i % 60).padStart(2, '0')}Z`,
      seen: seen ?? i,
      deed,
      sequence: i + 1,
      author: by,
      authorName: by.toUpperCase(),
      receivedAt: '2026-11-20T09:00:00Z',
    }),
  );

export function asPending(mark: KeptMark): AnyMark {
  const { sequence: _, receivedAt: __, ...rest } = mark;
  return rest;
}

export const judge = (target: string, verdict: 'accept' | 'reject' | 'unreviewed' = 'accept'): Deed => ({
  kind: 'judge',
  readingId: READING,
  target,
  verdict,
});
export const correct = (target: string, value: number | boolean | string): Deed => ({
  kind: 'correct',
  readingId: READING,
  target,
  value,
});
export const ownGrade = (target: string, value: number | boolean): Deed => ({
  kind: 'own-grade',
  readingId: READING,
  target,
  value,
});
export const renumber = (lowestDisc: string): Deed => ({ kind: 'renumber', readingId: READING, lowestDisc });
export const text = (section: 'findings' | 'impression', words: string): Deed => ({
  kind: 'text',
  section,
  text: words,
});
export const measurement = (value: number, instead?: string): Deed => ({
  kind: 'measurement',
  tool: 'length',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: '1.2.3.4',
  frame: 1,
  pointsMm: [
    [0, 0, 0],
    [0, value, 0],
  ],
  value,
  unit: 'mm',
  uncertainty: 0.5,
  ...(instead !== undefined && { instead }),
});
export const drawDisc = (label: DiscLabel, outline: readonly (readonly [number, number])[]): Deed => ({
  kind: 'outline',
  readingId: READING,
  structure: 'disc',
  label,
  outline: outline.map(([u, v]) => [u, v]),
});
