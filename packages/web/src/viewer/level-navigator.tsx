/** The discs as a strip: one press, or one key, and every pane is there. */
import { useTranslation } from 'react-i18next';
import { useStudy } from '../study/index.ts';
import { useBench } from './bench.tsx';
import type { Level } from './geometry/levels.ts';
import { groupByLevel } from './level-of-slice.ts';
import { useViewer } from './state.ts';

/** The key of a level: the number of its upper vertebra; T12 is 0. */
export function levelKey(name: string): string | undefined {
  const [above] = name.split('/');
  if (above === 'T12') return '0';
  return /^L([1-6])$/.exec(above ?? '')?.[1];
}

export function LevelNavigator({ levels }: { readonly levels: readonly Level[] }) {
  const { t } = useTranslation('viewer');
  const bench = useBench();
  const { focus, reading, isReadingHidden } = useStudy();
  const panes = useViewer(bench.store, (s) => s.panes);
  const axial = panes.find(({ source }) => source?.kind === 'own' && source.series.plane === 'axial');
  if (levels.length === 0)
    return (
      <p className="level-none">
        {t(isReadingHidden ? 'levels.hidden' : reading === undefined ? 'levels.no-reading' : 'levels.none')}
      </p>
    );
  const groups = axial?.source === undefined ? [] : groupByLevel(axial.source.series, levels);
  return (
    <nav className="levels" aria-label={t('levels')}>
      <ol>
        {levels.map((level) => {
          const name = bench.nameOf(level.label);
          const passing = groups.find((group) => group.level === level)?.slices.passing ?? [];
          const isHere = focus.level === level.label;
          return (
            <li key={level.label}>
              <button
                type="button"
                className="level-button"
                aria-current={isHere ? 'true' : undefined}
                aria-keyshortcuts={levelKey(name)}
                aria-label={t('levels.go', { level: name, count: passing.length })}
                onClick={() => bench.goToLevel(level)}
              >
                <svg viewBox="0 0 36 14" aria-hidden="true">
                  <path d="M3 3c10-3 20-3 30 0v8c-10 3-20 3-30 0z" />
                </svg>
                <bdi>{name}</bdi>
                {axial?.source !== undefined && (
                  <span className="level-slices" aria-hidden="true">
                    {passing.length === 0
                      ? '–'
                      : passing.map((index) => (
                          <i key={index} data-here={index === axial.index || undefined} />
                        ))}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
