import type { Reviewed } from '@promontory/core/review';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { personName } from '../look/index.ts';
import { useReadings, useReviewed, useRoom, useStudy } from '../study/index.ts';
import { ConflictList } from './conflict-list.tsx';
import { DisagreementList } from './disagreement-list.tsx';
import { commandOf, isElsewhere } from './keys.ts';
import { LevelSection } from './level-section.tsx';
import { Numbering } from './numbering.tsx';
import { OwnGrades } from './own-grades.tsx';
import { Provenance } from './provenance.tsx';
import { Progress, ReadingState } from './reading-state.tsx';
import './review.css';
import { SavingState } from './saving-state.tsx';
import { type ReviewDesk, useReviewDesk } from './use-review-desk.ts';

/** The reading beside the images: every result with where it comes from, and what a person makes of it. */
export function ReviewPanel() {
  const { t } = useTranslation('review');
  const study = useStudy();
  const room = useRoom();
  const readings = useReadings();
  const reviewed = useReviewed();
  const panel = useRef<HTMLElement>(null);
  return (
    <section ref={panel} className="review" aria-label={t('panel')} tabIndex={-1}>
      <header className="review-head">
        <h2 className="visually-hidden">{t('panel')}</h2>
        <SavingState />
      </header>
      {study.reading !== undefined && room.mayReview && (
        <label className="switch">
          <input
            type="checkbox"
            checked={room.blindFirst.isChosen}
            onChange={(event) => room.blindFirst.choose(event.target.checked)}
          />
          {t('blind')}
        </label>
      )}
      {room.blindFirst.isChosen &&
        !study.isReadingHidden &&
        study.reading !== undefined &&
        room.mayReview && <p className="honest">{t('blind.seen')}</p>}
      <News />
      {study.reading === undefined || reviewed === undefined ? (
        <ReadingState />
      ) : study.isReadingHidden ? (
        <OwnGrades reading={study.reading} />
      ) : (
        <>
          <Progress readings={readings} />
          <ConflictList />
          <Results reviewed={reviewed} panel={panel} />
        </>
      )}
    </section>
  );
}

/** What others did just now. */
function News() {
  const { t } = useTranslation('review');
  const { fromOther, isLive, marksLoading } = useRoom();
  return (
    <p className="review-news" role="status">
      {marksLoading === 'failed'
        ? t('marks.failed')
        : fromOther !== undefined
          ? t('news', { name: personName(fromOther.authorName) })
          : ''}
      {!isLive && marksLoading === 'loaded' && <span> {t('not-live')}</span>}
    </p>
  );
}

interface ResultsProps {
  readonly reviewed: Reviewed;
  readonly panel: React.RefObject<HTMLElement | null>;
}

function Results({ reviewed, panel }: ResultsProps) {
  const { t } = useTranslation('review');
  const { mayReview, canUndo, canRedo } = useRoom();
  const { undo, redo } = useStudy();
  const desk = useReviewDesk(reviewed);
  useReviewKeys(desk, panel, mayReview);
  const all = reviewed.entries.filter(({ value, status }) => value !== undefined || status !== 'unreviewed');
  const done = all.filter(({ status }) => status !== 'unreviewed' && status !== 'conflict').length;
  return (
    <>
      <div className="review-tools">
        <span className="review-count" role="status">
          {t('judged', { done, all: all.length })}
        </span>
        {mayReview && (
          <span>
            <button type="button" className="button small quiet" disabled={!canUndo} onClick={undo}>
              {t('undo')}
            </button>
            <button type="button" className="button small quiet" disabled={!canRedo} onClick={redo}>
              {t('redo')}
            </button>
          </span>
        )}
        <fieldset className="review-orders" aria-label={t('order')}>
          {(['head-to-feet', 'importance'] as const).map((order) => (
            <button
              key={order}
              type="button"
              className="button small quiet"
              aria-pressed={desk.order === order}
              onClick={() => desk.setOrder(order)}
            >
              {t(`order.${order}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <p className="honest">
        {t(mayReview ? 'honest' : 'honest.read-only')} {t('uncertainty')}
      </p>
      <DisagreementList reviewed={reviewed} />
      <Numbering reviewed={reviewed} desk={desk} />
      {desk.groups.map((group) => (
        <LevelSection key={group.level ?? ''} group={group} desk={desk} reviewed={reviewed} />
      ))}
      <Provenance />
    </>
  );
}

/** Keys work from anywhere on the page, but where somebody writes. */
function useReviewKeys(desk: ReviewDesk, panel: ResultsProps['panel'], mayReview: boolean): void {
  const { undo, redo } = useStudy();
  const act = useRef<(event: KeyboardEvent) => void>(() => {});
  act.current = (event) => {
    if (event.defaultPrevented || isElsewhere(event.target)) return;
    const command = commandOf(event);
    if (command === undefined) return;
    const entry = desk.entry(desk.current);
    const group = desk.groups.find(({ entries, more }) =>
      [...entries, ...more].some(({ target }) => target === desk.current),
    );
    event.preventDefault();
    if (command === 'next') desk.step(1);
    else if (command === 'previous') desk.step(-1);
    else if (command === 'panel') panel.current?.focus();
    else if (!mayReview) return;
    else if (command === 'undo') undo();
    else if (command === 'redo') redo();
    else if (command === 'accept-level') group && desk.acceptLevel(group);
    else if (entry === undefined) desk.step(1);
    else if (command === 'accept') desk.accept(entry);
    else if (command === 'reject') desk.reject(entry);
    else if (command === 'take-back') desk.takeBack(entry);
    else desk.edit(entry.target);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => act.current(event);
    // Before the images' own keys: accepting must not do anything else besides.
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, []);
}
