/**
 * Grabbing things in an overlay. The listeners are the browser's own, on the overlay itself: what grabs is kept from the
 * pane beneath (windowing, scrolling a stack), which would hear of it before React does.
 */
import { type RefObject, useEffect, useRef } from 'react';

/** In CSS px of the overlay. */
export interface Place {
  readonly x: number;
  readonly y: number;
}
export interface Drag {
  move(place: Place): void;
  /** `wasMoved`: further than a trembling hand. */
  end(place: Place, wasMoved: boolean): void;
  cancel(): void;
}
/** @returns what follows the pointer; `undefined` leaves it to the pane */
export type Grab = (what: string, place: Place, event: PointerEvent) => Drag | undefined;

export const TREMBLE_PX = 5;
const GRABBED = '[data-grab]';

export function useGrab(overlay: RefObject<SVGSVGElement | null>, grab: Grab): void {
  const latest = useRef(grab);
  latest.current = grab;
  useEffect(() => {
    const svg = overlay.current;
    if (svg === null) return;
    let held: { readonly id: number; readonly from: Place; readonly drag: Drag; moved: boolean } | undefined;
    const placeOf = (event: PointerEvent): Place => {
      const box = svg.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const grabbed = (event: Event): string | undefined =>
      event.target instanceof Element
        ? (event.target.closest(GRABBED)?.getAttribute('data-grab') ?? undefined)
        : undefined;
    const down = (event: PointerEvent): void => {
      const what = grabbed(event);
      if (what === undefined || event.button !== 0 || held !== undefined) return;
      const from = placeOf(event);
      const drag = latest.current(what, from, event);
      if (drag === undefined) return;
      event.stopPropagation();
      held = { id: event.pointerId, from, drag, moved: false };
      svg.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent): void => {
      if (held?.id !== event.pointerId) return;
      event.stopPropagation();
      const place = placeOf(event);
      held.moved ||= Math.hypot(place.x - held.from.x, place.y - held.from.y) > TREMBLE_PX;
      if (held.moved) held.drag.move(place);
    };
    const up = (event: PointerEvent): void => {
      if (held?.id !== event.pointerId) return;
      event.stopPropagation();
      const { drag, moved } = held;
      held = undefined;
      if (event.type === 'pointerup') drag.end(placeOf(event), moved);
      else drag.cancel();
    };
    // The same press again, in the older events: libraries beneath listen to these.
    const keep = (event: Event): void => {
      if (grabbed(event) !== undefined) event.stopPropagation();
    };
    svg.addEventListener('pointerdown', down);
    svg.addEventListener('pointermove', move);
    svg.addEventListener('pointerup', up);
    svg.addEventListener('pointercancel', up);
    for (const type of ['mousedown', 'touchstart', 'dblclick'])
      svg.addEventListener(type, keep, { passive: true });
    return () => {
      svg.removeEventListener('pointerdown', down);
      svg.removeEventListener('pointermove', move);
      svg.removeEventListener('pointerup', up);
      svg.removeEventListener('pointercancel', up);
      for (const type of ['mousedown', 'touchstart', 'dblclick']) svg.removeEventListener(type, keep);
    };
  }, [overlay]);
}

/** Steps of the arrow keys as they look on the screen. */
export const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
