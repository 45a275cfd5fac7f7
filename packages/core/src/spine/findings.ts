import { z } from 'zod';
import { VERTEBRAE } from './levels.ts';

/*
 * The findings document: one JSON with a schema; report, tables and DICOM objects are projections of it.
 * Conventions: LPS millimetres; an absent field was not measured and stands in `notMeasured` with its reason.
 */

/** 1.1.0 adds `axial`; documents of 1.0.0 are read as they are. */
export const SCHEMA_VERSION = '1.1.0';

const Vertebra = z.enum(VERTEBRAE);
const DiscName = z.string().regex(/^(T9|T1[0-2]|L[1-6])\/(T1[0-2]|L[1-6]|S1)$/);
const Point = z.tuple([z.number(), z.number(), z.number()]).describe('Patient coordinates LPS, mm');
const Probability = z.number().min(0).max(1);

export const Unit = z.enum(['mm', 'mm2', 'deg', 'ratio', 'percent']);
/** `uncertainty` is the half-width of the 95 % interval, in `unit`. */
export const Measurement = z.strictObject({
  value: z.number(),
  unit: Unit,
  uncertainty: z.number().min(0),
  experimental: z.literal(true).optional(),
});
export type Measurement = z.infer<typeof Measurement>;

/** Why something is absent: a short code such as `needs-T2`, `needs-T1-and-T2`, `spacing-implausible`, `cut-by-image-edge`, `not-seen`. */
export const Reason = z.string().regex(/^[a-z0-9A-Z-]+$/);
const NotMeasured = z.record(z.string(), Reason);

const ordinalGrade = (value: z.ZodType<number>, classes: number) =>
  z.strictObject({
    value: value.optional(),
    probabilities: z.array(Probability).length(classes).optional(),
    set: z.array(z.number().int()).optional(),
    abstained: z.boolean(),
    reason: Reason.optional(),
    experimental: z.literal(true).optional(),
  });

export const BinaryGrade = z.strictObject({
  value: z.boolean().optional(),
  probability: Probability.optional(),
  abstained: z.boolean(),
  reason: Reason.optional(),
  experimental: z.literal(true).optional(),
});
export type BinaryGrade = z.infer<typeof BinaryGrade>;
export const PfirrmannGrade = ordinalGrade(z.number().int().min(1).max(5), 5);
export type PfirrmannGrade = z.infer<typeof PfirrmannGrade>;
export const ModicGrade = ordinalGrade(z.number().int().min(0).max(3), 4);
export type ModicGrade = z.infer<typeof ModicGrade>;

export const BINARY_GRADES = [
  'narrowing',
  'bulging',
  'herniation',
  'upperEndplate',
  'lowerEndplate',
  'spondylolisthesis',
] as const;
export type BinaryGradeName = (typeof BINARY_GRADES)[number];

export const DiscGrades = z.strictObject({
  pfirrmann: PfirrmannGrade,
  modic: ModicGrade,
  narrowing: BinaryGrade.describe('Loss of disc height; never of canal or foramen'),
  bulging: BinaryGrade,
  herniation: BinaryGrade,
  upperEndplate: BinaryGrade.describe('Change of the endplate above the disc'),
  lowerEndplate: BinaryGrade.describe('Change of the endplate below the disc'),
  spondylolisthesis: BinaryGrade,
});
export type DiscGrades = z.infer<typeof DiscGrades>;

const Heights = z.strictObject({
  anterior: Measurement.optional(),
  middle: Measurement.optional(),
  posterior: Measurement.optional(),
});

export const VertebraFinding = z.strictObject({
  label: Vertebra,
  segmentationValue: z.number().int(),
  centroidMm: Point,
  heights: Heights.describe('Of the body, between its endplates'),
  depth: Measurement.optional().describe('Anteroposterior, mid-height'),
  wedgeAngle: Measurement.optional().describe('Between the endplates; positive = taller in front'),
  heightLoss: Measurement.optional().describe(
    'Largest loss against the tallest of its own three heights, percent',
  ),
  genant: z
    .strictObject({
      value: z.number().int().min(0).max(3),
      shape: z.enum(['none', 'wedge', 'biconcave', 'crush']),
      experimental: z.literal(true),
    })
    .optional(),
  signalToSac: Measurement.optional().describe(
    'Marrow signal over CSF signal on T1: vertebral bone quality (VBQ) of this vertebra',
  ),
  notMeasured: NotMeasured,
});
export type VertebraFinding = z.infer<typeof VertebraFinding>;

