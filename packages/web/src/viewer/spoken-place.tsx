/** Where the active pane is, for those who hear it: told when the scrolling has come to rest. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBench } from './bench.tsx';
import { levelsAt } from './level-of-slice.ts';
import { useViewer } from './state.ts';

const REST_MS = 500;

export function SpokenPlace() {
  const { t } = useTranslation('viewer');
  const bench = useBench();
  const pane = useViewer(bench.store, (s) => s.panes[s.active]);
  const { source, index } = pane;
  const [told, tell] = useState('');
  const levels = source === undefined ? [] : levelsAt(source.series, bench.levelsOf(source), index);
  const text =
    source === undefined
      ? ''
      : [
          t('slice', { number: index + 1, count: source.series.frames.length }),
          ...levels.map(({ label }) => bench.nameOf(label)),
        ].join(', ');
  useEffect(() => {
    const timer = setTimeout(() => tell(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p className="visually-hidden" role="status">
      {told}
    </p>
  );
}
