/** How well the grades agree with SPIDER's, by the product's own reading and numbering. */
import { discInputs, gradeDiscs, type ModelRunner } from '@promontory/core/reading';
import { BINARY_GRADES, type BinaryGradeName, type DiscGrades } from '@promontory/core/spine';
import {
  auc,
  byPatient,
  calibrationError,
  type Interval,
  mean,
  quadraticKappa,
  rankCorrelation,
} from './metrics.ts';
import { csv, readPatient, type SpiderSeries } from './spider.ts';

const COLUMNS: Readonly<Record<BinaryGradeName, string>> = {
  narrowing: 'narrowing',
  bulging: 'bulging',
  herniation: 'herniation',
  upperEndplate: 'upper_endplate',
  lowerEndplate: 'lower_endplate',
  spondylolisthesis: 'spondylolisthesis',
};

export interface GradedDisc {
  readonly patient: string;
  readonly disc: number;
  readonly truth: Record<string, string>;
  /** Whether the study has a T2-weighted image. */
  readonly hasT2: boolean;
  /** Disc signal over CSF signal as measured. */
  readonly signalRatio: number | undefined;
  /** Absent where the reading found no such disc. */
  readonly said: DiscGrades | undefined;
}

/** Every disc that SPIDER grades of one patient, with what the reading of the fullest study says of the disc of that name. */
export async function gradedDiscs(
  patient: string,
  series: readonly SpiderSeries[],
  runner: ModelRunner,
): Promise<GradedDisc[]> {
  const [reading] = await readPatient(series, runner);
  const inputs = discInputs(reading.plane.outline, reading.measured, reading.images);
  const basis = { t2: reading.images.t2 !== undefined, t1: reading.images.t1 !== undefined };
  const grades = await gradeDiscs(inputs, basis, runner);
  return csv('spider', 'gradings.csv')
    .filter((r) => r.patient === patient)
    .map((truth) => {
      const label = reading.plane.levels.discs[Number(truth.disc) - 1];
      const measured = reading.measured.discs.find((d) => d.label === label);
      return {
        patient,
        disc: Number(truth.disc),
        truth,
        hasT2: basis.t2,
        signalRatio: measured?.signalRatio?.value,
        said: label && grades.get(label),
      };
    });
}

export interface GradingFigures {
  readonly discs: number;
  readonly found: number;
  readonly pfirrmann: {
    readonly qwk: Interval;
    /** Discs of studies with a T2-weighted image alone. */
    readonly qwkWithT2: Interval;
    /** Patients whose given grades rise with the signal of the disc instead of falling, and the kappa without them. */
    readonly contradicted: { readonly patients: readonly string[]; readonly qwkWithout: Interval };
    readonly exact: number;
    readonly withinOne: number;
    readonly abstained: number;
    readonly setCoverage: number;
    readonly setSize: number;
    readonly confusion: number[][];
  };
  readonly modicAnyAuc: Interval;
  readonly binary: Record<
    BinaryGradeName,
    { auc: Interval; ece: number; positives: number; sensitivity: number; specificity: number }
  >;
}

/** All discs count: one that was abstained from is graded by its likeliest grade, one that was not found is grade III. */
export function gradingFigures(rows: readonly GradedDisc[]): GradingFigures {
  const pfirrmann = rows.map((r) => {
    const g = r.said?.pfirrmann;
    const p = g?.probabilities;
    const value = g?.value ?? (p === undefined ? 3 : p.indexOf(Math.max(...p)) + 1);
    return { patient: r.patient, truth: Number(r.truth.pfirrmann), value, grade: g, hasT2: r.hasT2 };
  });
  const contradicted = contradictedPatients(rows);
  const confusion = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
  for (const r of pfirrmann) confusion[r.truth - 1][r.value - 1]++;
  const sets = pfirrmann.filter((r) => r.grade?.set !== undefined);
  const binary = Object.fromEntries(
    BINARY_GRADES.map((name) => {
      const scored = rows.map((r) => ({
        patient: r.patient,
        truth: r.truth[COLUMNS[name]] === '1',
        p: r.said?.[name].probability ?? 0.5,
        value: r.said?.[name].value ?? false,
      }));
      const positives = scored.filter((s) => s.truth);
      return [
        name,
        {
          auc: byPatient(scored, (s) =>
            auc(
              s.map((x) => x.truth),
              s.map((x) => x.p),
            ),
          ),
          ece: calibrationError(
            scored.map((s) => s.truth),
            scored.map((s) => s.p),
          ),
          positives: positives.length,
          sensitivity: mean(positives.map((s) => (s.value ? 1 : 0))),
          specificity: mean(scored.filter((s) => !s.truth).map((s) => (s.value ? 0 : 1))),
        },
      ];
    }),
  ) as GradingFigures['binary'];
  return {
    discs: rows.length,
    found: rows.filter((r) => r.said !== undefined).length,
    pfirrmann: {
      qwk: byPatient(pfirrmann, kappa),
      qwkWithT2: byPatient(
        pfirrmann.filter((r) => r.hasT2),
        kappa,
      ),
      contradicted: {
        patients: contradicted,
        qwkWithout: byPatient(
          pfirrmann.filter((r) => !contradicted.includes(r.patient)),
          kappa,
        ),
      },
      exact: mean(pfirrmann.map((r) => (r.truth === r.value ? 1 : 0))),
      withinOne: mean(pfirrmann.map((r) => (Math.abs(r.truth - r.value) <= 1 ? 1 : 0))),
      abstained: mean(pfirrmann.map((r) => (r.grade?.abstained === false ? 0 : 1))),
      setCoverage: mean(sets.map((r) => (r.grade?.set?.includes(r.truth) ? 1 : 0))),
      setSize: mean(sets.map((r) => r.grade?.set?.length ?? 0)),
      confusion,
    },
    modicAnyAuc: byPatient(
      rows.map((r) => ({
        patient: r.patient,
        truth: r.truth.modic !== '0',
        p: 1 - (r.said?.modic.probabilities?.[0] ?? 0.5),
      })),
      (s) =>
        auc(
          s.map((x) => x.truth),
          s.map((x) => x.p),
        ),
    ),
    binary,
  };
}

function kappa(rows: readonly { readonly truth: number; readonly value: number }[]): number {
  return quadraticKappa(
    rows.map((r) => r.truth - 1),
    rows.map((r) => r.value - 1),
    5,
  );
}

/** Fewer discs than this say nothing about an order. */
const FEWEST_FOR_ORDER = 5;

/**
 * Patients in whom the given Pfirrmann grade does not rise as the measured signal of the disc falls, which the scale
 * is made of: their grades stand beside the wrong discs, or the picture does not show what was graded.
 */
function contradictedPatients(rows: readonly GradedDisc[]): string[] {
  return [...Map.groupBy(rows, (r) => r.patient)].flatMap(([patient, discs]) => {
    const known = discs.filter((d) => d.hasT2 && d.signalRatio !== undefined);
    if (known.length < FEWEST_FOR_ORDER) return [];
    const order = rankCorrelation(
      known.map((d) => Number(d.truth.pfirrmann)),
      known.map((d) => -(d.signalRatio as number)),
    );
    return order <= 0 ? [patient] : [];
  });
}
