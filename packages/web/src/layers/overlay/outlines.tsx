import { containsPoint, type Point2 } from '@promontory/core/geometry';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { pathOf } from '../draw-path.ts';
import type { Place } from '../pointer.ts';
import type { PaneProjection } from '../projection.ts';
import { useOverlaySettings } from './overlay-settings.ts';
import { STYLE } from './structures.ts';
import type { DrawnOutline } from './use-outlines.ts';

interface Props {
  readonly pane: PaneProjection;
  readonly outlines: readonly DrawnOutline[];
  readonly nameOf: (label: string) => string;
  /** The level in focus, by the reading's own name. */
  readonly focus?: string | undefined;
  /** Drawn elsewhere at this moment: it is being edited. */
  readonly without?: string | undefined;
}

export const keyOf = ({ structure, label }: Pick<DrawnOutline, 'structure' | 'label'>): string =>
  `${structure} ${label ?? ''}`;

export function Outlines({ pane, outlines, nameOf, focus, without }: Props) {
  const { strength, structures, names } = useOverlaySettings();
  const shown = outlines.filter((o) => structures.has(o.structure) && keyOf(o) !== without);
  return (
    <>
      {/* Each path by itself: a group's opacity is a picture of its own, the size of the pane. */}
      <g>
        {shown.map((outline) => {
          const style = STYLE[outline.structure];
          const isFocused = outline.structure === 'disc' && outline.label === focus;
          const d = outline.outlines.map((region) => pathOf(region, pane, true)).join('');
          return (
            <g key={keyOf(outline)} fill="none" strokeLinejoin="round">
              <path
                d={d}
                stroke="var(--image-ground)"
                strokeOpacity={0.55 * strength}
                strokeWidth={style.widthPx + 1.5}
              />
              <path
                d={d}
                fill={style.colour}
                fillOpacity={strength * (isFocused ? style.fillOpacity + 0.12 : style.fillOpacity)}
                stroke={style.colour}
                strokeOpacity={strength}
                strokeWidth={isFocused ? style.widthPx + 1.25 : style.widthPx}
                strokeDasharray={outline.isEdited ? '' : style.dash}
              />
            </g>
          );
        })}
      </g>
      {names && (
        <g className="layers-names">
          {shown
            .filter((o) => o.structure === 'disc' && o.label !== undefined)
            .map((o) => (
              <LevelName
                key={o.label}
                pane={pane}
                outline={o}
                name={nameOf(o.label ?? '')}
                isFocused={o.label === focus}
              />
            ))}
        </g>
      )}
    </>
  );
}

/** A level has room for its name from here on; below, only the one in focus is named. */
const ROOM_PX = 9;

function LevelName({
  pane,
  outline,
  name,
  isFocused,
}: {
  readonly pane: PaneProjection;
  readonly outline: DrawnOutline;
  readonly name: string;
  readonly isFocused: boolean;
}) {
  const points = (outline.outlines[0] ?? []).map((p) => pane.toCanvas(p));
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  if (Math.max(...ys) - Math.min(...ys) < ROOM_PX && !isFocused) return null;
  // In front of the spine (left in a sagittal image as it is usually shown), where there is nothing else to read.
  const fits = left > 48;
  const x = fits ? left - 7 : right + 7;
  // Beside the end of the disc that the name stands at: discs are tilted.
  const edge = points.filter(([px]) =>
    fits ? px < left + (right - left) * 0.25 : px > right - (right - left) * 0.25,
  );
  const y = edge.reduce((sum, p) => sum + p[1], 0) / Math.max(1, edge.length);
  return (
    <text
      x={x}
      y={y}
      dy="0.35em"
      textAnchor={fits ? 'end' : 'start'}
      className={isFocused ? 'layers-name layers-name-focused' : 'layers-name'}
    >
      {name}
    </text>
  );
}

/** What lies under the pointer: the smallest that holds it. */
export function useOutlineAt(
  pane: PaneProjection,
  outlines: readonly DrawnOutline[],
): (place: Place) => DrawnOutline | undefined {
  const { structures } = useOverlaySettings();
  const regions = useMemo(
    () =>
      outlines
        .filter((o) => structures.has(o.structure))
        .flatMap((outline) =>
          outline.outlines.map((region) => {
            const polygon = region.map((p): Point2 => pane.toCanvas(p));
            const xs = polygon.map((p) => p[0]);
            const ys = polygon.map((p) => p[1]);
            const size = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
            return { outline, polygon, size };
          }),
        )
        .sort((a, b) => a.size - b.size),
    [pane, outlines, structures],
  );
  return ({ x, y }) => regions.find(({ polygon }) => containsPoint(polygon, [x, y]))?.outline;
}

/** `L4/L5 disc`, `Dural sac`. */
export function useStructureName(
  nameOf: (label: string) => string,
): (outline: Pick<DrawnOutline, 'structure' | 'label'>) => string {
  const { t } = useTranslation('layers');
  return ({ structure, label }) =>
    label === undefined
      ? t(`structure.${structure}`)
      : t(`structure-of.${structure}`, { level: nameOf(label) });
}
