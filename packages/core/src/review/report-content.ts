/** A report as it is signed: codes and values, no words. The web says it in the reader's language. */
import { z } from 'zod';
import { GivenValue, MEASURING_TOOLS, REPORT_SECTIONS, Target } from './mark.ts';
import { Subject } from './subject.ts';

/** 1.1.0 adds `subject`; reports of 1.0.0 are read as they are. */
export const REPORT_SCHEMA_VERSION = '1.1.0';

const Code = z.string().regex(/^[a-zA-Z0-9.-]{1,64}$/);
const Level = z.string().regex(/^(T[89]|T1[0-2]|L[1-6]|S[12])(\/(T9|T1[0-2]|L[1-6]|S[12]))?$/);
const Hand = {
  by: z.string().max(200).describe('Account'),
  byName: z.string().max(400),
  at: z.iso.datetime(),
};

/** `reading-accepted`: the software's value, accepted by a person; `corrected`: changed by a person, or measured on what a person drew; `own`: given by a person where no value of the software was accepted. */
export const STATEMENT_SOURCES = ['reading-accepted', 'corrected', 'own'] as const;

/** One value with who stands for it. */
export const Statement = z.strictObject({
  target: Target.describe("By the reading's own names"),
  level: Level.optional().describe('As numbered in this report'),
  field: Code,
  value: GivenValue,
  unit: z.enum(['mm', 'mm2', 'deg', 'ratio', 'percent']).optional(),
  uncertainty: z
    .number()
    .min(0)
    .optional()
    .describe('Half-width of the 95 % interval; absent of given values'),
  probability: z.number().min(0).max(1).optional(),
  experimental: z.literal(true).optional(),
  /** The outline was drawn anew after the grade was given by the software. */
  beforeEdit: z.literal(true).optional(),
  also: z
    .record(Code, GivenValue)
    .optional()
    .describe(
      'What belongs to the value: `percent`, `direction`, `meyerding` of a slip; `shape` of a fracture',
    ),
  source: z.enum(STATEMENT_SOURCES),
  readAs: GivenValue.optional().describe("The software's value, where the person's is another"),
  ...Hand,
});
export type Statement = z.infer<typeof Statement>;

const Statements = z.array(Statement).max(400);

/** Parts of a disc level, in the order of reading. */
export const LEVEL_PARTS = ['height', 'signal', 'contour', 'canal', 'endplates', 'slip', 'muscles'] as const;
export type LevelPart = (typeof LEVEL_PARTS)[number];

export const ReportLevel = z.strictObject({
  level: Level,
  /** What the software had called it, where that is another name. */
  readAs: Level.optional(),
  height: Statements,
  signal: Statements,
  contour: Statements,
  canal: Statements,
  endplates: Statements,
  slip: Statements,
  muscles: Statements,
});
export type ReportLevel = z.infer<typeof ReportLevel>;

const Point = z.tuple([z.number(), z.number(), z.number()]);

export const ReportContent = z.strictObject({
  schemaVersion: z.enum(['1.0.0', REPORT_SCHEMA_VERSION]),
  kind: z.enum(['signed', 'amended']),
  version: z.number().int().min(1),
  reason: z.string().max(2000).optional().describe('Why it was amended'),
  /** The report that this one amends. */
  amends: z
    .strictObject({ reportId: z.string(), version: z.number().int().min(1), sha256: z.string() })
    .optional(),
  language: z.string().max(35),
  study: z.strictObject({
    studyInstanceUid: z.string().optional(),
    patientSex: z.enum(['F', 'M', 'O']).optional(),
    patientAgeYears: z.number().optional(),
  }),
  subject: Subject.optional().describe('As the images said when it was signed'),
  numbering: Statement.optional().describe('Its value: the lowest disc'),
  alignment: Statements,
  vertebrae: z
    .array(z.strictObject({ level: Level, readAs: Level.optional(), statements: Statements }))
    .max(30),
  conus: Statements,
  levels: z.array(ReportLevel).max(30),
  measurements: z
    .array(
      z.strictObject({
        markId: z.string(),
        tool: z.enum(MEASURING_TOOLS),
        seriesInstanceUid: z.string(),
        sopInstanceUid: z.string(),
        frame: z.number().int(),
        pointsMm: z.array(Point),
        value: z.number(),
        unit: z.enum(['mm', 'mm2', 'deg']),
        uncertainty: z.number(),
        caption: z.string().optional(),
        ...Hand,
      }),
    )
    .max(2000),
  texts: z.array(z.strictObject({ section: z.enum(REPORT_SECTIONS), text: z.string(), ...Hand })),
  /** What nobody judged: named, without values. */
  unreviewed: z.array(z.strictObject({ target: Target, level: Level.optional(), field: Code })).max(4000),
  rejected: z
    .array(z.strictObject({ target: Target, level: Level.optional(), field: Code, ...Hand }))
    .max(4000),
  notAssessable: z
    .array(z.strictObject({ group: Code, level: Level.optional(), field: Code, reason: Code }))
    .max(4000),
  /** Graded before the software's value was shown, and found to be another. */
  disagreements: z
    .array(
      z.strictObject({
        target: Target,
        level: Level.optional(),
        field: Code,
        own: GivenValue,
        /** The software's, where that value was accepted, corrected or rejected by somebody; else it stays unsaid. */
        given: GivenValue.optional(),
        ...Hand,
      }),
    )
    .max(2000),
  /** What the report was made from: with this and the marks it can be made again. */
  basis: z.strictObject({
    sequence: z.number().int().min(0).describe('Of the last mark that counts'),
    readingId: z.string().optional(),
    software: z.strictObject({ name: z.string(), version: z.string() }).optional(),
    models: z.array(z.strictObject({ id: z.string(), version: z.string(), sha256: z.string() })),
    inputs: z.array(
      z.strictObject({ seriesInstanceUid: z.string(), sha256: z.string(), files: z.number().int() }),
    ),
    findingsSha256: z.string().optional(),
    readAt: z.string().optional(),
  }),
});
export type ReportContent = z.infer<typeof ReportContent>;
