import { BINARY_GRADES, type BinaryGradeName, type PfirrmannGrade } from '../spine/index.ts';
import { type Calibration, calibration, type Forecast } from './calibration.ts';
import type { ComparedDisc, ComparedStudy } from './compare.ts';
import {
  auc,
  byPatient,
  exactShare,
  type Interval,
  mean,
  quadraticKappa,
  randomFrom,
  rankCorrelation,
  worstDecile,
} from './metrics.ts';
import type { StructureAgreement } from './overlap.ts';

/** Every figure of a validation; a figure that the labels do not allow is absent. */
export interface ValidationFigures {
  readonly studies: number;
  readonly patients: number;
  readonly segmentation?: Readonly<Partial<Record<StructureAgreement['kind'], OverlapFigures>>>;
  readonly numbering?: {
    /** Studies with a mask in which every disc lies within 5 mm of the mask's disc of its number. */
    readonly allRight: Interval;
    readonly notRight: readonly { readonly study: string; readonly farthestMm?: number }[];
  };
  readonly pfirrmann?: PfirrmannFigures;
  readonly modicAny?: RocFigures;
  readonly binary: Readonly<Partial<Record<BinaryGradeName, BinaryFigures>>>;
  /** By trait, then by its value. */
  readonly subgroups: Readonly<Record<string, Readonly<Record<string, SubgroupFigures>>>>;
  readonly secondsPerStudy: { readonly median: number; readonly most: number };
}

export interface OverlapFigures {
  readonly structures: number;
  readonly overlap: Interval;
  readonly worstDecile: number;
  /** Median and worst decile over the structures that have surfaces on both sides. */
  readonly hd95Mm?: { readonly median: number; readonly worstDecile: number };
  readonly assdMm?: number;
}

export interface PfirrmannFigures {
  readonly discs: number;
  readonly found: number;
  readonly qwk: Interval;
  /** Discs that were not abstained from. */
  readonly qwkOfGraded: Interval;
  readonly exact: Interval;
  readonly withinOne: Interval;
  /** Rows: given grade; columns: read grade. */
  readonly confusion: readonly (readonly number[])[];
  readonly recall: readonly (Interval | undefined)[];
  readonly abstained: Interval;
  readonly reasons: Readonly<Record<string, number>>;
  readonly calibration: Calibration;
  readonly sets: { readonly coverage: readonly (Interval | undefined)[]; readonly meanSize: number };
  /** With the given grades shuffled among all discs: must lie near 0. */
  readonly qwkPermuted: number;
  /** Patients whose given grades do not rise as the measured signal of the disc falls, and the kappa without them. */
  readonly contradicted: { readonly patients: readonly string[]; readonly qwkWithout: Interval };
}

export interface RocFigures {
  readonly discs: number;
  readonly positives: number;
  readonly auc: Interval;
}

export interface BinaryFigures extends RocFigures {
  readonly sensitivity: Interval;
  readonly specificity: Interval;
  readonly abstained: Interval;
  /** Given from 100 positives on. */
  readonly calibration?: Calibration;
}

export interface SubgroupFigures {
  readonly studies: number;
  readonly discs: number;
  readonly qwk?: Interval;
  readonly narrowingAuc?: Interval;
  readonly bulgingAuc?: Interval;
  readonly discDice?: Interval;
}

const WITHIN_MM = 5;
const CALIBRATED_FROM_POSITIVES = 100;
/** Fewer rows than this make no subgroup figure. */
const FEWEST_IN_SUBGROUP = 20;
/** A disc that was not found is taken for grade III and for even odds: neither is right more often than not. */
const NOT_FOUND = { pfirrmann: 3, probability: 0.5 } as const;

export function summarise(studies: readonly ComparedStudy[]): ValidationFigures {
  const discs = studies.flatMap((s) => s.discs);
  const seconds = studies.map((s) => s.durationMs / 1000).sort((a, b) => a - b);
  return {
    studies: studies.length,
    patients: new Set(studies.map((s) => s.patient)).size,
    ...segmentation(studies),
    ...numbering(studies),
    ...pfirrmann(discs),
    ...modicAny(discs),
    binary: Object.fromEntries(
      BINARY_GRADES.flatMap((name) => {
        const figures = binary(discs, name);
        return figures === undefined ? [] : [[name, figures]];
      }),
    ),
    subgroups: subgroups(studies),
    secondsPerStudy: {
      median: seconds[Math.floor(seconds.length / 2)] ?? Number.NaN,
      most: seconds.at(-1) ?? Number.NaN,
    },
  };
}

function segmentation(studies: readonly ComparedStudy[]): Pick<ValidationFigures, 'segmentation'> {
  const rows = studies.flatMap((s) => (s.structures ?? []).map((x) => ({ patient: s.patient, ...x })));
  if (rows.length === 0) return {};
  return {
    segmentation: Object.fromEntries(
      [...Map.groupBy(rows, (r) => r.kind)].map(([kind, own]) => [kind, overlapFigures(own)]),
    ),
  };
}

