/** The measurements of the image shown: chosen, moved, taken away. What is drawn comes from the marks alone. */
import { add, scale, subtract, type Vec3 } from '@promontory/core/geometry';
import type { ReviewMeasurement } from '@promontory/core/review';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { plainText } from '../../look/index.ts';
import { useFigureText } from '../figure-text.ts';
import type { ImagePane } from '../image-pane.ts';
import { ARROWS, type Drag, type Place } from '../pointer.ts';
import { selectMeasurement, useSelectedMeasurement } from './active-tool.ts';
import { isShownOn } from './bound.ts';
import { MeasurementShape } from './measurement-shape.tsx';
import { roiStatistics } from './roi.ts';
import { halfWidth95 } from './uncertainty.ts';
import { measuredValue, slipPercent } from './value.ts';

export interface MeasurementDraft {
  readonly markId: string;
  readonly pointsMm: readonly Vec3[];
}

interface Props {
  readonly pane: ImagePane;
  readonly measurements: readonly ReviewMeasurement[];
  readonly draft?: MeasurementDraft | undefined;
  /** A tool is in the hand: nothing else is grabbed. */
  readonly isPlacing: boolean;
  readonly mayChange: boolean;
  change(measurement: ReviewMeasurement, pointsMm: readonly Vec3[]): void;
  remove(measurement: ReviewMeasurement): void;
}

/** What stands beside a measurement. */
export function useMeasurementText(
  pane?: ImagePane,
): (
  m: Pick<ReviewMeasurement, 'tool' | 'value' | 'unit' | 'uncertainty' | 'pointsMm' | 'caption'>,
) => string[] {
  const { t, i18n } = useTranslation('layers');
  const figure = useFigureText();
  return (m) => {
    const lines = [figure.withUncertainty(m.value, m.uncertainty, m.unit)];
    if (m.caption !== undefined) lines.unshift(plainText(m.caption));
    if (m.tool === 'slip') {
      const percent = slipPercent(m.pointsMm);
      if (percent !== undefined) lines.push(t('slip.percent', { figure: figure.value(percent, 'percent') }));
    }
    const roi = pane === undefined ? undefined : roiStatistics(m.tool, m.pointsMm, pane);
    if (roi !== undefined) {
      const number = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 4 });
      lines.push(
        t('roi.mean', { mean: number.format(roi.mean), sd: number.format(roi.sd), count: roi.count }),
      );
    }
    return lines;
  };
}

export function MeasurementsLayer({
  pane,
  measurements,
  draft,
  isPlacing,
  mayChange,
  change,
  remove,
}: Props) {
  const { t } = useTranslation('layers');
  const textOf = useMeasurementText(pane);
  const selected = useSelectedMeasurement();
  const [chosenPoint, setChosenPoint] = useState(0);
  const shown = measurements.filter((m) => isShownOn(m, pane));

  const onKey = (event: KeyboardEvent, m: ReviewMeasurement): void => {
    if (event.key === 'Enter' || event.key === ' ') {
      selectMeasurement(m.firstMarkId);
      setChosenPoint((k) => (selected === m.firstMarkId ? (k + 1) % m.pointsMm.length : 0));
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && mayChange) remove(m);
    else if (event.key in ARROWS && selected === m.firstMarkId && mayChange) {
      // The last move may not have come back from the marks yet.
      const pointsMm = draft?.markId === m.markId ? draft.pointsMm : m.pointsMm;
      const next = nudged(pane, pointsMm[chosenPoint] ?? pointsMm[0], ARROWS[event.key]);
      change(
        m,
        pointsMm.map((p, k) => (k === chosenPoint ? next : p)),
      );
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return shown.map((m) => {
    const isSelected = selected === m.firstMarkId;
    const pointsMm = draft?.markId === m.markId ? draft.pointsMm : m.pointsMm;
    const lines = textOf(previewed(m, pointsMm, pane));
    const name = t('measurement.name', { tool: t(`tool.${m.tool}`), figures: lines.join(', ') });
    return (
      // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a picture
      <g
        // The same element for its whole life: whoever moves it by keys keeps the focus.
        key={m.inConflict ? m.markId : m.firstMarkId}
        role="button"
        tabIndex={0}
        aria-pressed={isSelected}
        aria-label={m.inConflict ? t('measurement.conflict', { name }) : name}
        aria-keyshortcuts="Enter Delete ArrowUp ArrowDown ArrowLeft ArrowRight"
        data-measurement={m.tool}
        onFocus={() => selectMeasurement(m.firstMarkId)}
        onKeyDown={(event) => onKey(event, m)}
      >
        <MeasurementShape
          pane={pane}
          tool={m.tool}
          points={pointsMm}
          lines={m.inConflict ? [...lines, t('conflict.by', { name: plainText(m.byName) })] : lines}
          isSelected={isSelected}
          {...(!isPlacing && { grab: `measurement ${m.markId}` })}
        />
      </g>
    );
  });
}

/** While it is dragged its figure follows. */
function previewed(m: ReviewMeasurement, pointsMm: readonly Vec3[], pane: ImagePane): ReviewMeasurement {
  if (pointsMm === m.pointsMm) return m;
  const points = pointsMm.map(([x, y, z]): [number, number, number] => [x, y, z]);
  const value = measuredValue(m.tool, points);
  if (value === undefined || pane.pixelMm === undefined) return { ...m, pointsMm: points };
  const uncertainty = halfWidth95(m.tool, points, { pixelMm: pane.pixelMm, thicknessMm: pane.thicknessMm });
  return { ...m, pointsMm: points, value, uncertainty };
}

export const NUDGE_MM = 0.5;

/** Half a millimetre the way the arrow shows on the screen. */
export function nudged(pane: ImagePane, point: Vec3, [dx, dy]: readonly [number, number]): Vec3 {
  const [x, y] = pane.toCanvas(point);
  const step = NUDGE_MM * pane.pxPerMm;
  const move = subtract(pane.toPatient(x + dx * step, y + dy * step), pane.toPatient(x, y));
  return add(point, move);
}

const REACH_PX = 14;

/** A press on a measurement moves the point under it, or all of it. */
export function dragMeasurement(
  pane: ImagePane,
  m: ReviewMeasurement,
  from: Place,
  follow: {
    draft(draft: MeasurementDraft | undefined): void;
    change(measurement: ReviewMeasurement, pointsMm: readonly Vec3[]): void;
    mayChange: boolean;
  },
): Drag {
  const distances = m.pointsMm.map((p) => {
    const [x, y] = pane.toCanvas(p);
    return Math.hypot(x - from.x, y - from.y);
  });
  const nearest = distances.indexOf(Math.min(...distances));
  const grabbed = m.tool !== 'area' && distances[nearest] <= REACH_PX ? nearest : undefined;
  const start = pane.toPatient(from.x, from.y);
  const movedTo = ({ x, y }: Place): Vec3[] => {
    const by = subtract(pane.toPatient(x, y), start);
    // What stands on the plane stays on it, whatever rounding the projection has.
    const n = pane.planeNormal;
    const inPlane = subtract(by, scale(n, by[0] * n[0] + by[1] * n[1] + by[2] * n[2]));
    return m.pointsMm.map((p, k) => (grabbed === undefined || grabbed === k ? add(p, inPlane) : p));
  };
  selectMeasurement(m.firstMarkId);
  return {
    move(place) {
      if (follow.mayChange) follow.draft({ markId: m.markId, pointsMm: movedTo(place) });
    },
    end(place, wasMoved) {
      if (wasMoved && follow.mayChange) follow.change(m, movedTo(place));
    },
    cancel: () => follow.draft(undefined),
  };
}
