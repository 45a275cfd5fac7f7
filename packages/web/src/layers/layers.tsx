/** Everything that is drawn over the image of one pane. */

import type { Vec3 } from '@promontory/core/geometry';
import type { ReviewMeasurement } from '@promontory/core/review';
import { type KeyboardEvent, memo, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRoom, useStudy } from '../study/index.ts';
import { endEditing, useEditMode } from './editing/edit-mode.ts';
import { Landmarks, landmarksOf } from './editing/landmarks.tsx';
import { dragOutline, keyOfEditable, OutlineEditor } from './editing/outline-editor.tsx';
import { useFigureText } from './figure-text.ts';
import { useImagePane } from './image-pane.ts';
import { useLayerKeys } from './layer-keys.ts';
import './layers.css';
import { PreviewTable } from './editing/preview-table.tsx';
import { selectMeasurement, useActiveTool } from './measuring/active-tool.ts';
import { canMeasureOn, measureOn } from './measuring/bound.ts';
import { MeasurementShape } from './measuring/measurement-shape.tsx';
import {
  dragMeasurement,
  type MeasurementDraft,
  MeasurementsLayer,
} from './measuring/measurements-layer.tsx';
import { usePlacing } from './measuring/use-placing.ts';
import { measuredValue, UNIT_OF } from './measuring/value.ts';
import { Outlines, useOutlineAt, useStructureName } from './overlay/outlines.tsx';
import { useOverlaySettings } from './overlay/overlay-settings.ts';
import { showsPlane } from './overlay/plane-outline.ts';
import { StructureTip } from './overlay/structure-tip.tsx';
import { type DrawnOutline, standingOutline, useOutlines } from './overlay/use-outlines.ts';
import { type Place, useGrab } from './pointer.ts';
import type { PaneProjection } from './projection.ts';
import { useEditing } from './use-editing.ts';

