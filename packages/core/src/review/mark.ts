/**
 * What people do to a reading: an append-only list of marks for each study. Whatever is shown, and every report, is a
 * fold over the list; nothing in it is ever changed or taken away.
 */
import { z } from 'zod';

const Point = z.tuple([z.number(), z.number(), z.number()]).describe('Patient coordinates LPS, mm');
const PlanePoint = z.tuple([z.number(), z.number()]).describe('mm in the plane of the outline');
const Uid = z.string().regex(/^[0-9.]{1,64}$/);
const Uuid = z.uuid();

/**
 * One result of a reading, by the names that the reading gave, however the levels are numbered since:
 * `disc/L4~L5/pfirrmann`, `disc/L4~L5/heights.anterior`, `vertebra/L3/genant`, `canal/L4~L5/sacDiameter`,
 * `slip/L4~L5`, `axial/L4~L5/sacArea`, `alignment/lordosisL1S1`, `alignment/conusLevel`, `numbering`.
 */
export const Target = z.string().regex(/^[a-z]+(\/[A-Za-z0-9~.]+){0,2}$/);
export type Target = z.infer<typeof Target>;

/** A grade or figure as a person gives it. Figures are in the unit of the reading's own. */
export const GivenValue = z.union([z.number(), z.boolean(), z.string().max(64)]);
export type GivenValue = z.infer<typeof GivenValue>;

export const MEASURING_TOOLS = [
  'length',
  'angle',
  'cobb',
  'ellipse',
  'area',
  'slip',
  'canal-diameter',
] as const;
export type MeasuringTool = (typeof MEASURING_TOOLS)[number];

export const REPORT_SECTIONS = ['indication', 'technique', 'findings', 'comparison', 'impression'] as const;
export type ReportSection = (typeof REPORT_SECTIONS)[number];

const onReading = { readingId: Uuid };

export const Deed = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('judge'),
    ...onReading,
    target: Target,
    verdict: z
      .enum(['accept', 'reject', 'unreviewed'])
      .describe('`unreviewed` takes an earlier verdict back'),
  }),
  z.strictObject({
    kind: z.literal('correct'),
    ...onReading,
    target: Target,
    value: GivenValue,
  }),
  z.strictObject({
    kind: z.literal('own-grade'),
    ...onReading,
    target: Target,
    value: GivenValue.describe("Given before the reading's was shown"),
  }),
  z.strictObject({
    kind: z.literal('reveal'),
    ...onReading,
    withoutOwn: z.array(Target).describe('What the reader left ungraded when the reading was shown'),
  }),
  z.strictObject({
    kind: z.literal('outline'),
    ...onReading,
    structure: z.enum(['body', 'disc', 'sac', 'canal']),
    label: z.string().max(8).optional().describe('Of body or disc, as the reading named it'),
    outline: z.array(PlanePoint).min(3).max(2000),
  }),
  z.strictObject({
    kind: z.literal('landmark'),
    ...onReading,
    name: z.enum(['conusLevel', 'sacEnd']),
    positionMm: Point.optional().describe('Absent: the one that was placed is taken back'),
  }),
  z.strictObject({
    kind: z.literal('renumber'),
    ...onReading,
    lowestDisc: z
      .string()
      .max(8)
      .describe("What the reading's lowest disc is; its own name takes the shift back"),
  }),
  z.strictObject({
    kind: z.literal('measurement'),
    tool: z.enum(MEASURING_TOOLS),
    seriesInstanceUid: Uid,
    sopInstanceUid: Uid,
    frame: z.number().int().min(1),
    pointsMm: z.array(Point).min(2).max(500),
    value: z.number(),
    unit: z.enum(['mm', 'mm2', 'deg']),
    uncertainty: z.number().min(0).describe('Half-width of the 95 % interval'),
    caption: z.string().max(200).optional(),
    /** The measurement that this one moves or renames. */
    instead: Uuid.optional(),
  }),
  z.strictObject({ kind: z.literal('remove'), mark: Uuid.describe('A measurement') }),
  z.strictObject({ kind: z.literal('restore'), mark: Uuid }),
  z.strictObject({ kind: z.literal('text'), section: z.enum(REPORT_SECTIONS), text: z.string().max(20_000) }),
]);
export type Deed = z.infer<typeof Deed>;
export type DeedOf<K extends Deed['kind']> = Extract<Deed, { kind: K }>;

/** A mark as the browser journals and sends it. */
export const Mark = z.strictObject({
  markId: Uuid.describe('Made where the mark is made: sending it again changes nothing'),
  madeAt: z.iso.datetime(),
  /** The highest sequence number of the study that its maker had seen; 0: none. What came between may conflict. */
  seen: z.number().int().min(0),
  deed: Deed,
});
export type Mark = z.infer<typeof Mark>;

/** A mark as the server keeps it. */
export const KeptMark = Mark.extend({
  /** Within the study, from 1, without gaps. */
  sequence: z.number().int().min(1),
  author: z.string(),
  authorName: z.string(),
  receivedAt: z.iso.datetime(),
});
export type KeptMark = z.infer<typeof KeptMark>;