export const DiscFinding = z.strictObject({
  label: DiscName,
  segmentationValue: z.number().int(),
  centroidMm: Point,
  heights: Heights,
  heightIndex: Measurement.optional().describe('Mean disc height over mean depth of the neighbouring bodies'),
  wedgeAngle: Measurement.optional().describe('Between the facing endplates; positive = open in front'),
  depth: Measurement.optional().describe('Anteroposterior'),
  area: Measurement.optional().describe('In the measured sagittal plane'),
  signalRatio: Measurement.optional().describe('Nucleus signal over CSF signal on T2'),
  posteriorProtrusion: z
    .strictObject({ depth: Measurement, baseWidth: Measurement.optional() })
    .optional()
    .describe(
      'How far the disc passes the line between the posterior corners of its neighbours, in the measured plane',
    ),
  highIntensityZone: z.strictObject({ present: z.boolean(), experimental: z.literal(true) }).optional(),
  grades: DiscGrades,
  notMeasured: NotMeasured,
});
export type DiscFinding = z.infer<typeof DiscFinding>;

export const CanalFinding = z.strictObject({
  level: DiscName,
  canalDiameter: Measurement.optional().describe(
    'Mid-sagittal anteroposterior diameter of the canal at the upper body, mm',
  ),
  sacDiameter: Measurement.optional().describe(
    'Mid-sagittal anteroposterior diameter of the dural sac at the disc, mm',
  ),
  sacToCanalRatio: Measurement.optional(),
  csfFraction: Measurement.optional().describe('Share of the sac at the disc that is as bright as CSF on T2'),
  notMeasured: NotMeasured,
});
export type CanalFinding = z.infer<typeof CanalFinding>;

export const SlipFinding = z.strictObject({
  level: DiscName,
  slip: Measurement.describe('Upper on lower vertebra; positive = forward (anterolisthesis)'),
  slipPercent: Measurement,
  direction: z
    .enum(['none', 'anterolisthesis', 'retrolisthesis'])
    .describe('Reported from 3 mm on and beyond its own uncertainty'),
  meyerding: z.number().int().min(0).max(5),
});
export type SlipFinding = z.infer<typeof SlipFinding>;

export const Alignment = z.strictObject({
  lordosisL1S1: Measurement.optional(),
  lordosisL4S1: Measurement.optional(),
  sacralSlope: Measurement.optional().describe(
    'Of the S1 endplate against the transverse plane of the scanner',
  ),
  segmental: z.array(z.strictObject({ level: DiscName, angle: Measurement })),
  slips: z.array(SlipFinding),
  conusLevel: z
    .strictObject({ level: z.string(), positionMm: Point, experimental: z.literal(true) })
    .optional(),
  sacEnd: z.strictObject({ level: z.string(), positionMm: Point, experimental: z.literal(true) }).optional(),
  notMeasured: NotMeasured,
});
export type Alignment = z.infer<typeof Alignment>;

/** Muscles of the axial reading. */
export const MUSCLES = ['psoas', 'multifidus', 'erectorSpinae'] as const;
export type Muscle = (typeof MUSCLES)[number];

const MuscleSide = z.strictObject({
  area: Measurement.optional().describe('Within the fascia, fat included'),
  fatFraction: Measurement.optional().describe(
    'Share of the area that is nearer in brightness to the fat around it than to its lean part, percent; not comparable with fat fractions by Dixon',
  ),
});

const MuscleFinding = z.strictObject({
  right: MuscleSide,
  left: MuscleSide,
  asymmetry: Measurement.optional().describe('Difference of the areas over the larger one, percent'),
});
export type MuscleFinding = z.infer<typeof MuscleFinding>;

