import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type Account, type Journal, type JournalState, journalOf } from '../journal/index.ts';

const nothing = (): (() => void) => () => {};

/** The journal of an account, as it opens and changes. */
export function useJournal({ accountId, displayName }: Account): {
  readonly opening: Promise<Journal>;
  readonly journal?: Journal;
  readonly state?: JournalState;
} {
  const opening = useMemo(() => journalOf({ accountId, displayName }), [accountId, displayName]);
  const [journal, setJournal] = useState<Journal>();
  useEffect(() => {
    let isThis = true;
    void opening.then((opened) => {
      if (isThis) setJournal(opened);
    });
    return () => {
      isThis = false;
    };
  }, [opening]);
  const state = useSyncExternalStore(journal?.subscribe ?? nothing, () => journal?.state);
  return { opening, ...(journal && { journal }), ...(state && { state }) };
}
