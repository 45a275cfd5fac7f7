/** The segmented spine and canal as surfaces that turn and clip: the shape of what the reading found, no image. */
import type { Vec3 } from '@promontory/core/geometry';
import type { DiscFinding, DiscLabel } from '@promontory/core/spine';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { STRUCTURES, STYLE, type Structure, structureOf } from '../layers/index.ts';
import { Busy, Empty, Problem } from '../look/index.ts';
import { useRoom, useStudy } from '../study/index.ts';
import { CLIP_AXES, type ClipAxis, clipPlane } from './clip.ts';
import type { LabelSurface } from './label-surface.ts';
import { hasWebGl2, openScene, type SpineScene, type SurfaceLook, type ViewFrom } from './scene.ts';
import { useSurfaces } from './use-surfaces.ts';
import './spine3d.css';

const VIEWS: readonly ViewFrom[] = ['left', 'behind', 'front', 'above'];
const OPACITY: Readonly<Record<Structure, number>> = {
  disc: 1,
  body: 1,
  sac: 1,
  canal: 0.35,
  cord: 1,
  sacrum: 1,
  posterior: 1,
};
const HIGHLIGHT = '#e69f00';
const BONE = '#d9d2c3';
/** Degrees for one press of an arrow. */
const TURN_DEG = 8;

export function Spine3D() {
  const { t } = useTranslation('spine3d');
  const { reading, isReadingHidden } = useStudy();
  const [canDraw] = useState(hasWebGl2);
  if (isReadingHidden)
    return (
      <div className="spine3d">
        <Empty title={t('hidden.title')}>
          <p>{t('hidden.text')}</p>
        </Empty>
      </div>
    );
  if (reading === undefined)
    return (
      <div className="spine3d">
        <Empty title={t('none.title')} />
      </div>
    );
  if (!canDraw)
    return (
      <div className="spine3d">
        <Empty title={t('no-webgl.title')}>
          <p>{t('no-webgl.text')}</p>
        </Empty>
      </div>
    );
  return <Stage key={reading.readingId} />;
}

