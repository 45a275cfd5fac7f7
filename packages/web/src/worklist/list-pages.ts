/** Pages of the list in the query cache: fetched, changed in place, put away. */
import type { QueryClient } from '@tanstack/react-query';
import { getJson } from '../server/index.ts';
import { PAGE_ROWS } from './row-window.ts';
import type { WorklistPageOfRows, WorklistRow } from './worklist-row.ts';

const ROWS = ['worklist', 'rows'] as const;
/** Pages of a question that nobody looks at any more, ms: long enough to look at a study and come back. */
const KEPT_MS = 10 * 60_000;

/** One question, and which reload of it: the rows of one list never change their order under the reader. */
export interface Asked {
  readonly asked: string;
  readonly generation: number;
}

export const readPage = (asked: string, cursor: string | undefined, signal?: AbortSignal) => {
  const search = new URLSearchParams(asked);
  search.set('limit', `${PAGE_ROWS}`);
  if (cursor !== undefined) search.set('cursor', cursor);
  return getJson<WorklistPageOfRows>(`/api/worklist?${search}`, signal);
};

export const pageOptions = ({ asked, generation }: Asked, page: number, cursor: string | undefined) => ({
  queryKey: [...ROWS, asked, generation, page, cursor ?? ''],
  queryFn: ({ signal }: { signal: AbortSignal }) => readPage(asked, cursor, signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: KEPT_MS,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
  retry: 1,
});

const cached = (client: QueryClient) =>
  client.getQueriesData<WorklistPageOfRows>({ queryKey: ROWS }).flatMap(([, page]) => page?.rows ?? []);

export const isInMemory = (client: QueryClient, study: string): boolean =>
  cached(client).some(({ studyInstanceUid }) => studyInstanceUid === study);

/** The first page as it is shown. */
export const firstPage = (client: QueryClient, asked: Asked): WorklistPageOfRows | undefined =>
  client.getQueryData(pageOptions(asked, 0, undefined).queryKey);

/** The row says something else; it stays where it is. */
export function changeRow(
  client: QueryClient,
  study: string,
  change: (row: WorklistRow) => WorklistRow,
): void {
  client.setQueriesData<WorklistPageOfRows>({ queryKey: ROWS }, (page) =>
    page?.rows.some(({ studyInstanceUid }) => studyInstanceUid === study)
      ? { ...page, rows: page.rows.map((row) => (row.studyInstanceUid === study ? change(row) : row)) }
      : page,
  );
}

/** As the server has it now. */
export async function refreshRow(client: QueryClient, study: string): Promise<void> {
  const row = await getJson<WorklistRow>(`/api/studies/${study}/summary`).catch(() => undefined);
  if (row !== undefined) changeRow(client, study, (old) => ({ ...old, ...row }));
}

/** A few hundred rows stay in memory: the first page, and those around what is looked at. */
export function putAway(client: QueryClient, { asked, generation }: Asked, kept: readonly number[]): void {
  client.removeQueries({
    queryKey: [...ROWS, asked, generation],
    predicate: ({ queryKey }) => queryKey[4] !== 0 && !kept.includes(Number(queryKey[4])),
  });
}