export const AxialFinding = z.strictObject({
  level: DiscName,
  seriesInstanceUid: z.string(),
  slice: z
    .strictObject({ centreMm: Point, offsetMm: z.number(), angleDeg: z.number().min(0) })
    .describe(
      'The slice measured: its centre, its distance from the middle of the disc, its angle to the disc',
    ),
  sacArea: Measurement.optional().describe('Cross-section of the dural sac in the slice'),
  sacAnteroposterior: Measurement.optional().describe('Largest extent of the sac from front to back'),
  sacTransverse: Measurement.optional().describe('Largest extent of the sac from side to side'),
  muscles: z.strictObject({
    psoas: MuscleFinding.optional(),
    multifidus: MuscleFinding.optional(),
    erectorSpinae: MuscleFinding.optional(),
  }),
  notMeasured: NotMeasured,
});
export type AxialFinding = z.infer<typeof AxialFinding>;

export const SERIES_ROLES = [
  'sagittal-t1',
  'sagittal-t2',
  'sagittal-stir',
  'sagittal-space',
  'sagittal-dixon-water',
  'sagittal-dixon-fat',
  'sagittal-other',
  'axial-t1',
  'axial-t2',
  'axial-other',
  'coronal',
  'localiser',
  'other',
] as const;
export const SeriesRole = z.enum(SERIES_ROLES);
export type SeriesRole = z.infer<typeof SeriesRole>;

export const Findings = z.strictObject({
  schemaVersion: z.enum(['1.0.0', SCHEMA_VERSION]),
  study: z.strictObject({
    studyInstanceUid: z.string().optional(),
    patientSex: z.enum(['F', 'M', 'O']).optional(),
    patientAgeYears: z.number().optional(),
    series: z.array(
      z.strictObject({
        seriesInstanceUid: z.string(),
        role: SeriesRole,
        used: z.boolean(),
        reason: z.string(),
        sliceCount: z.number().int().optional(),
      }),
    ),
  }),
  numbering: z.strictObject({
    lowestDisc: DiscName.optional(),
    confidence: Probability.describe('That every name is right; with the alternatives it adds up to one'),
    transitionalProbability: Probability.optional(),
    alternatives: z.array(
      z.strictObject({
        lowestDisc: z
          .string()
          .describe(
            'What the present lowest disc is under this hypothesis; `S1/S2` where counting began too low',
          ),
        probability: Probability,
        relabelling: z
          .record(z.string(), z.string())
          .describe('Every present label of vertebrae and discs to its label under this hypothesis'),
      }),
    ),
    evidence: z.array(z.strictObject({ code: z.string(), text: z.string() })),
  }),
  vertebrae: z.array(VertebraFinding),
  discs: z.array(DiscFinding),
  canal: z.array(CanalFinding),
  axial: z
    .array(AxialFinding)
    .optional()
    .describe(
      'Levels that an axial T2-weighted slice passes, experimental; absent where there is no such series',
    ),
  alignment: Alignment,
  quality: z.strictObject({
    outOfDistribution: z.strictObject({
      flagged: z.boolean(),
      score: z.number().optional(),
      reasons: z.array(z.string()),
    }),
    warnings: z.array(
      z.strictObject({ code: z.string(), message: z.string(), subject: z.string().optional() }),
    ),
  }),
  provenance: z.strictObject({
    software: z.strictObject({ name: z.literal('Promontory'), version: z.string() }),
    status: z.literal('unreviewed').describe('Decision support: a person reviews and signs'),
    models: z.array(
      z.strictObject({ id: z.string(), version: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    ),
    inputs: z.array(
      z.strictObject({
        seriesInstanceUid: z.string(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        files: z.number().int(),
      }),
    ),
    gridSeriesInstanceUid: z.string(),
    createdAt: z.string(),
    durationMs: z.strictObject({ total: z.number(), stages: z.record(z.string(), z.number()) }),
  }),
});
export type Findings = z.infer<typeof Findings>;

/** JSON Schema (2020-12) of the findings document, as shipped in `docs/findings.schema.json`. */
export function findingsJsonSchema(): object {
  return z.toJSONSchema(Findings, { target: 'draft-2020-12' });
}