/** @param projection what the pane shows now: a new object whenever that changes */
export const Layers = memo(function Layers({ projection }: { readonly projection: PaneProjection }) {
  const pane = useImagePane(projection);
  const { t } = useTranslation('layers');
  const study = useStudy();
  const { review, reviewed, mayReview } = useRoom();
  const { tool } = useActiveTool();
  const overlay = useOverlaySettings();
  const editMode = useEditMode();
  const figure = useFigureText();
  const svg = useRef<SVGSVGElement>(null);
  const placer = useRef<SVGGElement>(null);
  const [told, tell] = useState('');
  useLayerKeys();

  const reading = study.isReadingHidden ? undefined : study.reading;
  const nameOf = useCallback((label: string): string => reviewed?.nameOf(label) ?? label, [reviewed]);
  const structureName = useStructureName(nameOf);
  const drawn = useOutlines(pane, reading, review.geometry, overlay.isShown);
  const standing = useMemo(
    () => (reading?.outline === undefined ? undefined : standingOutline(reading.outline, review.geometry)),
    [reading, review.geometry],
  );
  const mayEdit = mayReview && standing !== undefined && showsPlane(pane, standing.plane);
  const isEditing = editMode.isOn && mayEdit && tool === undefined && overlay.isShown;
  const editing = useEditing(
    standing,
    review,
    useCallback((key) => tell(t(`told.${key}`)), [t]),
  );

  const [draft, setDraft] = useState<MeasurementDraft>();
  const keepMeasurement = (m: ReviewMeasurement, points: readonly Vec3[]): void => {
    const made = measureOn(pane, m.tool, points, m.caption);
    setDraft(made === undefined ? undefined : { markId: m.markId, pointsMm: made.pointsMm });
    if (made === undefined) return;
    study.mark({ kind: 'measurement', ...made, instead: m.markId }).then(
      () =>
        tell(t('told.moved', { figures: figure.withUncertainty(made.value, made.uncertainty, made.unit) })),
      () => {
        setDraft(undefined);
        tell(t('told.not-kept'));
      },
    );
  };
  const remove = (m: ReviewMeasurement): void => {
    selectMeasurement(undefined);
    study.mark({ kind: 'remove', mark: m.markId }).then(
      () => tell(t('told.removed')),
      () => tell(t('told.not-kept')),
    );
  };
  const placing = usePlacing(pane, mayReview && canMeasureOn(pane) ? tool : undefined, (used, points) => {
    const made = measureOn(pane, used, points);
    if (made === undefined) return tell(t('told.nothing-measured'));
    study.mark({ kind: 'measurement', ...made }).then(
      () =>
        tell(
          t('told.measured', {
            tool: t(`tool.${used}`),
            figures: figure.withUncertainty(made.value, made.uncertainty, made.unit),
          }),
        ),
      () => tell(t('told.not-kept')),
    );
  });
  const isPlacing = tool !== undefined && mayReview;
  const { refused, points: placed } = placing.placing;
  useEffect(() => {
    if (refused !== undefined) tell(t(`told.${refused}`));
    else if (placed.length > 0) tell(t('told.point', { number: placed.length }));
  }, [refused, placed.length, t]);

  // Who chose the tool by key, in this pane, goes on by keys here.
  useEffect(() => {
    const focused = document.activeElement;
    if (isPlacing && focused !== null && svg.current?.parentElement?.parentElement?.contains(focused))
      placer.current?.focus({ preventScroll: true });
  }, [isPlacing]);

  useGrab(svg, (what, place) => {
    const [kind, id] = what.split(' ');
    if (kind === 'place') return canMeasureOn(pane) ? placing.press(place) : undefined;
    if (kind === 'measurement') {
      const m = review.measurements.find(({ markId }) => markId === id);
      return (
        m &&
        dragMeasurement(pane, m, place, { draft: setDraft, change: keepMeasurement, mayChange: mayReview })
      );
    }
    if (kind === 'landmark' && reading !== undefined) {
      const landmark = landmarksOf(reading.findings, review.geometry).find(({ name }) => name === id);
      if (landmark === undefined) return undefined;
      const movedTo = ({ x, y }: Place) => ({ ...landmark, positionMm: pane.toPatient(x, y) });
      return {
        move: (to) => editing.setLandmarkDraft(movedTo(to)),
        end(to, wasMoved) {
          if (wasMoved) editing.keepLandmark(movedTo(to));
        },
        cancel: () => editing.setLandmarkDraft(undefined),
      };
    }
    return standing && dragOutline(pane, standing, what, place, editMode, editing);
  });

  const outlineAt = useOutlineAt(pane, drawn.list);
  const [pointed, setPointed] = useState<{ readonly outline: DrawnOutline; readonly place: Place }>();
  const latest = useRef({ outlineAt, isPlacing, hover: placing.hover });
  latest.current = { outlineAt, isPlacing, hover: placing.hover };
  // The pane beneath keeps its pointer events: they are only looked at.
  useEffect(() => {
    const root = svg.current?.parentElement?.parentElement;
    if (root == null) return;
    const look = (event: PointerEvent): void => {
      const box = svg.current?.getBoundingClientRect();
      if (box === undefined) return;
      const place = { x: event.clientX - box.left, y: event.clientY - box.top };
      if (latest.current.isPlacing) latest.current.hover(place);
      const isBusy = latest.current.isPlacing || event.buttons !== 0;
      const outline = isBusy ? undefined : latest.current.outlineAt(place);
      setPointed((was) =>
        outline === undefined ? undefined : was?.outline === outline ? was : { outline, place },
      );
    };
    const leave = (): void => setPointed(undefined);
    root.addEventListener('pointermove', look, { passive: true });
    root.addEventListener('pointerleave', leave, { passive: true });
    return () => {
      root.removeEventListener('pointermove', look);
      root.removeEventListener('pointerleave', leave);
    };
  }, []);

  const onKey = (event: KeyboardEvent): void => {
    if (!placing.onKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const preview = [
    ...placed,
    ...(placing.cursor && placed.length > 0 ? [pane.toPatient(placing.cursor.x, placing.cursor.y)] : []),
  ];
  const previewValue = tool === undefined ? undefined : measuredValue(tool, preview);
  const hint = useId();

  return (
    <div className="layers">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is no picture */}
      <svg
        ref={svg}
        className="layers-svg"
        width={pane.widthPx}
        height={pane.heightPx}
        role="group"
        aria-label={t('label')}
      >
        {drawn.source !== 'none' && (
          <Outlines
            pane={pane}
            outlines={drawn.list}
            nameOf={nameOf}
            focus={study.focus.level}
            without={isEditing ? editMode.chosen : undefined}
          />
        )}
        {overlay.isShown && reading !== undefined && (
          <Landmarks
            pane={pane}
            landmarks={landmarksOf(reading.findings, review.geometry)}
            isEditing={isEditing}
            draft={editing.landmarkDraft}
            setDraft={editing.setLandmarkDraft}
            keep={editing.keepLandmark}
          />
        )}
        {isEditing && standing !== undefined && (
          <OutlineEditor
            pane={pane}
            outline={standing}
            draft={editing.draft}
            nameOf={structureName}
            setDraft={editing.setDraft}
            keep={editing.keep}
          />
        )}
        <MeasurementsLayer
          pane={pane}
          measurements={review.measurements}
          draft={draft}
          isPlacing={isPlacing}
          mayChange={mayReview}
          change={keepMeasurement}
          remove={remove}
        />
        {isPlacing && (
          // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes keys of its own
          <g
            ref={placer}
            className="placing"
            tabIndex={0}
            role="application"
            aria-label={t('placing.label', { tool: t(`tool.${tool}`) })}
            aria-describedby={hint}
            onKeyDown={onKey}
          >
            <rect width={pane.widthPx} height={pane.heightPx} data-grab="place" />
            {placed.length > 0 && (
              <MeasurementShape
                pane={pane}
                tool={tool}
                points={preview}
                lines={previewValue === undefined ? [] : [figure.value(previewValue, UNIT_OF[tool])]}
              />
            )}
            {placing.cursor !== undefined && (
              <path
                className="placing-cursor"
                d={`M${placing.cursor.x - 9} ${placing.cursor.y}h6m6 0h6M${placing.cursor.x} ${placing.cursor.y - 9}v6m0 6v6`}
              />
            )}
          </g>
        )}
      </svg>
      {drawn.list.length > 0 && (
        <p className="layers-badge" dir="auto">
          {drawn.list.some((o) => o.isEdited) ? t('badge.edited') : t('badge.unreviewed')}
          {drawn.source === 'cut' && <span className="layers-badge-more"> · {t('badge.cut')}</span>}
        </p>
      )}
      {drawn.failed && (
        <p className="layers-badge" role="status" dir="auto">
          {t('outlines-failed')}
        </p>
      )}
      {isPlacing && (
        <p id={hint} className="layers-hint" dir="auto">
          {canMeasureOn(pane)
            ? t(`placing.hint.${tool}`)
            : pane.sopInstanceUid === undefined
              ? t('placing.no-image')
              : t('placing.no-size')}
        </p>
      )}
      {isEditing && (
        <PreviewTable
          changes={editing.changes}
          nameOf={nameOf}
          structure={editing.draft === undefined ? undefined : keyOfEditable(editing.draft)}
          end={endEditing}
        />
      )}
      {editMode.isOn && !mayEdit && (
        <p className="layers-hint" dir="auto">
          {t('editing.elsewhere')}
        </p>
      )}
      {pointed !== undefined && !isEditing && (
        <StructureTip
          name={structureName(pointed.outline)}
          outline={pointed.outline}
          reviewed={reviewed}
          place={pointed.place}
          pane={pane}
        />
      )}
      <p className="visually-hidden" role="status">
        {told}
      </p>
    </div>
  );
});
