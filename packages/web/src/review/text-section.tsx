import type { ReportSection } from '@promontory/core/review';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReview, useRoom, useStudy } from '../study/index.ts';
import { isOvertaken, unkeptText } from './unkept-text.ts';

/**
 * A pause in writing; what was written is journalled at once when the field or the page is left, and stands in
 * `unkeptText` before.
 */
const PAUSE_MS = 1_500;
const LONGEST = 20_000;

/** One free text of the report. It is saved by itself, as a mark. */
export function TextSection({ section }: { readonly section: ReportSection }) {
  const { t } = useTranslation('review');
  const id = useId();
  const { mark, studyInstanceUid } = useStudy();
  const { mayReview, account, marksLoading } = useRoom();
  const slot = useReview().text(section);
  const kept = slot.state === 'set' ? slot.value : '';
  const unkept = useMemo(
    () => unkeptText(account.accountId, studyInstanceUid, section),
    [account.accountId, studyInstanceUid, section],
  );
  // Absent: nothing is being written, and what is kept is shown, also where another wrote it.
  const [draft, setDraft] = useState(unkept.read);
  const isKnown = marksLoading !== 'loading';
  const latest = useRef({ draft, kept, mark, unkept, isKnown });
  latest.current = { draft, kept, mark, unkept, isKnown };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const [isSaving, setSaving] = useState(false);
  const put = useRef(async (text: string) => {
    setSaving(true);
    const { mark: markDeed, kept: before, unkept: written } = latest.current;
    // Own words are the ground of what is written on, and no longer only a draft.
    setDraft((now) => now && { base: text, text: now.text });
    if (text !== before) await markDeed({ kind: 'text', section, text });
    // Unless more was written meanwhile.
    if ((written.read()?.text ?? text) === text) written.forget();
    setSaving(false);
  });
  const save = useRef(async () => {
    clearTimeout(timer.current);
    const { draft: now, kept: before, isKnown: maySave } = latest.current;
    if (now === undefined || !maySave || isOvertaken(now, before)) return;
    await put.current(now.text);
  });
  useEffect(() => {
    const leave = (): void => void save.current();
    document.addEventListener('visibilitychange', leave);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      leave();
    };
  }, []);
  // What a closed or crashed page left behind is journalled as soon as it is known what stands there.
  useEffect(() => {
    if (isKnown) void save.current();
  }, [isKnown]);

  if (slot.state === 'conflict') return null;
  const overtaken = draft !== undefined && !isSaving && isKnown && isOvertaken(draft, kept);
  return (
    <div className="text-section">
      <label htmlFor={id}>{t(`section.${section}`)}</label>
      <textarea
        id={id}
        className="field"
        rows={section === 'findings' || section === 'impression' ? 4 : 2}
        maxLength={LONGEST}
        dir="auto"
        readOnly={!mayReview}
        value={draft?.text ?? kept}
        onChange={(event) => {
          const now = { base: draft?.base ?? kept, text: event.target.value };
          setDraft(now);
          unkept.keep(now);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => void save.current(), PAUSE_MS);
        }}
        onBlur={() => {
          const left = draft?.text;
          void save.current().then(() => {
            setDraft((now) => (now?.text === left && now?.base === left ? undefined : now));
          });
        }}
      />
      {overtaken && (
        <div className="notice" role="alert">
          <p>{t('text.overtaken')}</p>
          <blockquote className="written">{kept}</blockquote>
          <button type="button" className="button small" onClick={() => void put.current(draft.text)}>
            {t('text.mine')}
          </button>
          <button
            type="button"
            className="button small"
            onClick={() => {
              unkept.forget();
              setDraft(undefined);
            }}
          >
            {t('text.theirs')}
          </button>
        </div>
      )}
    </div>
  );
}
