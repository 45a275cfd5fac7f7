/** What is to be drawn of a reading in one pane: its own outline in its plane, elsewhere the cut of its label map. */
import type { Vec3 } from '@promontory/core/geometry';
import type { Geometry } from '@promontory/core/review';
import type { SpineOutline } from '@promontory/core/spine';
import { useEffect, useMemo, useState } from 'react';
import type { OpenReading } from '../../study/index.ts';
import type { PaneProjection } from '../projection.ts';
import type { LabelCut } from './cut-labels.ts';
import { type LabelCuts, openLabelCuts, planeKey } from './label-cuts.ts';
import { planeToPatient, polygonsOf, showsPlane, withPolygon } from './plane-outline.ts';
import { type Structure, structureOf } from './structures.ts';

export interface DrawnOutline {
  readonly structure: Structure;
  /** As the reading named it. */
  readonly label?: string;
  /** Closed regions, LPS mm. */
  readonly outlines: readonly (readonly Vec3[])[];
  /** A person drew it anew. */
  readonly isEdited: boolean;
}
export interface DrawnOutlines {
  /** `outline`: exact and editable; `cut`: from the voxels of the segmentation. */
  readonly source: 'outline' | 'cut' | 'none';
  readonly list: readonly DrawnOutline[];
  readonly failed: boolean;
}

/** The reading's outline as people left it. */
export function standingOutline(outline: SpineOutline, geometry: Geometry): SpineOutline {
  return geometry.outlines.reduce(
    (changed, { structure, label, outline: polygon }) =>
      withPolygon(changed, { structure, ...(label !== undefined && { label }), polygon }),
    outline,
  );
}

const opened = new WeakMap<OpenReading, { cuts: LabelCuts; users: number }>();

/** One worker for a reading, however many panes show it; closed with the last. */
function useLabelCuts(reading: OpenReading | undefined): LabelCuts | undefined {
  const [cuts, setCuts] = useState<LabelCuts>();
  useEffect(() => {
    if (reading === undefined) return;
    const entry = opened.get(reading) ?? { cuts: openLabelCuts(reading), users: 0 };
    opened.set(reading, entry);
    entry.users += 1;
    setCuts(entry.cuts);
    return () => {
      setCuts(undefined);
      entry.users -= 1;
      if (entry.users > 0) return;
      opened.delete(reading);
      entry.cuts.close();
    };
  }, [reading]);
  return cuts;
}

export function useOutlines(
  pane: PaneProjection,
  reading: OpenReading | undefined,
  geometry: Geometry,
  isWanted: boolean,
): DrawnOutlines {
  const outline = reading?.outline;
  const standing = useMemo(
    () => (outline === undefined ? undefined : standingOutline(outline, geometry)),
    [outline, geometry],
  );
  const inPlane = standing !== undefined && showsPlane(pane, standing.plane);
  const cuts = useLabelCuts(isWanted && !inPlane ? reading : undefined);
  const [cut, setCut] = useState<{ key: string; list: readonly LabelCut[] }>({ key: '', list: [] });
  const [failed, setFailed] = useState(false);
  const { planePointMm, planeNormal } = pane;
  const key = planeKey({ pointMm: planePointMm, normal: planeNormal });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the plane's numbers
  useEffect(() => {
    if (cuts === undefined) return;
    let isOver = false;
    cuts
      .at({ pointMm: planePointMm, normal: planeNormal })
      .then((list) => {
        if (isOver) return;
        setCut({ key, list });
        setFailed(false);
      })
      .catch(() => {
        if (!isOver) setFailed(true);
      });
    return () => {
      isOver = true;
    };
  }, [cuts, key]);

  return useMemo(() => {
    if (reading === undefined || !isWanted) return { source: 'none', list: [], failed: false };
    if (inPlane && standing !== undefined) {
      const edited = new Set(geometry.outlines.map((o) => `${o.structure} ${o.label ?? ''}`));
      const list = polygonsOf(standing).map(({ structure, label, polygon }) => ({
        structure,
        ...(label !== undefined && { label }),
        outlines: [polygon.map((p) => planeToPatient(standing.plane, p))],
        isEdited: edited.has(`${structure} ${label ?? ''}`),
      }));
      return { source: 'outline', list, failed: false };
    }
    // A cut of another plane than the one shown is never drawn, not for a moment.
    const list = (cut.key === key ? cut.list : []).flatMap(({ value, outlines }) => {
      const named = structureOf(value, reading.findings);
      return named === undefined ? [] : [{ ...named, outlines, isEdited: false }];
    });
    return { source: 'cut', list, failed };
  }, [reading, isWanted, inPlane, standing, geometry, cut, key, failed]);
}