function Stage() {
  const { t, i18n } = useTranslation('spine3d');
  const { reading, focus, moveFocus } = useStudy();
  const { reviewed } = useRoom();
  const [attempt, setAttempt] = useState(0);
  const surfaces = useSurfaces(reading, attempt);
  const canvas = useRef<HTMLDivElement>(null);
  const scene = useRef<SpineScene>(undefined);
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState(false);
  const [shown, setShown] = useState<ReadonlySet<Structure>>(new Set(STRUCTURES));
  const [clip, setClip] = useState<{ axis: ClipAxis; share: number }>({ axis: 'none', share: 0.5 });

  useEffect(() => {
    const container = canvas.current;
    if (container === null) return;
    let opened: SpineScene;
    try {
      opened = openScene(container, () => redraw((n) => n + 1));
    } catch {
      setFailed(true);
      return;
    }
    scene.current = opened;
    const watching = new ResizeObserver(() => opened.resize());
    watching.observe(container);
    return () => {
      watching.disconnect();
      scene.current = undefined;
      opened.close();
    };
  }, []);

  const findings = reading?.findings;
  const looks = useMemo(
    () =>
      surfaces.list.flatMap((surface) => {
        const named = findings && structureOf(surface.value, findings);
        if (named === undefined) return [];
        const isFocused = named.structure === 'disc' && named.label === focus.level;
        const look: SurfaceLook = {
          colour: rgb(isFocused ? HIGHLIGHT : colourOf(named.structure)),
          opacity: OPACITY[named.structure],
          isShown: shown.has(named.structure),
        };
        return [{ surface, look }];
      }),
    [surfaces.list, findings, focus.level, shown],
  );
  const added = useRef(new WeakMap<LabelSurface, SpineScene>());
  useEffect(() => {
    const { current } = scene;
    if (current === undefined) return;
    for (const { surface, look } of looks) {
      if (added.current.get(surface) === current) current.change(surface.value, look);
      else {
        added.current.set(surface, current);
        current.add(surface, look);
      }
    }
  }, [looks]);
  useEffect(() => {
    if (surfaces.state === 'done') scene.current?.lookFrom('left');
  }, [surfaces.state]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: its extent is that of the surfaces
  useEffect(() => {
    const extent = scene.current?.extentMm();
    if (extent !== undefined) scene.current?.clip(clipPlane(clip.axis, clip.share, extent));
  }, [clip, surfaces.state]);

  const onKey = (event: KeyboardEvent): void => {
    const turn = TURNS[event.key];
    if (turn !== undefined) scene.current?.turn(turn[0] * TURN_DEG, turn[1] * TURN_DEG);
    else if (event.key === '+' || event.key === '=') scene.current?.zoom(1.15);
    else if (event.key === '-') scene.current?.zoom(1 / 1.15);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const number = (mm: number): string =>
    new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(mm);
  const present = STRUCTURES.filter((structure) =>
    surfaces.list.some((s) => findings && structureOf(s.value, findings)?.structure === structure),
  );
  const moveTo = (disc: DiscFinding): void =>
    moveFocus({ level: disc.label as DiscLabel, pointMm: disc.centroidMm as Vec3 });

  if (failed)
    return (
      <div className="spine3d">
        <Empty title={t('no-webgl.title')}>
          <p>{t('no-webgl.text')}</p>
        </Empty>
      </div>
    );
  return (
    <section className="spine3d" aria-label={t('label')}>
      <div className="spine3d-stage">
        <div
          ref={canvas}
          className="spine3d-canvas"
          role="application"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes arrow keys
          tabIndex={0}
          aria-label={t('canvas')}
          aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown + -"
          onKeyDown={onKey}
        />
        {scene.current !== undefined &&
          surfaces.list.length > 0 &&
          findings?.discs.map((disc) => {
            const place = scene.current?.toCanvas(disc.centroidMm as Vec3);
            if (place === undefined) return null;
            return (
              <button
                key={disc.label}
                type="button"
                className="spine3d-name"
                aria-pressed={disc.label === focus.level}
                style={{
                  transform: `translate(${Math.round(place.x + 46)}px, ${Math.round(place.y - 12)}px)`,
                }}
                onClick={() => moveTo(disc)}
              >
                {reviewed?.nameOf(disc.label) ?? disc.label}
              </button>
            );
          })}
        <p className="spine3d-says" dir="auto">
          {t('says')}
          {surfaces.sliceStepMm !== undefined &&
            ` ${t('made-from', { step: number(surfaces.sliceStepMm), pixel: number(surfaces.inPlaneMm ?? 0) })}`}
        </p>
        {surfaces.state === 'making' && <Busy text={t('making')} />}
        {surfaces.state === 'failed' && (
          <Problem title={t('failed.title')}>
            <button type="button" className="button" onClick={() => setAttempt((n) => n + 1)}>
              {t('failed.again')}
            </button>
          </Problem>
        )}
        {surfaces.state === 'done' && surfaces.list.length === 0 && <Empty title={t('empty')} />}
      </div>
      <div className="spine3d-controls">
        <fieldset>
          <legend>{t('view')}</legend>
          {VIEWS.map((view) => (
            <button key={view} type="button" className="button" onClick={() => scene.current?.lookFrom(view)}>
              {t(`view.${view}`)}
            </button>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('structures')}</legend>
          {present.map((structure) => (
            <label key={structure}>
              <input
                type="checkbox"
                checked={shown.has(structure)}
                onChange={() =>
                  setShown((was) => {
                    const next = new Set(was);
                    if (!next.delete(structure)) next.add(structure);
                    return next;
                  })
                }
              />
              {t(`structure.${structure}`)}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('clip')}</legend>
          <select
            aria-label={t('clip')}
            value={clip.axis}
            onChange={(event) => setClip({ ...clip, axis: event.target.value as ClipAxis })}
          >
            {CLIP_AXES.map((axis) => (
              <option key={axis} value={axis}>
                {t(`clip.${axis}`)}
              </option>
            ))}
          </select>
          {clip.axis !== 'none' && (
            <input
              type="range"
              min={0}
              max={1}
              step={0.01}
              value={clip.share}
              aria-label={t('clip.where')}
              onChange={(event) => setClip({ ...clip, share: event.target.valueAsNumber })}
            />
          )}
        </fieldset>
      </div>
    </section>
  );
}

const TURNS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Bone as bone; the rest in the colours of the outlines on the images. */
const colourOf = (structure: Structure): string =>
  structure === 'body' || structure === 'sacrum' || structure === 'posterior'
    ? BONE
    : STYLE[structure].colour;

const rgb = (hex: string): Vec3 => [
  Number.parseInt(hex.slice(1, 3), 16) / 255,
  Number.parseInt(hex.slice(3, 5), 16) / 255,
  Number.parseInt(hex.slice(5, 7), 16) / 255,
];
