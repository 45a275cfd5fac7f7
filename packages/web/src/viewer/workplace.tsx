/** Panes, bar, series and levels of one study. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyImages } from '../images/index.ts';
import { useReviewed, useStudy } from '../study/index.ts';
import { type Bench, BenchContext } from './bench.tsx';
import { type Level, levelsOf } from './geometry/levels.ts';
import { goToLevel, goToPoint } from './go-to.ts';
import { hangSeries, PANES } from './hanging.ts';
import { useViewerKeys } from './keys.ts';
import { LevelNavigator, levelKey } from './level-navigator.tsx';
import { MprBar } from './mpr/mpr-bar.tsx';
import { useReformatted } from './mpr/use-reformatted.ts';
import { Pane } from './pane.tsx';
import { PriorPicker, registration, usePriorLevels, usePriors } from './prior.tsx';
import { SeriesStrip } from './series-strip.tsx';
import { SpinePane } from './spine-pane.tsx';
import { SpokenPlace } from './spoken-place.tsx';
import { type Source, SPINE_PLACE, useViewer, ViewerStore } from './state.ts';
import { Drop, Tools } from './tools.tsx';
import { useCine } from './use-cine.ts';
import { useOpened } from './use-opened.ts';

const NO_LEVELS: readonly Level[] = [];

export function Workplace({ images }: { readonly images: StudyImages }) {
  const { t } = useTranslation('viewer');
  const { studyInstanceUid, reading, isReadingHidden, focus, moveFocus } = useStudy();
  const reviewed = useReviewed();
  const own = useMemo(
    () => images.series.map((series): Source => ({ images, series, kind: 'own' })),
    [images],
  );
  // Hung once; a reading that comes later changes nothing under the reader's hands.
  const [store] = useState(() => {
    const made = new ViewerStore();
    const known = isReadingHidden ? undefined : reading?.findings;
    hangSeries(images.series, known).forEach((series, n) => {
      const source = own.find((each) => each.series === series);
      if (source !== undefined) made.show(n, source);
    });
    return made;
  });
  const layout = useViewer(store, (s) => s.layout);
  const panes = useViewer(store, (s) => s.panes);
  const active = useViewer(store, (s) => s.active);
  const isMaximised = useViewer(store, (s) => s.isMaximised);
  const canHaveSpine = reading !== undefined && !isReadingHidden;
  const hasSpine = useViewer(store, (s) => s.hasSpine) && canHaveSpine;

  const isOnServer = images.thumbnail !== undefined;
  const priors = usePriors(studyInstanceUid, isOnServer);
  const [prior, setPrior] = useState<string>();
  const priorImages = useOpened(prior);
  const priorLevels = usePriorLevels(prior);
  const priorSources = useMemo(
    () =>
      (priorImages.images?.series ?? []).map(
        (series): Source => ({ images: priorImages.images as StudyImages, series, kind: 'prior' }),
      ),
    [priorImages.images],
  );

  const findings = isReadingHidden ? undefined : reading?.findings;
  const outline = reading?.outline;
  const levels = useMemo(() => (findings ? levelsOf(findings, outline) : NO_LEVELS), [findings, outline]);
  const bench = useMemo<Bench>(() => {
    const levelsOfSource = ({ kind }: Source) => (kind === 'prior' ? priorLevels : levels);
    return {
      store,
      levelsOf: levelsOfSource,
      nameOf: (label) => reviewed?.nameOf(label) ?? label,
      goToLevel(level) {
        // At once, and again where the focus is there already but the panes were scrolled away.
        goToLevel(store, level.label, (source) =>
          levelsOfSource(source).find(({ label }) => label === level.label),
        );
        moveFocus({ level: level.label, pointMm: level.place.centreMm });
      },
    };
  }, [store, levels, priorLevels, reviewed, moveFocus]);
  const here = useRef(focus.level);
  here.current = focus.level;
  store.register = useMemo(() => registration(bench.levelsOf, () => here.current), [bench]);

  const hungCount = panes.filter(({ source }) => source !== undefined).length;
  const count = layout === 'hanging' ? Math.min(PANES.hanging, Math.max(1, hungCount)) : PANES[layout];

  const { level: focusLevel, pointMm } = focus;
  const { refused, turns, setTurns } = useReformatted(store, own, layout, pointMm);
  useCine(store);

  // Whoever moves the focus, in whichever room: every pane goes there.
  const pointedIn = useRef<number>(undefined);
  pointedIn.current = active;
  useEffect(() => {
    if (focusLevel === undefined) return;
    goToLevel(store, focusLevel, (source) =>
      bench.levelsOf(source).find(({ label }) => label === focusLevel),
    );
  }, [focusLevel, bench, store]);
  const isLevelPoint = levels.some(({ label, place }) => label === focusLevel && place.centreMm === pointMm);
  useEffect(() => {
    const from = store.get().panes[pointedIn.current ?? 0]?.source ?? own[0];
    if (pointMm !== undefined && !isLevelPoint && from !== undefined)
      goToPoint(store, pointMm, from, pointedIn.current);
  }, [pointMm, isLevelPoint, own, store]);

  const toLevel = (level: Level | undefined): boolean => {
    if (level === undefined) return false;
    bench.goToLevel(level);
    return true;
  };
  useViewerKeys(bench, {
    toNumber: (number) => toLevel(levels.find(({ label }) => levelKey(bench.nameOf(label)) === `${number}`)),
    toNeighbour(direction) {
      const at = levels.findIndex(({ label }) => label === focusLevel);
      return toLevel(levels[at < 0 ? levels.length - 1 : at + direction]);
    },
    toggleSpine() {
      if (canHaveSpine) store.setSpine(!hasSpine);
      return canHaveSpine;
    },
  });

  const sources = [...own, ...priorSources];
  const keyOf = (source: Source): string => `${source.kind} ${source.series.id}`;
  const show = (number: number, source: Source): void => store.show(number, source);
  const seen = (isMaximised ? [active] : Array.from({ length: count }, (_, n) => n)).filter(
    (n) => !(hasSpine && n === SPINE_PLACE),
  );
  const places = hasSpine ? [...seen.slice(0, 1), 'spine' as const, ...seen.slice(1)] : seen;
  const swipe = (number: number, direction: 1 | -1): void => {
    const at = sources.findIndex(({ series }) => series.id === panes[number].source?.series.id);
    const next = sources[(at + direction + sources.length) % sources.length];
    if (at >= 0 && next !== undefined) show(number, next);
  };
  const choosePrior = (study: string | undefined): void => {
    setPrior(study);
    if (study !== undefined) return;
    for (const [n, { source }] of store.get().panes.entries())
      if (source?.kind === 'prior') store.clearPane(n);
  };
  useHungPrior(store, priorSources);
  return (
    <BenchContext value={bench}>
      <div className="viewer" data-layout={layout}>
        <Tools hasSpine={hasSpine} {...(canHaveSpine && { showSpine: (is) => store.setSpine(is) })}>
          {isOnServer && (
            <Drop label={t('prior')}>
              <PriorPicker priors={priors.data ?? []} chosen={prior} choose={choosePrior} />
              {prior !== undefined && priorImages.error !== undefined && (
                <p role="alert">{t('prior.failed')}</p>
              )}
            </Drop>
          )}
        </Tools>
        <LevelNavigator levels={levels} />
        {layout === 'mpr' && (
          <MprBar
            turns={turns}
            refused={refused}
            change={setTurns}
            {...withLevel(levels.find(({ label }) => label === focusLevel))}
          />
        )}
        <div className="panes" data-count={places.length} data-spine={hasSpine || undefined}>
          {places.map((number) =>
            number === 'spine' ? (
              <SpinePane key={number} />
            ) : (
              <Pane
                key={number}
                number={number}
                count={isMaximised ? 4 : count}
                onDropSeries={(n, key) => {
                  const source = sources.find((each) => keyOf(each) === key);
                  if (source !== undefined) show(n, source);
                }}
                onSwipe={swipe}
              />
            ),
          )}
        </div>
        <SeriesStrip
          sources={sources}
          hung={panes
            .slice(0, count)
            .map(({ source }, n) => (seen.includes(n) || isMaximised ? source : undefined))}
          keyOf={keyOf}
          choose={(source) => show(active, source)}
        />
        <SpokenPlace />
      </div>
    </BenchContext>
  );
}

const withLevel = (level: Level | undefined) => (level === undefined ? {} : { level });

/** A prior that was just opened hangs beside: its sagittal T2 second, its axial T2 fourth. */
function useHungPrior(store: ViewerStore, sources: readonly Source[]): void {
  useEffect(() => {
    if (sources.length === 0) return;
    const [first, , axial] = hangSeries(
      sources.map(({ series }) => series),
      undefined,
    );
    const sourceOf = (series: Source['series'] | undefined) => sources.find((each) => each.series === series);
    const { panes } = store.get();
    const ownAxial = panes.find(({ source }) => source?.kind === 'own' && source.series.plane === 'axial');
    const [beside, beneath] = [sourceOf(first), sourceOf(axial)];
    store.setSpine(false);
    store.setLayout(ownAxial !== undefined && beneath !== undefined ? 'four' : 'two');
    if (beside !== undefined) store.show(1, beside);
    if (ownAxial?.source !== undefined && beneath !== undefined) {
      store.show(2, ownAxial.source, ownAxial.index);
      store.show(3, beneath);
    }
  }, [sources, store]);
}
