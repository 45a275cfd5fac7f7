/** Results in words. */
import {
  type Decision,
  type GivenValue,
  REPORT_SECTIONS,
  type SlotName,
  type TargetEntry,
} from '@promontory/core/review';
import { useTranslation } from 'react-i18next';
import { measure } from './format.ts';

type Named = Pick<TargetEntry, 'field'>;
type Valued = Pick<TargetEntry, 'field'> & { readonly unit?: TargetEntry['unit'] | undefined };

export interface Names {
  readonly language: string;
  field(entry: Named): string;
  /** `8.4 ± 0.7 mm`, `Grade 4`, `Yes`, `L1`. */
  value(entry: Valued, value: GivenValue, uncertainty?: number): string;
  reason(code: string): string;
  /** `L4/L5`; the whole spine has a name, too. */
  level(level: string | undefined): string;
  slot(slot: SlotName, nameOf: (label: string) => string): string;
  decision(entry: Valued | undefined, decision: Decision | undefined): string;
}

/** Of a place below the lowest vertebra named: `below S1`. */
const BELOW = 'below ';

/** Roman, as the grades of a slip are written. */
export const MEYERDING = ['', 'I', 'II', 'III', 'IV', 'V'] as const;

/** Grades of few numbers, each with its words in the catalogue. */
export const GRADES: Readonly<Record<string, readonly number[]>> = {
  pfirrmann: [1, 2, 3, 4, 5],
  modic: [0, 1, 2, 3],
  genant: [0, 1, 2, 3],
};

export function useNames(): Names {
  const { t, i18n } = useTranslation('review');
  const language = i18n.language;
  const field = ({ field: path }: Named): string => {
    const [muscle = '', side, what] = path.split('.');
    if (side === 'right' || side === 'left')
      return t('muscle.of', {
        muscle: t(`muscle.${muscle}`),
        side: t(`side.${side}`),
        what: t(`muscle-${what}`),
      });
    if (side === 'asymmetry') return t('muscle.asymmetry', { muscle: t(`muscle.${muscle}`) });
    return t(`field.${path}`, { defaultValue: spelled(path) });
  };
  const value: Names['value'] = (entry, given, uncertainty) => {
    if (typeof given === 'boolean') return t(given ? 'yes' : 'no');
    if (typeof given === 'string')
      return given.startsWith(BELOW) ? t('value.below', { level: given.slice(BELOW.length) }) : given;
    if (entry.field in GRADES) return t(`grade.${entry.field}`, { grade: numeral(given, language) });
    return measure(given, entry.unit ?? 'ratio', uncertainty, language);
  };
  const level = (name: string | undefined): string => name ?? t('whole-spine');
  return {
    language,
    field,
    value,
    level,
    reason: (code) => t(`reason.${code}`, { defaultValue: code.replaceAll('-', ' ') }),
    slot(slot, nameOf) {
      switch (slot.kind) {
        case 'decision': {
          const [, place = '', path] = slot.target.split('/');
          const at = place.replace('~', '/');
          const own = path ?? slot.target.split('/')[0] ?? '';
          return /^[TLS]\d/.test(at)
            ? `${nameOf(at)} · ${field({ field: own })}`
            : field({ field: path ?? (place === '' ? 'lowestDisc' : place) });
        }
        case 'outline':
          return t(`outline.${slot.structure}`, {
            level: slot.label === undefined ? '' : nameOf(slot.label),
          });
        case 'text':
          return t(`section.${REPORT_SECTIONS.find((each) => each === slot.section)}`);
        case 'landmark':
          return field({ field: slot.name });
        default:
          return t(`slot.${slot.kind}`);
      }
    },
    decision(entry, decision) {
      if (decision === undefined) return t('claim.taken-back');
      if (decision.verdict !== 'correct') return t(`claim.${decision.verdict}`);
      const text = entry === undefined ? `${decision.value}` : value(entry, decision.value);
      return t('claim.correct', { value: text });
    },
  };
}

const numeral = (value: number, language: string): string => new Intl.NumberFormat(language).format(value);

/** A name that the catalogue has not is spelt out, never dropped. */
const spelled = (path: string): string =>
  path
    .replaceAll(/[._]/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
