/** The question in the address (`#/?status=…`): what stands there can be gone back to and sent to a colleague. */
import { useCallback, useSyncExternalStore } from 'react';
import { type ListQuery, readQuery, writeQuery } from './list-query.ts';

const listeners = new Set<() => void>();
let last = '';

/** Of the list only: while another page stands in the address, the list asks what it asked before. */
function searchInAddress(): string {
  const [path = '', search = ''] = location.hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  if (path === '') last = search;
  return last;
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  addEventListener('hashchange', tell);
  addEventListener('popstate', tell);
  return () => {
    listeners.delete(tell);
    removeEventListener('hashchange', tell);
    removeEventListener('popstate', tell);
  };
}

/** In place of the present address: going back leads to the page before the list, not through every letter typed. */
export function putSearch(search: string): void {
  history.replaceState(history.state, '', search === '' ? '#/' : `#/?${search}`);
  for (const tell of listeners) tell();
}

export function useListQuery(): readonly [ListQuery, string, (query: ListQuery) => void] {
  const search = useSyncExternalStore(subscribe, searchInAddress);
  const ask = useCallback((query: ListQuery) => putSearch(writeQuery(query)), []);
  return [readQuery(search), search, ask];
}
