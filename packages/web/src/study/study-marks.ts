import type { Deed, KeptMark, PendingMark } from '@promontory/core/review';
import type { Account, Journal, JournalEntry } from '../journal/index.ts';
import { type LiveListener, listenLive } from './live.ts';
import { hasGap, type MarksState, marksAfter, NO_MARKS, withKept } from './marks.ts';

export interface FollowedMarks extends MarksState {
  /** Of this account and study: not acknowledged yet, refused ones too. */
  readonly waiting: readonly JournalEntry[];
  /** Others' marks are told as they are made. */
  readonly live: boolean;
  /** The last that somebody else made while the study was open here. */
  readonly fromOther?: KeptMark;
}

export interface StudyMarks {
  readonly state: FollowedMarks;
  subscribe(listener: () => void): () => void;
  /** Resolves when the marks stand in the journal, all or none. */
  keep(deeds: readonly Deed[]): Promise<readonly JournalEntry[]>;
  refresh(): void;
  /** @returns stop following */
  start(heard: Pick<LiveListener, 'onReport' | 'onJob' | 'onJobsMissed'>): () => void;
}

/** @param journal of the account: opening it takes a moment, in which marks already wait for it */
export function studyMarks(study: string, account: Account, journal: Promise<Journal>): StudyMarks {
  const listeners = new Set<() => void>();
  let state: FollowedMarks = { ...NO_MARKS, waiting: [], live: false };
  const change = (changed: Partial<FollowedMarks>): void => {
    state = { ...state, ...changed };
    for (const listener of listeners) listener();
  };

  let isFetching = false;
  let wantsAnother = false;
  /** Told by the server, one or some: where one before them did not come, it is asked for. */
  const arrive = (marks: readonly KeptMark[], isNews: boolean): void => {
    const other = isNews ? marks.findLast(({ author }) => author !== account.accountId) : undefined;
    change({ ...withKept(state, marks), ...(other && { fromOther: other }) });
    if (hasGap(state)) refresh();
  };
  const refresh = (): void => {
    wantsAnother = isFetching;
    if (isFetching) return;
    isFetching = true;
    marksAfter(study, state.sequence)
      .then(({ marks }) => change({ ...withKept(state, marks), loading: 'loaded' }))
      .catch(() => {
        if (state.loading === 'loading') change({ loading: 'failed' });
      })
      .finally(() => {
        isFetching = false;
        if (wantsAnother) refresh();
      });
  };
  const readJournal = (opened: Journal): void => {
    const waiting = opened.state.entries.filter((each) => each.studyInstanceUid === study);
    const isSame =
      waiting.length === state.waiting.length && waiting.every((each, i) => each === state.waiting[i]);
    if (!isSame) change({ waiting });
  };

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async keep(deeds) {
      const { sequence } = state;
      const opened = await journal;
      const entries = await opened.keep(study, deeds, sequence);
      readJournal(opened);
      return entries;
    },
    refresh,
    start({ onReport, onJob, onJobsMissed }) {
      let stopped = false;
      let stopJournal = (): void => {};
      void journal.then((opened) => {
        if (stopped) return;
        const stops = [
          opened.subscribe(() => readJournal(opened)),
          opened.onKept((of, kept) => {
            if (of === study) arrive(kept, false);
          }),
        ];
        stopJournal = () => {
          for (const stop of stops) stop();
        };
        readJournal(opened);
      });
      refresh();
      const stopLive = listenLive(study, {
        onMark(mark) {
          arrive([mark], true);
        },
        onReport,
        onJob,
        onJobsMissed,
        onOpen(isAgain) {
          change({ live: true });
          refresh();
          if (isAgain) onReport();
          void journal.then((opened) => opened.send());
        },
        onLost: () => change({ live: false }),
      });
      return () => {
        stopped = true;
        stopLive();
        stopJournal();
      };
    },
  };
}

/** What the fold takes: refused marks do not count, for nobody else will ever see them. */
export const allMarks = ({ kept, waiting }: FollowedMarks): (KeptMark | PendingMark)[] => [
  ...kept,
  ...waiting
    .filter(({ refusal }) => refusal === undefined)
    .map(({ mark, accountId, authorName }) => ({ ...mark, author: accountId, authorName })),
];
