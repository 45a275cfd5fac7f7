/** Placing points in one pane: by pointer, by touch, by keyboard. */
import { normalise, subtract, type Vec3 } from '@promontory/core/geometry';
import type { MeasuringTool } from '@promontory/core/review';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { ARROWS, type Drag, type Place, TREMBLE_PX } from '../pointer.ts';
import type { PaneProjection } from '../projection.ts';
import {
  closed,
  ellipseInBox,
  NOTHING_PLACED,
  type Placing,
  withoutLast,
  withPoint,
  withStroke,
} from './placing.ts';

export interface PlacingInPane {
  readonly placing: Placing;
  /** Where the next point would be. */
  readonly cursor?: Place;
  hover(place: Place | undefined): void;
  press(place: Place): Drag;
  onKey(event: KeyboardEvent): boolean;
}

/** Back at the first point, CSS px: then a border closes. */
const CLOSING_PX = 10;
/** One press of an arrow, CSS px; with Shift one. */
const STEP_PX = 8;

export function usePlacing(
  pane: PaneProjection,
  tool: MeasuringTool | undefined,
  finish: (tool: MeasuringTool, points: readonly Vec3[]) => void,
): PlacingInPane {
  const [placing, setPlacing] = useState(NOTHING_PLACED);
  const [cursor, setCursor] = useState<Place>();
  const { sopInstanceUid, frame } = pane;

  // Points belong to the image on which they were set.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say that another image is shown, or another tool is used
  useEffect(() => setPlacing(NOTHING_PLACED), [sopInstanceUid, frame, tool]);

  const at = ({ x, y }: Place): Vec3 => pane.toPatient(x, y);
  const take = (next: Placing): void => {
    if (tool === undefined) return;
    if (next.complete) {
      setPlacing(NOTHING_PLACED);
      finish(tool, next.points);
    } else setPlacing(next);
  };
  const closesAt = (place: Place): boolean => {
    if (tool !== 'area' || placing.points.length < 3) return false;
    const [x, y] = pane.toCanvas(placing.points[0]);
    return Math.hypot(x - place.x, y - place.y) <= CLOSING_PX;
  };
  const setAt = (place: Place): void => {
    if (tool === undefined) return;
    take(closesAt(place) ? closed(placing) : withPoint(tool, placing, at(place)));
  };

  const press = (from: Place): Drag => {
    if (tool === undefined) return { move() {}, end() {}, cancel() {} };
    if (tool === 'area') {
      let stroke = closesAt(from) ? placing : withPoint(tool, placing, at(from));
      const isClosing = closesAt(from);
      return {
        move(place) {
          stroke = withStroke(stroke, at(place));
          setPlacing(stroke);
          setCursor(place);
        },
        end(_, wasMoved) {
          take(wasMoved || isClosing ? closed(stroke) : stroke);
        },
        cancel: () => setPlacing(placing),
      };
    }
    const first = withPoint(tool, placing, at(from));
    return {
      move(place) {
        // The press set a point, the drag carries the next one; the last one is carried itself.
        if (!first.complete) setPlacing(first);
        setCursor(place);
      },
      end(to, wasMoved) {
        setCursor(to);
        if (!wasMoved) take(first);
        else if (first.complete) take(withPoint(tool, placing, at(to)));
        else if (tool === 'ellipse' && placing.points.length === 0)
          take({ points: ellipseInBox(at(from), at(to), rightOf(pane)), complete: true });
        else take(withPoint(tool, first, at(to)));
      },
      cancel: () => setPlacing(placing),
    };
  };

  const onKey = (event: KeyboardEvent): boolean => {
    if (tool === undefined) return false;
    const arrow = ARROWS[event.key];
    const from = cursor ?? { x: pane.widthPx / 2, y: pane.heightPx / 2 };
    if (arrow !== undefined) {
      const step = event.shiftKey ? 1 : STEP_PX;
      setCursor({
        x: Math.min(pane.widthPx, Math.max(0, from.x + arrow[0] * step)),
        y: Math.min(pane.heightPx, Math.max(0, from.y + arrow[1] * step)),
      });
    } else if (event.key === 'Enter' || event.key === ' ') {
      // Enter twice at one place closes a border.
      const last = placing.points.at(-1);
      const [x, y] = last === undefined ? [Number.NaN, 0] : pane.toCanvas(last);
      const isSamePlace = Math.hypot(x - from.x, y - from.y) < TREMBLE_PX;
      if (isSamePlace) {
        if (tool === 'area') take(closed(placing));
      } else setAt(from);
      setCursor(from);
    } else if (event.key === 'Backspace' && placing.points.length > 0) setPlacing(withoutLast(placing));
    else if (event.key === 'Escape' && placing.points.length > 0) setPlacing(NOTHING_PLACED);
    else return false;
    return true;
  };

  return { placing, ...(cursor && { cursor }), hover: setCursor, press, onKey };
}

/** Unit direction of the pane's rows as they are shown. */
function rightOf(pane: PaneProjection): Vec3 {
  return normalise(subtract(pane.toPatient(100, 0), pane.toPatient(0, 0)));
}
