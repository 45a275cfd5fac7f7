import { useSyncExternalStore } from 'react';

/** Narrower than this, what stands side by side stands behind a button: tablets upright and phones, CSS px. */
const NARROW = '(max-width: 60rem)';

const subscribe = (changed: () => void) => {
  const query = matchMedia(NARROW);
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
};

export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(NARROW).matches);
