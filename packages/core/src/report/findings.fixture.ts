import {
  type AxialFinding,
  type BinaryGrade,
  type BinaryGradeName,
  chainFromSacrum,
  type DiscFinding,
  type DiscLabel,
  discValue,
  Findings,
  type Measurement,
  SCHEMA_VERSION,
  VERTEBRA_VALUE,
  type VertebraFinding,
  type VertebraLabel,
} from '../spine/index.ts';

/** What the builder says about one disc; everything left out is unremarkable. */
export interface DiscCase {
  readonly pfirrmann?: 1 | 2 | 3 | 4 | 5 | 'abstained';
  readonly present?: readonly BinaryGradeName[];
  readonly modic?: 1 | 2 | 3;
  readonly slipMm?: number;
}

export interface FindingsCase {
  readonly ageYears?: number | undefined;
  readonly sex?: 'F' | 'M' | 'O' | undefined;
  readonly lumbarCount?: 4 | 5 | 6;
  /** From the lowest disc upward. */
  readonly discs?: readonly DiscCase[];
  readonly t2?: boolean;
  readonly t1?: boolean;
  readonly millimetres?: boolean;
  readonly singleSlice?: boolean;
  /** Axial slices through every disc but the highest. */
  readonly axial?: boolean;
}

const HEIGHT_BY_PFIRRMANN = [0, 11.4, 11.1, 10.2, 7.6, 4.1];

const mm = (value: number, uncertainty = 0.7): Measurement => ({ value, unit: 'mm', uncertainty });
const ratio = (value: number, uncertainty = 0.03): Measurement => ({ value, unit: 'ratio', uncertainty });
const deg = (value: number, uncertainty = 2): Measurement => ({ value, unit: 'deg', uncertainty });

