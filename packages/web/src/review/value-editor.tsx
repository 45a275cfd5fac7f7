import type { GivenValue, ReviewedEntry } from '@promontory/core/review';
import { VERTEBRAE } from '@promontory/core/spine';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unitSymbol } from './format.ts';
import { GradeChoice } from './grade-choice.tsx';
import { useNames } from './names.ts';

interface Props {
  readonly entry: ReviewedEntry;
  onGive(value: GivenValue): void;
  onCancel(): void;
}

/** Where a person gives the value. */
export function ValueEditor(props: Props) {
  const { entry, onGive, onCancel } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first =
      box.current?.querySelector<HTMLElement>('[tabindex="0"], input, select') ??
      box.current?.querySelector<HTMLElement>('button');
    first?.focus();
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onCancel();
    box.current?.closest('li')?.querySelector<HTMLElement>('.result-main')?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape of whatever stands within
    <div ref={box} className="editor" onKeyDown={onKeyDown}>
      {entry.kind === 'grade' || entry.kind === 'flag' ? (
        <GradeChoice field={entry.field} kind={entry.kind} given={entry.value} onGive={onGive} />
      ) : entry.kind === 'level' ? (
        <LevelChoice {...props} />
      ) : (
        <Figure {...props} />
      )}
    </div>
  );
}

function Figure({ entry, onGive, onCancel }: Props) {
  const { t } = useTranslation('review');
  const names = useNames();
  const id = useId();
  const [text, setText] = useState(
    typeof entry.value === 'number' ? String(Number(entry.value.toFixed(2))) : '',
  );
  // A comma is a decimal sign in most of the languages.
  const value = Number(text.replace(',', '.'));
  const isFigure = text.trim() !== '' && Number.isFinite(value);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (isFigure) onGive(value);
  };
  return (
    <form onSubmit={onSubmit} className="editor-figure">
      <label htmlFor={id}>{t('new-value', { name: names.field(entry) })}</label>
      <span className="editor-line">
        <input
          id={id}
          className="field"
          inputMode="decimal"
          autoComplete="off"
          value={text}
          aria-invalid={text !== '' && !isFigure}
          onChange={(event) => setText(event.target.value)}
        />
        {entry.unit !== undefined && <span>{unitSymbol(entry.unit)}</span>}
        <button type="submit" className="button small primary" disabled={!isFigure}>
          {t('save')}
        </button>
        <button type="button" className="button small quiet" onClick={onCancel}>
          {t('cancel')}
        </button>
      </span>
    </form>
  );
}

/** Places that the end of the cord or sac can have: a body, or the disc below it. */
const PLACES = VERTEBRAE.flatMap((upper, at) => {
  const lower = VERTEBRAE[at + 1];
  return lower === undefined ? [upper] : [upper, `${upper}/${lower}`];
});

function LevelChoice({ entry, onGive }: Props) {
  const { t } = useTranslation('review');
  const names = useNames();
  const id = useId();
  return (
    <p className="editor-line">
      <label htmlFor={id}>{t('new-value', { name: names.field(entry) })}</label>
      <select
        id={id}
        className="field"
        value={typeof entry.value === 'string' ? entry.value : ''}
        onChange={(event) => onGive(event.target.value)}
      >
        <option value="" disabled>
          –
        </option>
        {PLACES.map((place) => (
          <option key={place}>{place}</option>
        ))}
      </select>
    </p>
  );
}
