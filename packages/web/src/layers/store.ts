/** A value that several components share and follow. */
import { useSyncExternalStore } from 'react';

export interface Shared<T> {
  get(): T;
  set(next: T): void;
  follow(listener: () => void): () => void;
}

export function shared<T>(initial: T): Shared<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    follow(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const useShared = <T>(store: Shared<T>): T => useSyncExternalStore(store.follow, store.get, store.get);