function ordinal(grade: number): number[] {
  const weights = [1, 2, 3, 4, 5].map((g) => Math.exp(-2.1 * Math.abs(g - grade)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / sum);
}

/**
 * A findings document for tests, complete and valid against the schema: seven discs unless told otherwise, a woman
 * of 54, T1 and T2, millimetres valid.
 */
export function buildFindings(wanted: FindingsCase = {}): Findings {
  const { lumbarCount = 5, t2 = true, t1 = true, millimetres = true, singleSlice = false } = wanted;
  const cases = wanted.discs ?? [
    { pfirrmann: 5, present: ['narrowing', 'bulging', 'upperEndplate', 'lowerEndplate'], modic: 2 },
    { pfirrmann: 4, present: ['bulging', 'herniation'], slipMm: 4.2 },
    { pfirrmann: 3 },
    { pfirrmann: 'abstained' },
    { pfirrmann: 2 },
    { pfirrmann: 2 },
    { pfirrmann: 1 },
  ];
  const chain = chainFromSacrum(lumbarCount);
  const vertebrae = chain.slice(0, cases.length + 1);
  const discs = cases.map((c, i) =>
    disc(c, i, `${chain[i + 1]}/${chain[i]}` as DiscLabel, { t2, t1, millimetres }),
  );
  const lowestDisc = discs[0]?.label;

  return Findings.parse({
    schemaVersion: SCHEMA_VERSION,
    study: {
      studyInstanceUid: '1.2.826.0.1.3680043.8.498.1',
      ...('sex' in wanted ? (wanted.sex ? { patientSex: wanted.sex } : {}) : { patientSex: 'F' }),
      ...('ageYears' in wanted
        ? wanted.ageYears === undefined
          ? {}
          : { patientAgeYears: wanted.ageYears }
        : { patientAgeYears: 54 }),
      series: [
        ...(t2
          ? [
              {
                seriesInstanceUid: '1.2.826.0.1.3680043.8.498.1.2',
                role: 'sagittal-t2',
                used: true,
                reason: 'Best sagittal T2 series.',
                sliceCount: singleSlice ? 1 : 15,
              },
            ]
          : []),
        ...(t1
          ? [
              {
                seriesInstanceUid: '1.2.826.0.1.3680043.8.498.1.1',
                role: 'sagittal-t1',
                used: true,
                reason: 'Sagittal T1, paired for the endplates.',
                sliceCount: singleSlice ? 1 : 15,
              },
            ]
          : []),
        {
          seriesInstanceUid: '1.2.826.0.1.3680043.8.498.1.3',
          role: 'axial-t2',
          used: wanted.axial ?? false,
          reason: 'axial by its geometry',
          sliceCount: 30,
        },
      ],
    },
    numbering: {
      lowestDisc,
      confidence: lumbarCount === 6 ? 0.71 : 0.93,
      transitionalProbability: lumbarCount === 6 ? 0.4 : 0.05,
      alternatives: lowestDisc === undefined ? [] : [alternative(vertebrae, discs, lumbarCount)],
      evidence: [
        { code: 'sacrum-seen', text: 'The sacrum is seen, with a wedge-shaped first segment.' },
        { code: 'count', text: `${cases.length} discs are seen above it.` },
      ],
    },
    vertebrae: vertebrae.toReversed().map((label) => vertebra(label, millimetres)),
    discs: discs.toReversed(),
    canal: discs.toReversed().map(({ label }, i) => ({
      level: label,
      ...(millimetres
        ? { canalDiameter: mm(17.5 - 0.3 * i, 1.2), sacDiameter: mm(12.8 - 0.6 * i, 1.1) }
        : {}),
      sacToCanalRatio: ratio(0.74, 0.06),
      notMeasured: millimetres
        ? {}
        : { canalDiameter: 'spacing-implausible', sacDiameter: 'spacing-implausible' },
    })),
    ...(wanted.axial && {
      axial: discs
        .slice(0, -1)
        .map((label) => axialLevel(label.label, millimetres))
        .reverse(),
    }),
    alignment: {
      lordosisL1S1: deg(41.3, 3.1),
      lordosisL4S1: deg(28.4, 2.8),
      sacralSlope: deg(37.2, 2.2),
      segmental: discs.map(({ label }, i) => ({ level: label, angle: deg(14 - 2 * i) })),
      slips: cases.flatMap((c, i) =>
        c.slipMm === undefined || !millimetres
          ? []
          : [
              {
                level: discs[i].label,
                slip: mm(c.slipMm, 1.1),
                slipPercent: { value: (c.slipMm / 34) * 100, unit: 'percent', uncertainty: 3.2 },
                direction: c.slipMm > 0 ? 'anterolisthesis' : 'retrolisthesis',
                meyerding: 1,
              },
            ],
      ),
      conusLevel: { level: 'L1', positionMm: [0, 20, 60], experimental: true },
      notMeasured: {},
    },
    quality: {
      outOfDistribution: { flagged: false, score: 0.12, reasons: [] },
      warnings: [
        ...(millimetres
          ? []
          : [
              {
                code: 'SPACING_IMPLAUSIBLE',
                message: 'The pixel size contradicts the field of view; no millimetres are given.',
              },
            ]),
        ...(t2 ? [] : [{ code: 'T2_MISSING', message: 'No T2-weighted sagittal series.' }]),
        ...(t1 ? [] : [{ code: 'T1_MISSING', message: 'No T1-weighted sagittal series.' }]),
        ...(singleSlice ? [{ code: 'SINGLE_SLICE', message: 'The series has one slice only.' }] : []),
      ],
    },
    provenance: {
      software: { name: 'Promontory', version: '0.1.0' },
      status: 'unreviewed',
      models: [
        { id: 'sagittal-segmenter', version: '0.1.0', sha256: 'a1'.repeat(32) },
        { id: 'disc-grader', version: '0.1.0', sha256: 'b2'.repeat(32) },
      ],
      inputs: [{ seriesInstanceUid: '1.2.826.0.1.3680043.8.498.1.2', sha256: 'c3'.repeat(32), files: 15 }],
      gridSeriesInstanceUid: `1.2.826.0.1.3680043.8.498.1.${t2 ? 2 : 1}`,
      createdAt: '2025-03-01T10:00:00Z',
      durationMs: { total: 6400, stages: { segmentation: 3200, grading: 400 } },
    },
  });
}

/** The left psoas runs out of the picture. */
function axialLevel(level: string, millimetres: boolean): AxialFinding {
  const of = (value: number, unit: Measurement['unit'], uncertainty: number): Measurement => ({
    value,
    unit,
    uncertainty,
    experimental: true,
  });
  const side = (area: number) => ({
    ...(millimetres && { area: of(area, 'mm2', 90) }),
    fatFraction: of(18, 'percent', 5),
  });
  return {
    level,
    seriesInstanceUid: '1.2.826.0.1.3680043.8.498.1.3',
    slice: { centreMm: [0, 10, 20], offsetMm: 0.4, angleDeg: 6 },
    ...(millimetres && {
      sacArea: of(121, 'mm2', 24),
      sacAnteroposterior: of(11.2, 'mm', 1.1),
      sacTransverse: of(14.8, 'mm', 1.3),
    }),
    muscles: {
      psoas: { right: side(980), left: {} },
      multifidus: { right: side(720), left: side(640), asymmetry: of(11, 'percent', 16) },
    },
    notMeasured: {
      ...(millimetres ? {} : { sacArea: 'spacing-implausible' }),
      'psoas.left.area': 'cut-by-image-edge',
      'psoas.left.fatFraction': 'cut-by-image-edge',
    },
  };
}

interface Available {
  readonly t2: boolean;
  readonly t1: boolean;
  readonly millimetres: boolean;
}

function disc(
  wanted: DiscCase,
  index: number,
  label: DiscLabel,
  { t2, t1, millimetres }: Available,
): DiscFinding {
  const grade = wanted.pfirrmann === 'abstained' ? 3.5 : (wanted.pfirrmann ?? 2);
  const heightMm = HEIGHT_BY_PFIRRMANN[Math.round(grade)] - 0.35 * Math.max(0, index - 1);
  const binary = (name: BinaryGradeName): BinaryGrade => {
    const present = wanted.present?.includes(name) ?? false;
    return {
      value: present,
      probability: present ? 0.88 : 0.07,
      abstained: false,
      ...(name === 'herniation' ? { experimental: true as const } : {}),
    };
  };
  return {
    label,
    segmentationValue: discValue(label),
    centroidMm: [0, 20 + index, -80 + 33 * index],
    heights: millimetres
      ? { anterior: mm(heightMm * 1.15), middle: mm(heightMm), posterior: mm(heightMm * 0.72) }
      : {},
    heightIndex: ratio(heightMm / 34),
    wedgeAngle: deg(12 - index),
    ...(millimetres
      ? { depth: mm(34.5, 1.1), area: { value: heightMm * 33, unit: 'mm2', uncertainty: 24 } }
      : {}),
    ...(t2 ? { signalRatio: ratio(0.72 - 0.13 * grade, 0.05) } : {}),
    ...(millimetres && (wanted.present?.includes('herniation') || wanted.present?.includes('bulging'))
      ? { posteriorProtrusion: { depth: mm(wanted.present.includes('herniation') ? 5.6 : 2.4, 0.9) } }
      : {}),
    grades: {
      pfirrmann: !t2
        ? { abstained: true, reason: 'needs-T2' }
        : wanted.pfirrmann === 'abstained'
          ? { probabilities: ordinal(3.5), set: [3, 4], abstained: true, reason: 'too-uncertain' }
          : {
              value: grade,
              probabilities: ordinal(grade),
              set: grade === 2 || grade === 4 ? [grade - 1, grade] : [grade],
              abstained: false,
            },
      modic:
        t1 && t2
          ? {
              value: wanted.modic ?? 0,
              probabilities: [0, 1, 2, 3].map((m) => (m === (wanted.modic ?? 0) ? 0.85 : 0.05)),
              set: [wanted.modic ?? 0],
              abstained: false,
              experimental: true,
            }
          : { abstained: true, reason: 'needs-T1-and-T2' },
      narrowing: binary('narrowing'),
      bulging: binary('bulging'),
      herniation: binary('herniation'),
      upperEndplate: binary('upperEndplate'),
      lowerEndplate: binary('lowerEndplate'),
      spondylolisthesis:
        wanted.slipMm === undefined ? binary('spondylolisthesis') : { ...binary('bulging'), value: true },
    },
    notMeasured: {
      ...(millimetres
        ? {}
        : { heights: 'spacing-implausible', depth: 'spacing-implausible', area: 'spacing-implausible' }),
      ...(t2 ? {} : { signalRatio: 'needs-T2' }),
    },
  };
}

function vertebra(label: VertebraLabel, millimetres: boolean): VertebraFinding {
  const whole = label !== 'S1';
  return {
    label,
    segmentationValue: VERTEBRA_VALUE[label],
    centroidMm: [0, 15, 0],
    heights: whole && millimetres ? { anterior: mm(27.8), middle: mm(26.1), posterior: mm(27.4) } : {},
    ...(whole && millimetres ? { depth: mm(33.1, 1) } : {}),
    ...(whole
      ? {
          wedgeAngle: deg(1.2),
          heightLoss: { value: 6.1, unit: 'percent' as const, uncertainty: 3.4 },
          genant: { value: 0, shape: 'none' as const, experimental: true as const },
        }
      : {}),
    notMeasured: whole
      ? millimetres
        ? {}
        : { heights: 'spacing-implausible' }
      : { heights: 'cut-by-image-edge' },
  };
}

/** The other way to count: every name moves by one. */
function alternative(
  vertebrae: readonly VertebraLabel[],
  discs: readonly DiscFinding[],
  lumbarCount: 4 | 5 | 6,
) {
  const other = chainFromSacrum(lumbarCount === 6 ? 5 : 6);
  const relabelling: Record<string, string> = {};
  vertebrae.forEach((label, i) => {
    relabelling[label] = other[i];
  });
  discs.forEach(({ label }, i) => {
    relabelling[label] = `${other[i + 1]}/${other[i]}`;
  });
  return { lowestDisc: `${other[1]}/S1`, probability: lumbarCount === 6 ? 0.29 : 0.07, relabelling };
}
