import { dot, subtract } from '../geometry/index.ts';
import {
  absent,
  type DiscLabel,
  type DiscSignals,
  type Findings,
  found,
  type Landmark,
  levelAt,
  type MeasureReason,
  type Outcome,
  type PlanePoint,
  REASONS,
  type SagittalPlane,
  type SpineOutline,
  type SpineSignals,
  spineShapes,
  type VertebraLabel,
} from '../spine/index.ts';
import type { EditedOutline } from './edited-outline.ts';
import type { Geometry, PointMm } from './review.ts';

/** A patient position brought into a plane along its normal, mm. */
export function placeInPlane(plane: SagittalPlane, positionMm: PointMm): PlanePoint {
  const from = subtract(positionMm, plane.originMm);
  return [dot(from, plane.uAxis), dot(from, plane.vAxis)];
}

const known = new Set<string>(Object.values(REASONS));
/** A reason of the document; those of other versions say at least that there is nothing. */
const reasonOf = (notMeasured: Readonly<Record<string, string>>, field: string): MeasureReason => {
  const reason = notMeasured[field];
  return reason !== undefined && known.has(reason) ? (reason as MeasureReason) : REASONS.notSeen;
};

/**
 * What the reading took from the pixels, for measuring again without them: kept where the outlines that it was read
 * within are the reading's still, absent with the reason `outline-edited` elsewhere. CSF is read within the sac, so
 * everything against CSF goes with the sac's outline.
 */
export function keptSignals(
  findings: Findings,
  edited: EditedOutline,
  landmarks: Geometry['landmarks'],
): SpineSignals {
  const { outline, isEdited } = edited;
  const gone = absent(REASONS.outlineEdited);
  const keep = <T>(
    value: T | undefined,
    notMeasured: Readonly<Record<string, string>>,
    field: string,
    isStillSo: boolean,
  ): Outcome<T> => {
    // What was absent stays absent for its own reason: drawing does not make a missing image.
    if (value === undefined) return absent(reasonOf(notMeasured, field));
    return isStillSo ? found(value) : gone;
  };
  const sac = !isEdited('sac');
  const discs = new Map<DiscLabel, DiscSignals>();
  for (const canal of findings.canal) {
    const level = canal.level as DiscLabel;
    const disc = findings.discs.find((d) => d.label === level);
    const inDisc = sac && !isEdited('disc', level);
    const missing = { signalRatio: REASONS.notSeen, highIntensityZone: REASONS.notSeen };
    const notMeasured = disc?.notMeasured ?? missing;
    discs.set(level, {
      signalRatio: keep(disc?.signalRatio, notMeasured, 'signalRatio', inDisc),
      highIntensityZone: keep(disc?.highIntensityZone?.present, notMeasured, 'highIntensityZone', inDisc),
      csfFraction: keep(canal.csfFraction, canal.notMeasured, 'csfFraction', sac),
    });
  }
  return {
    discs,
    vertebrae: new Map(
      findings.vertebrae.map(({ label, signalToSac, notMeasured }) => [
        label as VertebraLabel,
        keep(signalToSac, notMeasured, 'signalToSac', sac && !isEdited('body', label)),
      ]),
    ),
    // The conus was seen as a dark band within the sac, unless the cord itself is outlined.
    conus: landmark(findings, 'conusLevel', outline, landmarks, () =>
      sac || outline.cord !== undefined ? undefined : gone,
    ),
    sacEnd: landmark(findings, 'sacEnd', outline, landmarks, () => (sac ? undefined : endOfSac(outline))),
  };
}

/** A landmark where a person placed it, else where the reading saw it, with the level that it lies at by now. */
function landmark(
  findings: Findings,
  name: 'conusLevel' | 'sacEnd',
  outline: SpineOutline,
  placed: Geometry['landmarks'],
  otherwise: () => Outcome<Landmark> | undefined,
): Outcome<Landmark> {
  const byHand = placed[name] && levelOfPlace(outline, placed[name]);
  if (byHand !== undefined) return found(byHand);
  const { [name]: read, notMeasured } = findings.alignment;
  if (read === undefined) return absent(reasonOf(notMeasured, name));
  return otherwise() ?? named(outline, placeInPlane(outline.plane, read.positionMm));
}

/** The level that a patient position lies at; `undefined` above the highest body that could be read. */
export function levelOfPlace(outline: SpineOutline, positionMm: PointMm): Landmark | undefined {
  const outcome = named(outline, placeInPlane(outline.plane, positionMm));
  return 'found' in outcome ? outcome.found : undefined;
}

function endOfSac(outline: SpineOutline): Outcome<Landmark> {
  const { sac } = outline;
  if (sac === undefined || sac.length === 0) return absent(REASONS.notSegmented);
  return named(
    outline,
    sac.reduce((low, p) => (p[1] > low[1] ? p : low)),
  );
}

function named(outline: SpineOutline, place: PlanePoint): Outcome<Landmark> {
  const level = levelAt(spineShapes(outline), place);
  return level === undefined ? absent(REASONS.notSeen) : found({ level, place });
}
