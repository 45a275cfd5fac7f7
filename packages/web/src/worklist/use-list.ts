/** The list as it is shown: one question, its pages around what is on the screen, and what has come since. */
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { keptPlace } from './list-memory.ts';
import {
  type Asked,
  firstPage,
  isInMemory,
  pageOptions,
  putAway,
  readPage,
  refreshRow,
} from './list-pages.ts';
import { newsIn } from './news.ts';
import { useReadingEvents } from './reading-progress.ts';
import { afterPage, PAGE_ROWS, pagesAround, pagesKept, type RowWindow, UNSEEN } from './row-window.ts';
import type { WorklistRow } from './worklist-row.ts';

/** Between looks for what is new where no event tells of it, ms. */
const LOOK_MS = 60_000;
/** Events of many studies that arrive at once make one look, ms. */
const GATHER_MS = 1500;

export interface Shown extends Asked {
  readonly window: RowWindow;
  /** Of all pages. */
  readonly total?: number;
}

export interface List {
  readonly shown: Shown | undefined;
  /** An answer to what is asked now is awaited; `shown` may be that of the question before. */
  readonly isWaiting: boolean;
  readonly error: Error | undefined;
  retry(): void;
  /** Studies that are not in the list at hand. */
  readonly news: number;
  /** Asks the same again, with all that is new. */
  renew(): void;
  look(): void;
}

let generations = 0;

export function useList(asked: string): List {
  const client = useQueryClient();
  const [generation, setGeneration] = useState(() => keptPlace()?.generation ?? generations);
  const [shown, setShown] = useState<Shown | undefined>(() => {
    const place = keptPlace();
    return place?.asked === asked ? place : undefined;
  });
  const [news, setNews] = useState(0);
  const first = useQuery(pageOptions({ asked, generation }, 0, undefined));
  const isShown = shown?.asked === asked && shown.generation === generation;

  useEffect(() => {
    if (first.data === undefined || isShown) return;
    const { rows, nextCursor, total } = first.data;
    const window = afterPage(UNSEEN, 0, { rows: rows.length, nextCursor });
    setShown({ asked, generation, window, ...(typeof total === 'number' && { total }) });
    setNews(0);
  }, [first.data, isShown, asked, generation]);

  const renew = useCallback(() => {
    generations += 1;
    setGeneration(generations);
    void client.invalidateQueries({ queryKey: ['worklist', 'counts'] });
  }, [client]);

  const present = useRef<Shown | undefined>(undefined);
  present.current = isShown ? shown : undefined;
  const look = useCallback(async () => {
    const list = present.current;
    if (list === undefined || document.hidden) return;
    void client.invalidateQueries({ queryKey: ['worklist', 'counts'] });
    const head = await readPage(list.asked, undefined).catch(() => undefined);
    if (head === undefined || present.current?.generation !== list.generation) return;
    const studiesOf = (rows: readonly WorklistRow[] = []) => rows.map((row) => row.studyInstanceUid);
    const studies = new Set(studiesOf(firstPage(client, list)?.rows));
    const isWhole = list.window.starts.length === 1;
    const come = newsIn(
      { studies, isWhole, total: list.total },
      { studies: studiesOf(head.rows), total: head.total ?? undefined },
    );
    // Nobody looks at an empty list's rows: they may come at once.
    if (come > 0 && list.window.end === 0) renew();
    else setNews(come);
  }, [client, renew]);

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const changed = useCallback(
    (study: string | undefined) => {
      if (study !== undefined && isInMemory(client, study)) void refreshRow(client, study);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void look(), GATHER_MS);
    },
    [client, look],
  );
  useReadingEvents(changed);
  useEffect(() => {
    const onLook = () => void look();
    const every = setInterval(onLook, LOOK_MS);
    addEventListener('focus', onLook);
    document.addEventListener('visibilitychange', onLook);
    return () => {
      clearInterval(every);
      clearTimeout(timer.current);
      removeEventListener('focus', onLook);
      document.removeEventListener('visibilitychange', onLook);
    };
  }, [look]);

  // What was opened may have been signed since.
  const [opened] = useState(() => keptPlace()?.openedStudy);
  useEffect(() => {
    if (opened !== undefined) void refreshRow(client, opened);
    void look();
  }, [client, look, opened]);

  usePagesSeen(shown, setShown);
  return {
    shown,
    isWaiting: !isShown && first.error === null,
    error: first.error ?? undefined,
    retry: () => void first.refetch(),
    news: isShown ? news : 0,
    renew,
    look: () => void look(),
  };
}

/** Where pages begin is learnt from the cache, whoever asked for them. */
function usePagesSeen(shown: Shown | undefined, setShown: (shown: Shown) => void): void {
  const client = useQueryClient();
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        const [, , asked, generation, page] = query.queryKey;
        const data = query.state.data as { rows: readonly unknown[]; nextCursor?: string | null } | undefined;
        if (type !== 'updated' || shown === undefined || data === undefined) return;
        if (asked !== shown.asked || generation !== shown.generation) return;
        const { rows, nextCursor } = data;
        const window = afterPage(shown.window, Number(page), { rows: rows.length, nextCursor });
        if (window !== shown.window) setShown({ ...shown, window });
      }),
    [client, shown, setShown],
  );
}

/** The rows on the screen, and those around them; a row that is not there yet is nothing. */
export function useRows(
  shown: Shown,
  first: number,
  last: number,
): (index: number) => WorklistRow | undefined {
  const client = useQueryClient();
  const pages = pagesAround(shown.window, first, last);
  const results = useQueries({
    queries: pages.map((page) => pageOptions(shown, page, shown.window.starts[page])),
  });
  const kept = pagesKept(shown.window, first, last);
  const around = kept.join();
  const { asked, generation } = shown;
  useEffect(() => {
    putAway(client, { asked, generation }, around.split(',').map(Number));
  }, [client, asked, generation, around]);
  return (index) => {
    const at = pages.indexOf(Math.floor(index / PAGE_ROWS));
    return results[at]?.data?.rows[index % PAGE_ROWS];
  };
}
