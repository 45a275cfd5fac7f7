/** One measurement, drawn: lines, figure, and while it is chosen the points by which it is moved. */
import type { Vec3 } from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';
import { pathOf } from '../draw-path.ts';
import type { PaneProjection } from '../projection.ts';
import { drawingOf } from './drawing.ts';

interface Props {
  readonly pane: PaneProjection;
  readonly tool: MeasuringTool;
  readonly points: readonly Vec3[];
  /** What stands beside it. */
  readonly lines: readonly string[];
  /** By which it is grabbed; absent while it is being placed. */
  readonly grab?: string;
  readonly isSelected?: boolean;
}

const LINE_PX = 17;

export function MeasurementShape({ pane, tool, points, lines, grab, isSelected = false }: Props) {
  const drawing = drawingOf(tool, points);
  const [x, y] = pane.toCanvas(drawing.anchor);
  const widest = Math.max(0, ...lines.map((line) => line.length)) * 7.5;
  // The figure stays inside the pane.
  const isLeft = x + 12 + widest > pane.widthPx && x > pane.widthPx / 2;
  const top = Math.min(Math.max(y - 10, LINE_PX), pane.heightPx - 6 - LINE_PX * (lines.length - 1));
  return (
    <g className={isSelected ? 'measurement measurement-selected' : 'measurement'}>
      {drawing.lines.map((line, k) => {
        const d = pathOf(line.points, pane, line.isClosed === true);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one drawing have no other name
          <g key={k} fill="none">
            <path className="measurement-halo" d={d} />
            <path className={line.isAid ? 'measurement-line measurement-aid' : 'measurement-line'} d={d} />
            {grab !== undefined && <path className="measurement-grip" d={d} data-grab={grab} />}
          </g>
        );
      })}
      {(isSelected || grab === undefined) && tool !== 'area'
        ? points.map((point, k) => {
            const [px, py] = pane.toCanvas(point);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: points are told apart by their place in the list
              <circle key={k} className="measurement-point" cx={px} cy={py} r={isSelected ? 5 : 3} />
            );
          })
        : points.map((point, k) => {
            const [px, py] = pane.toCanvas(point);
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            return <circle key={k} className="measurement-end" cx={px} cy={py} r={tool === 'area' ? 1 : 2} />;
          })}
      {lines.map((line, k) => (
        <text
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          key={k}
          className="measurement-text"
          x={isLeft ? x - 12 : x + 12}
          y={top + k * LINE_PX}
          textAnchor={isLeft ? 'end' : 'start'}
        >
          {line}
        </text>
      ))}
    </g>
  );
}
