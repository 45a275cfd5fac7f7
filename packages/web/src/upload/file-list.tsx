import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { plainText } from '../look/index.ts';
import type { UploadFile } from './file-queue.ts';
import type { FileState, Totals } from './file-state.ts';

const ROW_PX = 44;
const SHOWN = ['all', 'failed', 'skipped'] as const;

/** Every file with what became of it; only those on the screen exist. */
export function FileList({
  files,
  totals,
}: {
  readonly files: readonly UploadFile[];
  readonly totals: Totals;
}) {
  const { t } = useTranslation('upload');
  const [shown, show] = useState<(typeof SHOWN)[number]>('all');
  const box = useRef<HTMLDivElement>(null);
  const listed = shown === 'all' ? files : files.filter(({ state }) => state.kind === shown);
  const virtualizer = useVirtualizer({
    count: listed.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const counts = { all: totals.files, failed: totals.failed, skipped: totals.skipped };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form's */}
      <div className="upload-which" role="group" aria-label={t('files.which')}>
        {SHOWN.map((each) => (
          <button
            key={each}
            type="button"
            className="button quiet"
            aria-pressed={shown === each}
            onClick={() => show(each)}
          >
            {t(`files.${each}`, { count: counts[each] })}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className="upload-files" ref={box} tabIndex={0} aria-label={t('files')}>
        <ul style={{ blockSize: `${virtualizer.getTotalSize()}px` }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => (
            <li key={key} style={{ transform: `translateY(${start}px)` }}>
              <Line file={listed[index]} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Line({ file }: { readonly file: UploadFile | undefined }) {
  const told = useStateText();
  if (file === undefined) return null;
  const { state } = file;
  return (
    <>
      <bdi className="upload-path" title={plainText(file.path)}>
        {plainText(file.path)}
      </bdi>
      <span className={`upload-state upload-${state.kind}`}>{told(state)}</span>
      {state.kind === 'sending' && <progress value={state.part} aria-label={plainText(file.path)} />}
    </>
  );
}

function useStateText(): (state: FileState) => string {
  const { t } = useTranslation('upload');
  return (state) => {
    if (state.kind === 'failed') return t(`reason.${state.reason}`);
    if (state.kind === 'skipped') return t(`skipped.${state.why}`);
    return t(`state.${state.kind}`);
  };
}
