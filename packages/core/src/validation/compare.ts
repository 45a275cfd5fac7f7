import type { Vec3, Volume } from '../geometry/index.ts';
import { type DiscFinding, type DiscLabel, discValue, type Findings } from '../spine/index.ts';
import { compareMasks, type StructureAgreement } from './overlap.ts';
import type { DiscTruth, Mask, StudyTruth } from './truth.ts';

/** A disc that an expert graded, and what the reading says of it. */
export interface ComparedDisc {
  readonly study: string;
  readonly patient: string;
  readonly truth: DiscTruth;
  /** Absent where the reading has no disc of that number. */
  readonly said: DiscFinding | undefined;
}

export interface ComparedStudy {
  readonly study: string;
  readonly patient: string;
  readonly traits: Readonly<Record<string, string>>;
  readonly discs: readonly ComparedDisc[];
  /** Per structure of the mask; absent where the study has none. */
  readonly structures?: readonly StructureAgreement[];
  /** Farthest that a disc lies from the mask's disc of its number, mm; infinite where one is missing. */
  readonly farthestDiscMm?: number;
  readonly discsFound: number;
  readonly numberingConfidence: number;
  readonly outOfDistribution: boolean;
  readonly durationMs: number;
}

/** The part of a reading that is held against labels. */
export interface ReadStudy {
  readonly findings: Findings;
  readonly segmentation: Volume<Uint8Array>;
}

/** Holds one reading against its labels. Discs are matched by their number from the lowest, as a reader would. */
export function compareStudy(reading: ReadStudy, truth: StudyTruth, mask?: Mask): ComparedStudy {
  const { findings } = reading;
  const values = valuesLowestFirst(findings);
  const numbered = (number: number): DiscFinding | undefined =>
    findings.discs.find((d) => d.segmentationValue === values[number - 1]);
  const masks = mask && compareMasks(reading.segmentation, mask, values);
  return {
    study: truth.study,
    patient: truth.patient,
    traits: { ...truth.traits, sequence: gridRole(findings) },
    discs: truth.discs.map((t) => ({
      study: truth.study,
      patient: truth.patient,
      truth: t,
      said: numbered(t.number),
    })),
    ...(masks && {
      structures: masks.structures,
      farthestDiscMm: farthest(masks.discCentresMm, numbered, truth),
    }),
    discsFound: findings.discs.length,
    numberingConfidence: findings.numbering.confidence,
    outOfDistribution: findings.quality.outOfDistribution.flagged,
    durationMs: findings.provenance.durationMs.total,
  };
}

/** Discs above T9/T10 get no name, so a mask may hold more than a reading can. */
const MOST_NAMED = 9;

/** Voxel values of the discs by their number, from the one that the reading calls the lowest; none where it names none. */
function valuesLowestFirst({ numbering }: Findings): number[] {
  if (numbering.lowestDisc === undefined) return [];
  const lowest = discValue(numbering.lowestDisc as DiscLabel);
  return Array.from({ length: MOST_NAMED }, (_, i) => lowest - i);
}

/**
 * In the sagittal plane alone: the reading gives the centre of the disc in its middle slice, the mask the centre of the
 * whole disc. Where discs were graded, only those count: a disc cut by the image's edge is in the mask, but not graded.
 */
function farthest(
  centres: ReadonlyMap<number, Vec3>,
  numbered: (number: number) => DiscFinding | undefined,
  { discs }: StudyTruth,
): number {
  const wanted = discs.length > 0 ? discs.map((d) => d.number) : [...centres.keys()];
  let most = 0;
  for (const number of wanted) {
    const centre = centres.get(number);
    if (number > MOST_NAMED || centre === undefined) continue;
    const said = numbered(number)?.centroidMm;
    if (said === undefined) return Number.POSITIVE_INFINITY;
    most = Math.max(most, Math.hypot(said[1] - centre[1], said[2] - centre[2]));
  }
  return most;
}

function gridRole({ study, provenance }: Findings): string {
  return (
    study.series.find((s) => s.seriesInstanceUid === provenance.gridSeriesInstanceUid)?.role ?? 'unknown'
  );
}
