import { levelOfTarget, type ReviewedEntry, targetsOf } from '@promontory/core/review';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type OpenReading, useReview, useRoom, useStudy } from '../study/index.ts';
import { GradeChoice } from './grade-choice.tsx';
import { type LevelGroup, levelGroups } from './levels.ts';
import { useNames } from './names.ts';

/** What a reader can grade by eye; figures are measured on the images. */
const BY_EYE: ReadonlySet<string> = new Set([
  'pfirrmann',
  'modic',
  'bulging',
  'herniation',
  'narrowing',
  'spondylolisthesis',
]);

/** Names and places of what is graded; no value of the reading is in it. */
function blindGroups(reading: OpenReading): LevelGroup[] {
  const entries = targetsOf(reading.findings)
    .filter(({ field, group }) => group === 'disc' && BY_EYE.has(field))
    .map(
      ({ target, kind, group, field, level }): ReviewedEntry => ({
        target,
        kind,
        group,
        field,
        ...(level !== undefined && { level }),
        importance: 0,
        experimental: false,
        status: 'unreviewed',
        isEdited: false,
        isBeforeEdit: false,
        isStale: false,
      }),
    );
  const order = [...BY_EYE];
  return levelGroups(
    entries.sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field)),
    'head-to-feet',
  );
}

/** Blind-first: the reader's own grades, level by level, before anything of the reading is shown. */
export function OwnGrades({ reading }: { readonly reading: OpenReading }) {
  const { t } = useTranslation('review');
  const names = useNames();
  const { account, markAll } = useRoom();
  const { focus, moveFocus } = useStudy();
  const review = useReview();
  const box = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => blindGroups(reading), [reading]);
  const all = groups.flatMap(({ entries }) => entries);
  const ownOf = (target: string) => {
    const slot = review.own(target, account.accountId);
    return slot.state === 'set' ? slot.value : undefined;
  };
  const ungraded = all.filter(({ target }) => ownOf(target) === undefined);
  const give = (target: string, value: number | boolean | string): void => {
    void markAll([{ kind: 'own-grade', readingId: reading.readingId, target, value }]);
    // The next one is ready for its key.
    const groupsShown = [...(box.current?.querySelectorAll<HTMLElement>('[data-own]') ?? [])];
    const at = groupsShown.findIndex((each) => each.dataset.own === target);
    groupsShown[at + 1]?.querySelector<HTMLElement>('[role="radio"][tabindex="0"]')?.focus();
  };
  const goTo = (level: string | undefined): void => {
    const disc = reading.findings.discs.find(({ label }) => label === level);
    if (disc !== undefined && focus.level !== disc.label)
      moveFocus({ level: disc.label as NonNullable<typeof focus.level>, pointMm: disc.centroidMm });
  };
  return (
    <div ref={box} className="own-grades">
      <p>{t('blind.text')}</p>
      {groups.map(({ level, entries }) => (
        <section key={level} className="level" data-focused={level === focus.level ? 'true' : undefined}>
          <h3>{level}</h3>
          {entries.map(({ target, field, kind }) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: only follows the focus of what stands within
            <div
              key={target}
              className="own-line"
              data-own={target}
              onFocus={() => goTo(levelOfTarget(target))}
            >
              <span aria-hidden="true">{names.field({ field })}</span>
              <GradeChoice
                field={field}
                kind={kind}
                given={ownOf(target)}
                onGive={(value) => give(target, value)}
                isShort
              />
            </div>
          ))}
        </section>
      ))}
      <p className="reveal">
        <span role="status">
          {t('blind.graded', { done: all.length - ungraded.length, all: all.length })}
        </span>
        <button
          type="button"
          className="button primary"
          onClick={() =>
            void markAll([
              {
                kind: 'reveal',
                readingId: reading.readingId,
                withoutOwn: ungraded.map(({ target }) => target),
              },
            ])
          }
        >
          {t('blind.reveal')}
        </button>
        {ungraded.length > 0 && <small>{t('blind.left', { count: ungraded.length })}</small>}
      </p>
    </div>
  );
}
