import { useTranslation } from 'react-i18next';
import type { Rank, UrgencyReason, WorklistRow } from './worklist-row.ts';

/** A shape of its own for each rank: told apart without colour, and in print. */
const SHAPES: Readonly<Record<Rank, string>> = {
  3: 'M8 1 15.5 14.5H.5Z',
  2: 'M8 .5 15.5 8 8 15.5.5 8Z',
  1: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11Z',
  0: 'M2 7h12v2H2Z',
};

/** `L4/L5`, as everywhere else; the stroke is no place to break the line. */
const levelText = (level: string): string => level.replace('/', '\u2060/\u2060');
/** Grades and probabilities have no unit. */
const UNITS: Readonly<Record<string, string>> = { mm2: 'mm²', mm: 'mm', deg: '°' };

function useReasonText(): (reason: UrgencyReason) => string {
  const { t, i18n } = useTranslation('worklist');
  return ({ code, level = '', value, unit, experimental }) => {
    const isProbability = code === 'herniation' && value !== undefined;
    const number = new Intl.NumberFormat(i18n.language, {
      maximumFractionDigits: unit === undefined ? 0 : 1,
      ...(isProbability && { style: 'percent' }),
    });
    const shown = value === undefined ? '' : number.format(value) + (unit ? ` ${UNITS[unit] ?? unit}` : '');
    const text = i18n.exists(`reason.${code}`, { ns: 'worklist' })
      ? t(`reason.${code}`, { level: levelText(level), value: shown })
      : t('reason.other');
    return experimental === true ? t('reason.experimental', { reason: text }) : text;
  };
}

/** How urgent, in a shape and a word, and why. Of a study that is not read nothing is said. */
export function UrgencyMark({ row }: { readonly row: WorklistRow }) {
  const { t } = useTranslation('worklist');
  const textOf = useReasonText();
  const { rank, reasons } = row.urgency;
  const isUnread = (row.status === 'received' || row.status === 'reading') && reasons.length === 0;
  if (isUnread) return <span className="urgency urgency-none">{t('urgency.unread')}</span>;
  const [first, ...more] = reasons;
  return (
    <span className={`urgency urgency-${rank}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d={SHAPES[rank]} />
      </svg>
      <span>
        <span className="urgency-word">{t(`urgency.${rank}`)}</span>
        {first !== undefined && <span className="urgency-why"> {textOf(first)}</span>}
        {more.length > 0 && (
          <span className="urgency-more"> {t('urgency.more', { count: more.length })}</span>
        )}
        {/* Where no heading says it. */}
        {(rank > 0 || reasons.length > 0) && <span className="urgency-ai"> {t('urgency.ai')}</span>}
      </span>
    </span>
  );
}