function overlapFigures(rows: readonly (StructureAgreement & { patient: string })[]): OverlapFigures {
  const hd95 = rows.flatMap((r) => r.hd95Mm ?? []).sort((a, b) => a - b);
  const assd = rows.flatMap((r) => r.assdMm ?? []);
  return {
    structures: rows.length,
    overlap: byPatient(rows, (r) => mean(r.map((x) => x.overlap))),
    worstDecile: worstDecile(rows.map((r) => r.overlap)),
    ...(hd95.length > 0 && {
      hd95Mm: { median: hd95[hd95.length >> 1], worstDecile: hd95[Math.floor(0.9 * hd95.length)] },
      assdMm: mean(assd),
    }),
  };
}

function numbering(studies: readonly ComparedStudy[]): Pick<ValidationFigures, 'numbering'> {
  const known = studies.flatMap((s) =>
    s.farthestDiscMm === undefined ? [] : { study: s.study, mm: s.farthestDiscMm },
  );
  if (known.length === 0) return {};
  const wrong = known.filter((k) => !(k.mm <= WITHIN_MM));
  return {
    numbering: {
      allRight: exactShare(known.length - wrong.length, known.length),
      notRight: wrong.map(({ study, mm }) => ({ study, ...(Number.isFinite(mm) && { farthestMm: mm }) })),
    },
  };
}

interface PfirrmannRow {
  readonly patient: string;
  readonly truth: number;
  readonly value: number;
  readonly grade: PfirrmannGrade | undefined;
}

/** All discs count: one that was abstained from by its likeliest grade. */
function pfirrmannRows(discs: readonly ComparedDisc[]): PfirrmannRow[] {
  return discs.flatMap(({ patient, truth: { pfirrmann: truth }, said }) => {
    if (truth === undefined) return [];
    const grade = said?.grades.pfirrmann;
    const p = grade?.probabilities;
    const likeliest = p === undefined ? NOT_FOUND.pfirrmann : p.indexOf(Math.max(...p)) + 1;
    return { patient, truth, value: grade?.value ?? likeliest, grade };
  });
}

