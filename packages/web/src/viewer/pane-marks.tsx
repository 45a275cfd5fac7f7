/** Lines of the other panes' slices, the focus and the level: SVG, from geometry alone. */
import { add, distance, dot, subtract, type Vec3 } from '@promontory/core/geometry';
import type { Level } from './geometry/levels.ts';
import { type PanePlane, toCanvas } from './geometry/pane-plane.ts';
import { referenceLine } from './geometry/reference-line.ts';
import { frameShown, type PaneState, type Source, type ViewerStore } from './state.ts';

export interface MarksProps {
  readonly view: PanePlane;
  readonly source: Source;
  readonly paneNumber: number;
  /** Of all panes that are to be seen. */
  readonly panes: readonly PaneState[];
  readonly store: ViewerStore;
  readonly hasLines: boolean;
  readonly focusMm?: Vec3;
  readonly level?: Level;
  readonly levelName?: string;
}

const SPREAD = 6;

export function PaneMarks(props: MarksProps) {
  const { view, source, paneNumber, panes, store, hasLines, focusMm, level, levelName } = props;
  const px = (point: Vec3): string =>
    toCanvas(view, point)
      .map((x) => x.toFixed(1))
      .join(',');
  return (
    <svg className="pane-marks" width={view.widthPx} height={view.heightPx} aria-hidden="true">
      {hasLines &&
        panes.map((pane, n) => {
          const frame = frameShown(pane);
          if (n === paneNumber || frame === undefined || pane.source === undefined) return null;
          const shift = store.shiftTo(pane.source, source);
          if (shift === undefined) return null;
          // Two series of the same slices make one line.
          if (panes.slice(0, n).some((before, b) => b !== paneNumber && isSameSlice(before, pane)))
            return null;
          const line = referenceLine(view.plane, {
            ...frame.plane,
            originMm: add(frame.plane.originMm, shift),
          });
          if (line === undefined) return null;
          const [from, to] = line.ends.map((end) => toCanvas(view, end));
          return (
            <g
              key={paneKey(n)}
              className={line.isBeyond ? 'reference-line beyond' : 'reference-line'}
              data-from={n + 1}
            >
              <polygon points={line.slab.map(px).join(' ')} />
              <line x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} className="under" />
              <line x1={from[0]} y1={from[1]} x2={to[0]} y2={to[1]} />
            </g>
          );
        })}
      {level !== undefined && source.series.plane === 'sagittal' && (
        <LevelMark view={view} centre={level.place.centreMm} name={levelName ?? level.label} />
      )}
      {focusMm !== undefined && <CrossHair view={view} point={focusMm} />}
    </svg>
  );
}

/** A pointer at the front edge, so that nothing of the disc is covered. */
function LevelMark({
  view,
  centre,
  name,
}: {
  readonly view: PanePlane;
  readonly centre: Vec3;
  readonly name: string;
}) {
  const y = toCanvas(view, centre)[1];
  if (y < 0 || y > view.heightPx) return null;
  return (
    <g className="level-mark" transform={`translate(0 ${y.toFixed(1)})`}>
      <path d="M22 -6 34 0 22 6z" />
      <text x={40} y={5}>
        {name}
      </text>
    </g>
  );
}

/** Broken in the middle; dashed where the point lies off the slice. */
function CrossHair({ view, point }: { readonly view: PanePlane; readonly point: Vec3 }) {
  const [x, y] = toCanvas(view, point);
  const offMm = dot(subtract(point, view.plane.originMm), view.plane.normal);
  const isOff = Math.abs(offMm) > view.plane.thicknessMm / 2 + 1e-6;
  const { widthPx: w, heightPx: h } = view;
  const path = `M0 ${y}H${x - SPREAD}M${x + SPREAD} ${y}H${w}M${x} 0V${y - SPREAD}M${x} ${y + SPREAD}V${h}`;
  return (
    <g className={isOff ? 'cross-hair off' : 'cross-hair'}>
      <path d={path} className="under" />
      <path d={path} />
    </g>
  );
}

/** To a hundredth of a millimetre. */
function isSameSlice(a: PaneState, b: PaneState): boolean {
  const [one, other] = [frameShown(a), frameShown(b)];
  if (one === undefined || other === undefined || a.source === undefined || b.source === undefined)
    return false;
  if (a.source.series.frameOfReferenceUid !== b.source.series.frameOfReferenceUid) return false;
  const [p, q] = [one.plane, other.plane];
  const isAlike = (x: Vec3, y: Vec3) => distance(x, y) < 0.01;
  return (
    isAlike(p.originMm, q.originMm) &&
    isAlike(p.rowDirection, q.rowDirection) &&
    isAlike(p.columnDirection, q.columnDirection) &&
    p.thicknessMm === q.thicknessMm
  );
}

/** A pane is its place. */
const paneKey = (place: number): string => `pane ${place + 1}`;
