import type { GivenValue, TargetKind } from '@promontory/core/review';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { GRADES, useNames } from './names.ts';

interface Props {
  readonly field: string;
  readonly kind: TargetKind;
  readonly given: GivenValue | undefined;
  onGive(value: GivenValue): void;
  /** Without the words of each grade, where many stand below each other. */
  readonly isShort?: boolean;
}

/** A grade or yes-or-no by button or key: the digit of the grade, `y` or `n`. */
export function GradeChoice({ field, kind, given, onGive, isShort = false }: Props) {
  const { t } = useTranslation('review');
  const names = useNames();
  const values: readonly GivenValue[] = kind === 'flag' ? [true, false] : (GRADES[field] ?? []);
  const keyOf = (value: GivenValue): string => (value === true ? 'y' : value === false ? 'n' : `${value}`);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const chosen = values.find((value) => keyOf(value) === event.key);
    if (chosen !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      event.nativeEvent.stopImmediatePropagation();
      onGive(chosen);
      return;
    }
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div
      role="radiogroup"
      className={isShort ? 'grades grades-short' : 'grades'}
      aria-label={names.field({ field })}
      onKeyDown={onKeyDown}
    >
      {values.map((value, at) => {
        const isGiven = value === given;
        const isReached = isGiven || (at === 0 && (given === undefined || !values.includes(given)));
        return (
          // biome-ignore lint/a11y/useSemanticElements: choosing acts at once, which a native radio would do on every arrow
          <button
            key={keyOf(value)}
            type="button"
            role="radio"
            aria-checked={isGiven}
            tabIndex={isReached ? 0 : -1}
            className="grade"
            onClick={() => onGive(value)}
          >
            <b>{typeof value === 'boolean' ? t(value ? 'yes' : 'no') : value}</b>
            {typeof value === 'number' && (
              <span className={isShort ? 'visually-hidden' : 'grade-words'}>
                {t(`grade-words.${field}.${value}`)}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}
