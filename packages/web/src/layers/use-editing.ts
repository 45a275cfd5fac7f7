/** What goes on in one pane while outlines and landmarks are edited: drafts, and the marks that come of them. */
import type { Review } from '@promontory/core/review';
import type { SpineOutline } from '@promontory/core/spine';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStudy } from '../study/index.ts';
import { asMarked, type Editable } from './editing/editable.ts';
import type { Landmark } from './editing/landmarks.tsx';
import { type QuantityChange, quantityChanges } from './editing/preview.ts';
import { withPolygon } from './overlay/plane-outline.ts';

export interface Editing {
  readonly draft?: Editable;
  readonly landmarkDraft?: Landmark;
  /** By the draft, against what stands. */
  readonly changes: readonly QuantityChange[];
  setDraft(draft: Editable | undefined): void;
  setLandmarkDraft(draft: Landmark | undefined): void;
  keep(editable: Editable): void;
  keepLandmark(landmark: Landmark): void;
}

/** Measuring everything again takes some tens of milliseconds: not more often than this while a pull goes on. */
const PREVIEW_EVERY_MS = 120;

export function useEditing(
  standing: SpineOutline | undefined,
  review: Review,
  tell: (key: 'kept' | 'not-kept') => void,
): Editing {
  const { reading, mark } = useStudy();
  const [draft, setDraft] = useState<Editable>();
  const [landmarkDraft, setLandmarkDraft] = useState<Landmark>();
  const [changes, setChanges] = useState<readonly QuantityChange[]>([]);
  const readingId = reading?.readingId;

  useEffect(() => {
    if (draft === undefined || standing === undefined) {
      setChanges([]);
      return;
    }
    const timer = setTimeout(
      () => setChanges(quantityChanges(standing, withPolygon(standing, draft))),
      PREVIEW_EVERY_MS,
    );
    return () => clearTimeout(timer);
  }, [draft, standing]);

  // The mark stands when the review has it: until then the draft is shown, so that nothing jumps back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the geometry's key says that it changed
  useEffect(() => {
    setDraft(undefined);
    setLandmarkDraft(undefined);
  }, [review.geometry.key]);

  const keep = useCallback(
    ({ structure, label, polygon }: Editable) => {
      if (readingId === undefined) return;
      const outline = asMarked(polygon);
      setDraft({ structure, ...(label !== undefined && { label }), polygon: outline });
      mark({ kind: 'outline', readingId, structure, ...(label !== undefined && { label }), outline }).then(
        () => tell('kept'),
        () => {
          setDraft(undefined);
          tell('not-kept');
        },
      );
    },
    [readingId, mark, tell],
  );
  const keepLandmark = useCallback(
    (landmark: Landmark) => {
      if (readingId === undefined) return;
      setLandmarkDraft(landmark);
      const [x, y, z] = landmark.positionMm;
      mark({ kind: 'landmark', readingId, name: landmark.name, positionMm: [x, y, z] }).then(
        () => tell('kept'),
        () => {
          setLandmarkDraft(undefined);
          tell('not-kept');
        },
      );
    },
    [readingId, mark, tell],
  );
  return useMemo(
    () => ({
      ...(draft && { draft }),
      ...(landmarkDraft && { landmarkDraft }),
      changes,
      setDraft,
      setLandmarkDraft,
      keep,
      keepLandmark,
    }),
    [draft, landmarkDraft, changes, keep, keepLandmark],
  );
}
