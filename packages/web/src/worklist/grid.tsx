// biome-ignore-all lint/a11y/useSemanticElements: rows exist only while they are on the screen, which tables cannot have
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stands on rows, which are read as a whole
/** The rows: a grid of which only what is on the screen exists, with the focus on one row. */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { type Assignment, useAssign, useMe, useReviewers } from './assign.tsx';
import { forgetPlace, keepPlace, keptPlace } from './list-memory.ts';
import type { ListQuery, Sort } from './list-query.ts';
import { Row, rowId } from './row.tsx';
import { rowsIn } from './row-window.ts';
import { type Shown, useRows } from './use-list.ts';
import type { WorklistRow } from './worklist-row.ts';

/** Before a row was measured, px: of the table, and of the cards of narrow screens. */
const ROW_PX = 60;
const CARD_PX = 168;
const isNarrow = () => matchMedia('(max-width: 47.99rem)').matches;

interface Props {
  readonly shown: Shown;
  readonly search: string;
  readonly query: ListQuery;
  readonly ask: (query: ListQuery) => void;
}

const COLUMNS: readonly { readonly id: string; readonly sorts: readonly Sort[] }[] = [
  { id: 'urgency', sorts: ['urgency'] },
  { id: 'patient', sorts: ['name'] },
  { id: 'study', sorts: [] },
  { id: 'date', sorts: ['-date', 'date'] },
  { id: 'status', sorts: [] },
  { id: 'assigned', sorts: [] },
];

export function Grid({ shown, search, query, ask }: Props) {
  const { t } = useTranslation('worklist');
  const [, navigate] = useLocation();
  const body = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const me = useMe();
  const reviewers = useReviewers();
  const { mutate: assign, isError: isRefused } = useAssign();
  const [isBack] = useState(() => {
    const place = keptPlace();
    return place?.asked === shown.asked && place.generation === shown.generation ? place : undefined;
  });
  const [active, setActive] = useState(isBack?.active ?? 0);
  const [margin, setMargin] = useState(0);

  const count = rowsIn(shown.window);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => (isNarrow() ? CARD_PX : ROW_PX),
    overscan: 8,
    scrollMargin: margin,
    scrollPaddingStart: 64,
    scrollPaddingEnd: 16,
    ...(isBack && { initialOffset: isBack.scrollY }),
  });
  const items = virtualizer.getVirtualItems();
  const rowAt = useRows(shown, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);

  // What stands above the list grows and shrinks: the upload, the filters.
  useLayoutEffect(() => {
    const note = () => setMargin((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
    note();
    const watch = new ResizeObserver(note);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, []);

  const moveTo = useCallback(
    (index: number) => {
      const at = Math.max(0, Math.min(index, count - 1));
      setActive(at);
      virtualizer.scrollToIndex(at, { align: 'auto' });
      focusRow(at);
    },
    [count, virtualizer],
  );

  useLayoutEffect(() => {
    forgetPlace();
    if (isBack === undefined) return;
    window.scrollTo(0, isBack.scrollY);
    focusRow(isBack.active);
  }, [isBack]);

  const open = (row: WorklistRow, index = active) => {
    const { asked, generation, window: rows } = shown;
    keepPlace({
      search,
      asked,
      generation,
      window: rows,
      active: index,
      scrollY: window.scrollY,
      openedStudy: row.studyInstanceUid,
    });
    navigate(`/study/${row.studyInstanceUid}`);
  };
  const take = (row: WorklistRow) => {
    const own = me?.account;
    if (own === undefined || me?.deeds.includes('review') !== true) return;
    const isMine = row.assignedTo?.accountId === own.accountId;
    assign({ study: row.studyInstanceUid, to: isMine ? undefined : own });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rowAt(active);
    const page = Math.max(1, Math.floor(window.innerHeight / (isNarrow() ? CARD_PX : ROW_PX)) - 2);
    const acts: Record<string, (() => void) | undefined> = {
      ArrowDown: () => moveTo(active + 1),
      j: () => moveTo(active + 1),
      ArrowUp: () => moveTo(active - 1),
      k: () => moveTo(active - 1),
      PageDown: () => moveTo(active + page),
      PageUp: () => moveTo(active - page),
      Home: () => moveTo(0),
      End: () => moveTo(count - 1),
      Enter: row && (() => open(row)),
      a: row && (() => take(row)),
      A: () => document.querySelector<HTMLElement>(`#${rowId(active)} select`)?.focus(),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  // From anywhere on the page the arrows lead into the list.
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const { target, key } = event;
      const isElsewhere = target === document.body || (target as HTMLElement).id === 'content';
      if (isElsewhere && ['j', 'k', 'ArrowDown'].includes(key)) {
        event.preventDefault();
        moveTo(active);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [active, moveTo]);

  return (
    <>
      {isRefused && (
        <p className="notice" role="alert">
          {t('assign.refused')}
        </p>
      )}
      <div
        className="grid"
        role="grid"
        aria-label={t('grid.label')}
        aria-rowcount={shown.total === undefined ? -1 : shown.total + 1}
        aria-colcount={COLUMNS.length}
        tabIndex={-1}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className="row-head" ref={head} tabIndex={-1}>
          {COLUMNS.map(({ id, sorts }) => (
            <Heading key={id} id={id} sorts={sorts} query={query} ask={ask} />
          ))}
        </div>
        <div
          role="rowgroup"
          className="rows"
          ref={body}
          style={{ blockSize: `${virtualizer.getTotalSize()}px` }}
        >
          {items.map(({ index, start }) => (
            <Row
              key={index}
              row={rowAt(index)}
              index={index}
              offsetPx={start - virtualizer.options.scrollMargin}
              isActive={index === active}
              me={me}
              reviewers={reviewers}
              measure={virtualizer.measureElement}
              assign={(given: Assignment) => assign(given)}
              open={(row) => open(row, index)}
              onFocus={setActive}
            />
          ))}
        </div>
      </div>
    </>
  );
}

function Heading(props: {
  readonly id: string;
  readonly sorts: readonly Sort[];
  readonly query: ListQuery;
  readonly ask: (query: ListQuery) => void;
}) {
  const { id, sorts, query, ask } = props;
  const { t } = useTranslation('worklist');
  const at = sorts.indexOf(query.sort);
  const next = sorts[(at + 1) % Math.max(1, sorts.length)];
  const order =
    at === -1 ? 'none' : query.sort.startsWith('-') || id === 'urgency' ? 'descending' : 'ascending';
  return (
    <div
      role="columnheader"
      className={`cell-${id}`}
      tabIndex={-1}
      {...(next !== undefined && { 'aria-sort': order })}
    >
      {next === undefined ? (
        t(`column.${id}`)
      ) : (
        <button type="button" className="sort" onClick={() => ask({ ...query, sort: next })}>
          {t(`column.${id}`)}
          <span aria-hidden="true">{order === 'none' ? '' : order === 'descending' ? ' ↓' : ' ↑'}</span>
        </button>
      )}
    </div>
  );
}

/** Rows that are scrolled to exist after the next frames only. */
function focusRow(index: number, tries = 20): void {
  const row = document.getElementById(rowId(index));
  if (row !== null) row.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(index, tries - 1));
}
