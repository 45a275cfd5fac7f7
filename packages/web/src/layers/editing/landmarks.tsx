/** Tip of the cord and end of the dural sac: shown where the slice passes them, moved while outlines are edited. */
import { dot, subtract, type Vec3 } from '@promontory/core/geometry';
import type { Geometry, LandmarkName } from '@promontory/core/review';
import type { Findings } from '@promontory/core/spine';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { nudged } from '../measuring/measurements-layer.tsx';
import { ARROWS } from '../pointer.ts';
import type { PaneProjection } from '../projection.ts';

export interface Landmark {
  readonly name: LandmarkName;
  readonly positionMm: Vec3;
  readonly isEdited: boolean;
}

const NAMES: readonly LandmarkName[] = ['conusLevel', 'sacEnd'];

export function landmarksOf(findings: Findings, geometry: Geometry): Landmark[] {
  return NAMES.flatMap((name) => {
    const placed = geometry.landmarks[name];
    const positionMm = placed ?? findings.alignment[name]?.positionMm;
    return positionMm === undefined ? [] : [{ name, positionMm, isEdited: placed !== undefined }];
  });
}

export const isInSlice = (pane: PaneProjection, point: Vec3): boolean =>
  Math.abs(dot(subtract(point, pane.planePointMm), pane.planeNormal)) <= Math.max(0.5, pane.thicknessMm / 2);

interface Props {
  readonly pane: PaneProjection;
  readonly landmarks: readonly Landmark[];
  readonly isEditing: boolean;
  readonly draft?: Landmark | undefined;
  setDraft(draft: Landmark | undefined): void;
  keep(landmark: Landmark): void;
}

export function Landmarks({ pane, landmarks, isEditing, draft, setDraft, keep }: Props) {
  const { t } = useTranslation('layers');
  return landmarks
    .filter((l) => isInSlice(pane, l.positionMm))
    .map((standing) => {
      const landmark = draft?.name === standing.name ? draft : standing;
      const [x, y] = pane.toCanvas(landmark.positionMm);
      const onKey = (event: KeyboardEvent): void => {
        const arrow = ARROWS[event.key];
        if (arrow === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        setDraft({ ...landmark, positionMm: nudged(pane, landmark.positionMm, arrow) });
      };
      const name = t(`landmark.${landmark.name}`);
      const isAtEnd = x + 24 + name.length * 6.5 > pane.widthPx;
      const shape = (
        <>
          <circle className="editing-reach" cx={x} cy={y} r={12} />
          <path
            className="measurement-halo"
            fill="none"
            d={`M${x - 8} ${y}H${x + 8}M${x} ${y - 8}V${y + 8}`}
          />
          <path className="landmark-cross" d={`M${x - 8} ${y}H${x + 8}M${x} ${y - 8}V${y + 8}`} />
          <text
            className="layers-name"
            x={isAtEnd ? x - 12 : x + 12}
            y={y}
            dy="0.35em"
            textAnchor={isAtEnd ? 'end' : 'start'}
          >
            {name}
          </text>
        </>
      );
      if (!isEditing) return <g key={landmark.name}>{shape}</g>;
      return (
        // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a picture
        <g
          key={landmark.name}
          role="button"
          tabIndex={0}
          className="editing-handle"
          aria-label={t('landmark.move', { landmark: name })}
          aria-keyshortcuts="ArrowUp ArrowDown ArrowLeft ArrowRight"
          data-grab={`landmark ${landmark.name}`}
          onKeyDown={onKey}
          onKeyUp={(event) => {
            if (event.key in ARROWS && draft !== undefined) keep(draft);
          }}
        >
          {shape}
        </g>
      );
    });
}
