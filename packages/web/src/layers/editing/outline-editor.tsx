/** Grips and handles of the outlines that can be edited in this pane. */
import type { Vec3 } from '@promontory/core/geometry';
import type { SpineOutline } from '@promontory/core/spine';
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { pathOf } from '../draw-path.ts';
import { NUDGE_MM } from '../measuring/measurements-layer.tsx';
import { patientToPlane, planeToPatient } from '../overlay/plane-outline.ts';
import { STYLE } from '../overlay/structures.ts';
import { ARROWS, type Drag, type Place } from '../pointer.ts';
import type { PaneProjection } from '../projection.ts';
import { nearestVertex, pulledWithoutCrossing, withoutVertices, withVertex } from './deform.ts';
import { chooseOutline, useEditMode } from './edit-mode.ts';
import { type Editable, editablesOf, handlesFor } from './editable.ts';

export const keyOfEditable = ({ structure, label }: Editable): string => `${structure} ${label ?? ''}`;

/** Between handles, CSS px: a finger's width is that of their grip. */
const HANDLES_PX = 24;

interface Props {
  readonly pane: PaneProjection;
  readonly outline: SpineOutline;
  /** While a pull goes on: drawn in place of what stands. */
  readonly draft?: Editable | undefined;
  readonly nameOf: (editable: Editable) => string;
  setDraft(draft: Editable | undefined): void;
  keep(editable: Editable): void;
}

export function OutlineEditor({ pane, outline, draft, nameOf, setDraft, keep }: Props) {
  const { t } = useTranslation('layers');
  const { chosen, reachMm } = useEditMode();
  const editables = useMemo(() => editablesOf(outline), [outline]);
  const standing = editables.find((e) => keyOfEditable(e) === chosen);
  const current = draft ?? standing;
  // Handles keep their vertices while a pull goes on.
  const handles = useMemo(
    () => (standing === undefined ? [] : handlesFor(standing, outline, HANDLES_PX / pane.pxPerMm)),
    [standing, outline, pane.pxPerMm],
  );
  const at = (editable: Editable, index: number): readonly [number, number] =>
    pane.toCanvas(planeToPatient(outline.plane, editable.polygon[index]));

  // Who chose an outline by key goes on with its points.
  const first = useRef<SVGGElement>(null);
  const goesToHandle = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another outline has other handles
  useEffect(() => {
    if (goesToHandle.current) first.current?.focus({ preventScroll: true });
    goesToHandle.current = false;
  }, [chosen]);

  const onKey = (event: KeyboardEvent, index: number): void => {
    if (current === undefined) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      const [x, y] = at(current, index);
      const move = planeMove(
        pane,
        outline,
        { x, y },
        {
          x: x + arrow[0] * NUDGE_MM * pane.pxPerMm,
          y: y + arrow[1] * NUDGE_MM * pane.pxPerMm,
        },
      );
      setDraft({ ...current, polygon: pulledWithoutCrossing(current.polygon, index, move, reachMm) });
    } else if (event.key === 'Insert' || event.key === '+') {
      keep({ ...current, polygon: withVertex(current.polygon, index) });
    } else if (event.key === 'Delete' || event.key === '-') {
      keep({ ...current, polygon: withoutVertices(current.polygon, index, reachMm / 2) });
    } else if (event.key === 'Enter' && draft !== undefined) keep(draft);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const keepDraft = (): void => {
    if (draft !== undefined) keep(draft);
  };

  return (
    <>
      {editables.map((editable) => {
        const key = keyOfEditable(editable);
        const shown = draft !== undefined && key === chosen ? draft : editable;
        const d = pathOf(
          shown.polygon.map((p): Vec3 => planeToPatient(outline.plane, p)),
          pane,
          true,
        );
        return (
          <g key={key} fill="none">
            {key === chosen && (
              <>
                <path d={d} className="measurement-halo" />
                <path d={d} stroke={STYLE[editable.structure].colour} strokeWidth={2.5} />
              </>
            )}
            {/* biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a picture */}
            <path
              d={d}
              className={key === chosen ? 'editing-grip editing-grip-chosen' : 'editing-grip'}
              data-grab={`outline ${key}`}
              role="button"
              tabIndex={key === chosen ? -1 : 0}
              aria-label={t('editing.choose', { structure: nameOf(editable) })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                chooseOutline(key);
                goesToHandle.current = true;
              }}
            />
          </g>
        );
      })}
      {current !== undefined &&
        handles.map(({ index, isCorner }, k) => {
          if (index >= current.polygon.length) return null;
          const [x, y] = at(current, index);
          return (
            // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a picture
            <g
              key={index}
              ref={k === 0 ? first : undefined}
              role="button"
              tabIndex={0}
              className={isCorner ? 'editing-handle editing-corner' : 'editing-handle'}
              aria-label={t(isCorner ? 'editing.corner' : 'editing.point', {
                structure: nameOf(current),
                number: k + 1,
                count: handles.length,
              })}
              aria-keyshortcuts="ArrowUp ArrowDown ArrowLeft ArrowRight Insert Delete"
              data-grab={`handle ${index}`}
              onKeyDown={(event) => onKey(event, index)}
              onKeyUp={(event) => {
                if (event.key in ARROWS) keepDraft();
              }}
              onBlur={keepDraft}
            >
              <circle className="editing-reach" cx={x} cy={y} r={12} />
              {isCorner ? (
                <rect x={x - 5} y={y - 5} width={10} height={10} />
              ) : (
                <circle cx={x} cy={y} r={4} />
              )}
            </g>
          );
        })}
    </>
  );
}

/** The move between two places of the pane, in coordinates of the outline's plane, mm. */
function planeMove(
  pane: PaneProjection,
  { plane }: SpineOutline,
  from: Place,
  to: Place,
): readonly [number, number] {
  const [u0, v0] = patientToPlane(plane, pane.toPatient(from.x, from.y));
  const [u1, v1] = patientToPlane(plane, pane.toPatient(to.x, to.y));
  return [u1 - u0, v1 - v0];
}

/** Farther from the border than this a press chooses the outline, and pulls nothing, CSS px. */
const GRIP_PX = 12;

/** A press on a border or a handle pulls it there. */
export function dragOutline(
  pane: PaneProjection,
  outline: SpineOutline,
  what: string,
  from: Place,
  mode: { readonly chosen?: string; readonly reachMm: number },
  follow: { setDraft(draft: Editable | undefined): void; keep(editable: Editable): void },
): Drag | undefined {
  const [kind, ...rest] = what.split(' ');
  const key = kind === 'handle' ? mode.chosen : rest.join(' ');
  const editable = editablesOf(outline).find((e) => keyOfEditable(e) === key);
  if (editable === undefined || key === undefined) return undefined;
  chooseOutline(key);
  const place = patientToPlane(outline.plane, pane.toPatient(from.x, from.y));
  const nearest = nearestVertex(editable.polygon, place);
  const index = kind === 'handle' ? Number(rest[0]) : nearest.index;
  if (kind !== 'handle' && nearest.mm * pane.pxPerMm > GRIP_PX) return { move() {}, end() {}, cancel() {} };
  const pulledTo = (to: Place): Editable => ({
    ...editable,
    polygon: pulledWithoutCrossing(editable.polygon, index, planeMove(pane, outline, from, to), mode.reachMm),
  });
  return {
    move: (to) => follow.setDraft(pulledTo(to)),
    end(to, wasMoved) {
      if (wasMoved) follow.keep(pulledTo(to));
    },
    cancel: () => follow.setDraft(undefined),
  };
}
