import type { Deed } from '@promontory/core/review';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JournalEntry, JournalState } from '../journal/index.ts';
import { Busy } from '../look/index.ts';
import { type Me, useSignedIn } from '../server/index.ts';
import { type Focus, type OpenStudy, type Saving, StudyContext } from './open-study.ts';
import { keepSetting, readSetting } from './reader-settings.ts';
import { listReports } from './reports.ts';
import { RoomContext, type StudyRoom } from './room.ts';
import { useJournal } from './use-journal.ts';
import { useMarks } from './use-marks.ts';
import { useReadingClock } from './use-reading-clock.ts';
import { useStudyReadings } from './use-readings.ts';

interface Props {
  readonly studyInstanceUid: string;
  readonly children: ReactNode;
}

/** Opens a study for everything that stands in it: readings, marks, reports, where everybody looks. */
export function StudyProvider(props: Props) {
  const { t } = useTranslation('review');
  const me = useSignedIn();
  if (me.data === undefined) return <Busy text={t('opening')} />;
  return (
    <OpenedStudy key={`${props.studyInstanceUid} ${me.data.account.accountId}`} me={me.data} {...props} />
  );
}

function OpenedStudy({ studyInstanceUid: study, me, children }: Props & { readonly me: Me }) {
  const { account } = me;
  const queries = useQueryClient();
  const { opening, journal, state: journalState } = useJournal(account);
  const { reading, readings, onJob, onJobsMissed } = useStudyReadings(
    study,
    me.deeds.includes('request-reading'),
  );
  const reports = useQuery({
    queryKey: ['study', study, 'reports'],
    queryFn: ({ signal }) => listReports(study, signal),
  });
  const refreshReports = useCallback(() => {
    void queries.invalidateQueries({ queryKey: ['study', study, 'reports'] });
  }, [queries, study]);
  const marks = useMarks({
    study,
    account,
    opening,
    reading,
    onReport: refreshReports,
    onJob,
    onJobsMissed,
  });
  const { followed, review, reviewed, markAll, undo, redo } = marks;
  const [focus, moveFocus] = useState<Focus>({});
  const [isChosen, setChosen] = useState(readSetting(BLIND_FIRST, account.accountId) === 'yes');

  const isRevealed =
    review.revealed.some(({ by }) => by === account.accountId) ||
    review.decided.some((target) => {
      const slot = review.decision(target);
      return slot.state !== 'none' && slot.claims.some(({ by }) => by === account.accountId);
    });
  // While the marks are not known it cannot be told whether it was revealed: then it stays hidden.
  const isReadingHidden = isChosen && !isRevealed;

  const saving = useMemo(() => savingOf(followed.waiting, journalState), [followed.waiting, journalState]);
  const open = useMemo<OpenStudy>(
    () => ({
      studyInstanceUid: study,
      ...(reading && { reading }),
      focus,
      moveFocus,
      isReadingHidden,
      saving,
      mark: (deed: Deed) => markAll([deed]),
      undo,
      redo,
    }),
    [study, reading, focus, isReadingHidden, saving, markAll, undo, redo],
  );
  const openSince = useReadingClock();
  const room: StudyRoom = {
    account,
    mayReview: me.deeds.includes('review'),
    maySign: me.deeds.includes('sign'),
    review,
    ...(reviewed && { reviewed }),
    readings,
    reports: reports.data ?? [],
    refreshReports,
    refreshMarks: marks.refresh,
    markAll,
    canUndo: marks.canUndo,
    canRedo: marks.canRedo,
    blindFirst: {
      isChosen,
      choose(chosen) {
        keepSetting(BLIND_FIRST, account.accountId, chosen ? 'yes' : 'no');
        setChosen(chosen);
      },
    },
    openSince,
    marksLoading: followed.loading,
    isLive: followed.live,
    waiting: followed.waiting,
    ...(followed.fromOther && { fromOther: followed.fromOther }),
    ...(journal && { journal }),
    ...(journalState && { journalState }),
  };
  return (
    <StudyContext value={open}>
      <RoomContext value={room}>{children}</RoomContext>
    </StudyContext>
  );
}

const BLIND_FIRST = 'blind-first';

function savingOf(waiting: readonly JournalEntry[], journal: JournalState | undefined): Saving {
  const unsent = waiting.filter(({ refusal }) => refusal === undefined).length;
  if (waiting.length > unsent) return { state: 'refused', unsent };
  if (unsent === 0) return { state: 'saved', unsent };
  return { state: journal?.hindrance === 'none' ? 'sending' : 'unsent', unsent };
}
