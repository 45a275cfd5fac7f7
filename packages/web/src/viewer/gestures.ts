/** Pointer, wheel and touch on a pane. */
import { type RefObject, useEffect, useRef } from 'react';
import type { Gesture } from './state.ts';

/** What a pane does when it is dragged, turned at or pinched. Places and distances are CSS px of the pane. */
export interface PaneActions {
  readonly gesture: Gesture;
  /** Steps are whole slices. */
  scroll(steps: number): void;
  /** Since the drag began, as shares of the pane's size. */
  window(across: number, along: number, isStart: boolean): void;
  /** Since the last call. */
  pan(acrossPx: number, alongPx: number): void;
  zoom(factor: number, x: number, y: number): void;
  pointAt(x: number, y: number): void;
  activate(): void;
  /** A quick stroke of one finger across the pane: to the next or the previous series. */
  swipe(direction: 1 | -1): void;
}

const PX_PER_SLICE = 9;
const WHEEL_PX_PER_SLICE = 60;

export function useGestures(target: RefObject<HTMLElement | null>, actions: PaneActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const element = target.current;
    if (element === null) return;
    return attach(element, () => latest.current);
  }, [target]);
}

interface Pointer {
  readonly id: number;
  x: number;
  y: number;
}

function attach(element: HTMLElement, actions: () => PaneActions): () => void {
  const pointers = new Map<number, Pointer>();
  let gesture: Gesture | undefined;
  let start = { x: 0, y: 0, at: 0, isTouch: false };
  let left = 0;
  let wheel = 0;

  const placeOf = (event: PointerEvent | WheelEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, width: box.width, height: box.height };
  };

  function gestureOf(event: PointerEvent): Gesture | undefined {
    if (event.button === 1) return 'pan';
    if (event.button === 2) return 'window';
    if (event.button !== 0) return undefined;
    if (event.shiftKey) return 'cross-hair';
    if (event.ctrlKey || event.metaKey) return 'zoom';
    if (event.altKey) return 'pan';
    return actions().gesture;
  }

  const down = (event: PointerEvent): void => {
    actions().activate();
    // What lies over the image takes its own drags.
    const isTaken =
      event.target instanceof Element && event.target.closest('[data-grab], button, a, input') !== null;
    if (event.defaultPrevented || (isTaken && event.button === 0)) return;
    const { x, y } = placeOf(event);
    pointers.set(event.pointerId, { id: event.pointerId, x, y });
    element.setPointerCapture(event.pointerId);
    if (pointers.size > 1) {
      gesture = undefined;
      return;
    }
    gesture = gestureOf(event);
    start = { x, y, at: event.timeStamp, isTouch: event.pointerType === 'touch' };
    left = 0;
    if (gesture === 'window') actions().window(0, 0, true);
    if (gesture === 'cross-hair') actions().pointAt(x, y);
  };

  const move = (event: PointerEvent): void => {
    const pointer = pointers.get(event.pointerId);
    if (pointer === undefined) return;
    const { x, y, width, height } = placeOf(event);
    const [dx, dy] = [x - pointer.x, y - pointer.y];
    if (pointers.size === 2) pinch(pointer, x, y);
    else if (gesture === 'scroll') {
      left += dy;
      const steps = Math.trunc(left / PX_PER_SLICE);
      left -= steps * PX_PER_SLICE;
      if (steps !== 0) actions().scroll(steps);
    } else if (gesture === 'window') actions().window((x - start.x) / width, (y - start.y) / height, false);
    else if (gesture === 'pan') actions().pan(dx, dy);
    else if (gesture === 'zoom') actions().zoom(1.006 ** -dy, start.x, start.y);
    else if (gesture === 'cross-hair') actions().pointAt(x, y);
    pointer.x = x;
    pointer.y = y;
  };

  /** Two fingers: apart is larger, together they move the picture. */
  function pinch(moved: Pointer, x: number, y: number): void {
    const other = [...pointers.values()].find(({ id }) => id !== moved.id);
    if (other === undefined) return;
    const before = Math.hypot(moved.x - other.x, moved.y - other.y);
    const after = Math.hypot(x - other.x, y - other.y);
    if (before > 0 && after > 0) actions().zoom(after / before, (x + other.x) / 2, (y + other.y) / 2);
    actions().pan((x - moved.x) / 2, (y - moved.y) / 2);
  }

  const up = (event: PointerEvent): void => {
    const pointer = pointers.get(event.pointerId);
    pointers.delete(event.pointerId);
    if (pointer === undefined || event.type === 'pointercancel' || !start.isTouch || gesture !== 'scroll')
      return;
    const across = pointer.x - start.x;
    const isQuick = event.timeStamp - start.at < 400;
    if (isQuick && Math.abs(across) > 60 && Math.abs(across) > 2 * Math.abs(pointer.y - start.y))
      actions().swipe(across < 0 ? 1 : -1);
  };

  const turn = (event: WheelEvent): void => {
    event.preventDefault();
    actions().activate();
    const px = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1);
    if (event.ctrlKey || event.metaKey) {
      const { x, y } = placeOf(event);
      actions().zoom(1.0015 ** -px, x, y);
      return;
    }
    wheel += px;
    // One notch of a wheel is one slice at least.
    const steps = Math.abs(px) >= WHEEL_PX_PER_SLICE ? Math.sign(px) : Math.trunc(wheel / WHEEL_PX_PER_SLICE);
    if (steps === 0) return;
    wheel = 0;
    actions().scroll(steps);
  };

  const noMenu = (event: Event): void => event.preventDefault();
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('wheel', turn, { passive: false });
  element.addEventListener('contextmenu', noMenu);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('wheel', turn);
    element.removeEventListener('contextmenu', noMenu);
  };
}