function pfirrmann(discs: readonly ComparedDisc[]): Pick<ValidationFigures, 'pfirrmann'> {
  const rows = pfirrmannRows(discs);
  if (rows.length === 0) return {};
  const graded = rows.filter((r) => r.grade?.abstained === false);
  const confusion = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
  for (const r of rows) confusion[r.truth - 1][r.value - 1]++;
  const share = (part: readonly unknown[], whole: readonly unknown[]) =>
    whole.length === 0 ? undefined : exactShare(part.length, whole.length);
  const classes = [1, 2, 3, 4, 5].map((c) => rows.filter((r) => r.truth === c));
  const sets = rows.filter((r) => r.grade?.set !== undefined);
  const contradicted = contradictedPatients(discs);
  const reasons: Record<string, number> = {};
  for (const { grade } of rows) {
    if (grade?.abstained === false) continue;
    const reason = grade?.reason ?? 'not-found';
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  return {
    pfirrmann: {
      discs: rows.length,
      found: rows.filter((r) => r.grade !== undefined).length,
      qwk: byPatient(rows, kappa),
      qwkOfGraded: byPatient(graded, kappa),
      exact: byPatient(rows, (x) => mean(x.map((r) => Number(r.truth === r.value)))),
      withinOne: byPatient(rows, (x) => mean(x.map((r) => Number(Math.abs(r.truth - r.value) <= 1)))),
      confusion,
      recall: classes.map((c) =>
        share(
          c.filter((r) => r.value === r.truth),
          c,
        ),
      ),
      abstained: exactShare(rows.length - graded.length, rows.length),
      reasons,
      calibration: calibration(rows.flatMap(cumulative)),
      sets: {
        coverage: [1, 2, 3, 4, 5].map((c) => {
          const own = sets.filter((r) => r.truth === c);
          return share(
            own.filter((r) => r.grade?.set?.includes(c)),
            own,
          );
        }),
        meanSize: mean(sets.map((r) => r.grade?.set?.length ?? 0)),
      },
      qwkPermuted: kappa(permuted(rows)),
      contradicted: {
        patients: contradicted,
        qwkWithout: byPatient(
          rows.filter((r) => !contradicted.includes(r.patient)),
          kappa,
        ),
      },
    },
  };
}

function kappa(rows: readonly PfirrmannRow[]): number {
  return quadraticKappa(
    rows.map((r) => r.truth - 1),
    rows.map((r) => r.value - 1),
    5,
  );
}

/** An ordinal grade is four forecasts: that it is above I, above II, above III, above IV. */
function cumulative(row: PfirrmannRow): Forecast[] {
  const p = row.grade?.probabilities;
  if (p === undefined) return [];
  return [1, 2, 3, 4].map((k) => ({
    patient: row.patient,
    p: Math.min(
      1,
      p.slice(k).reduce((a, b) => a + b, 0),
    ),
    truth: row.truth > k,
  }));
}

function permuted(rows: readonly PfirrmannRow[]): PfirrmannRow[] {
  const random = randomFrom(3);
  const truths = rows.map((r) => r.truth);
  for (let i = truths.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [truths[i], truths[j]] = [truths[j], truths[i]];
  }
  return rows.map((r, i) => ({ ...r, truth: truths[i] }));
}

/** Fewer discs than this say nothing about an order. */
const FEWEST_FOR_ORDER = 5;

/**
 * Patients in whom the given Pfirrmann grade does not rise as the measured signal of the disc falls, which the scale is
 * made of: their grades stand beside the wrong discs, or the picture does not show what was graded.
 */
function contradictedPatients(discs: readonly ComparedDisc[]): string[] {
  return [...Map.groupBy(discs, (d) => d.patient)].flatMap(([patient, own]) => {
    const known = own.flatMap((d) => {
      const signal = d.said?.signalRatio?.value;
      return signal === undefined || d.truth.pfirrmann === undefined
        ? []
        : { grade: d.truth.pfirrmann, signal };
    });
    if (known.length < FEWEST_FOR_ORDER) return [];
    const order = rankCorrelation(
      known.map((d) => d.grade),
      known.map((d) => -d.signal),
    );
    return order <= 0 ? [patient] : [];
  });
}

function modicAny(discs: readonly ComparedDisc[]): Pick<ValidationFigures, 'modicAny'> {
  const rows = discs.flatMap((d): Forecast | [] => {
    if (d.truth.modic === undefined) return [];
    const none = d.said?.grades.modic.probabilities?.[0];
    return {
      patient: d.patient,
      truth: d.truth.modic > 0,
      p: none === undefined ? NOT_FOUND.probability : 1 - none,
    };
  });
  return rows.length === 0 ? {} : { modicAny: roc(rows) };
}

function roc(rows: readonly Forecast[]): RocFigures {
  return {
    discs: rows.length,
    positives: rows.filter((r) => r.truth).length,
    auc: byPatient(rows, area),
  };
}

const area = (rows: readonly Forecast[]): number =>
  auc(
    rows.map((r) => r.truth),
    rows.map((r) => r.p),
  );

function forecastsOf(discs: readonly ComparedDisc[], name: BinaryGradeName) {
  return discs.flatMap((d) => {
    const truth = d.truth.binary[name];
    const said = d.said?.grades[name];
    return truth === undefined
      ? []
      : { patient: d.patient, truth, p: said?.probability ?? NOT_FOUND.probability, said };
  });
}

function binary(discs: readonly ComparedDisc[], name: BinaryGradeName): BinaryFigures | undefined {
  const rows = forecastsOf(discs, name);
  if (rows.length === 0) return undefined;
  const positive = rows.filter((r) => r.truth);
  const negative = rows.filter((r) => !r.truth);
  return {
    ...roc(rows),
    sensitivity: exactShare(positive.filter((r) => r.said?.value === true).length, positive.length),
    specificity: exactShare(negative.filter((r) => r.said?.value === false).length, negative.length),
    abstained: exactShare(rows.filter((r) => r.said?.abstained !== false).length, rows.length),
    ...(positive.length >= CALIBRATED_FROM_POSITIVES && { calibration: calibration(rows) }),
  };
}

function subgroups(studies: readonly ComparedStudy[]): ValidationFigures['subgroups'] {
  const traits = [...new Set(studies.flatMap((s) => Object.keys(s.traits)))].sort();
  return Object.fromEntries(
    traits.map((trait) => {
      const groups = Map.groupBy(studies, (s) => s.traits[trait] ?? 'not stated');
      return [trait, Object.fromEntries([...groups].sort().map(([value, own]) => [value, subgroup(own)]))];
    }),
  );
}

function subgroup(studies: readonly ComparedStudy[]): SubgroupFigures {
  const discs = studies.flatMap((s) => s.discs);
  const grades = pfirrmannRows(discs);
  const curve = (name: BinaryGradeName) => {
    const rows = forecastsOf(discs, name);
    return rows.length >= FEWEST_IN_SUBGROUP ? byPatient(rows, area) : undefined;
  };
  const dice = studies.flatMap((s) =>
    (s.structures ?? [])
      .filter((x) => x.kind === 'disc')
      .map((x) => ({ patient: s.patient, dice: x.overlap })),
  );
  const [narrowingAuc, bulgingAuc] = [curve('narrowing'), curve('bulging')];
  return {
    studies: studies.length,
    discs: discs.length,
    ...(grades.length >= FEWEST_IN_SUBGROUP && { qwk: byPatient(grades, kappa) }),
    ...(narrowingAuc && { narrowingAuc }),
    ...(bulgingAuc && { bulgingAuc }),
    ...(dice.length >= FEWEST_IN_SUBGROUP && {
      discDice: byPatient(dice, (r) => mean(r.map((x) => x.dice))),
    }),
  };
}
