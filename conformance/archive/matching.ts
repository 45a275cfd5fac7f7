/**
 * Attribute matching read from PS3.4 C.2.2.2 and PS3.18 8.3.4 alone: the judge where two archives differ. It works on
 * DICOM JSON, value by value, and knows nothing of an index.
 */
export interface Element {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly InlineBinary?: string;
  readonly BulkDataURI?: string;
}
export type Row = Readonly<Record<string, Element | undefined>>;

/** Where an archive is known to part from the standard. */
export interface Dialect {
  /** C.2.2.2.1 and C.2.2.2.4: only names may be matched without regard to case. */
  readonly anyCase: boolean;
  /** C.2.2.2.5: an empty value is neither a date nor before one, nor is one that is absent. */
  readonly emptyIsEarly: boolean;
  readonly absentIsEarly: boolean;
  /** PS3.5 table 6.2-1: ACR-NEMA's 2003.08.18 and 14:04:38 are read as date and time. */
  readonly separatorsStand: boolean;
  /** PS3.5 6.2.1.2: the groups of a name (alphabetic, ideographic, phonetic) are names of their own, each to be found. */
  readonly groupsAreOne: boolean;
  /** C.2.2.2.5, PS3.5 table 6.2-1: the end 10 of a range of times stands for all of its hour. */
  readonly endIsExact: boolean;
}

export const STANDARD: Dialect = {
  anyCase: false,
  emptyIsEarly: false,
  absentIsEarly: false,
  separatorsStand: false,
  groupsAreOne: false,
  endIsExact: false,
};

const NAME_PARTS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** Values as a client would write them into a query. */
export function textsOf(element: Element | undefined): string[] {
  return (element?.Value ?? []).flatMap((value) => {
    if (value === null) return [];
    if (typeof value !== 'object') return [String(value)];
    const name = value as Record<string, string | undefined>;
    return NAME_PARTS.map((part) => name[part]).filter((text) => text !== undefined);
  });
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\^ ,.]+/g, ' ')
    .trim();

function patternOf(query: string): RegExp {
  const escaped = query.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 'su');
}

function inRange(value: string | undefined, query: string, dialect: Dialect): boolean {
  const at = query.indexOf('-');
  if (at < 0) return value === query;
  const [from, to] = [query.slice(0, at), query.slice(at + 1)];
  if (value === undefined) return dialect.absentIsEarly && from === '';
  if (value === '') return dialect.emptyIsEarly && from === '';
  const before = to === '' || value <= to || (!dialect.endIsExact && value.startsWith(to));
  return value >= from && before;
}

export const withoutSeparators = (text: string, vr: string): string =>
  text.replaceAll(vr === 'DA' ? '.' : ':', '');

/** @param vr of the attribute, which an empty one does not tell */
export function isMatch(
  element: Element | undefined,
  vr: string,
  query: string,
  dialect: Dialect = STANDARD,
): boolean {
  if (/^\**$/.test(query)) return true;
  const texts = textsOf(element);
  if (vr === 'UI') return query.split(/[,\\]/).some((uid) => texts.includes(uid));
  if (vr === 'DA' || vr === 'TM') {
    const text = element === undefined ? undefined : (texts[0] ?? '');
    return inRange(dialect.separatorsStand ? text : text && withoutSeparators(text, vr), query, dialect);
  }
  if (vr === 'IS') return texts.includes(query);
  if (vr === 'PN') {
    const names = dialect.groupsAreOne ? [texts.join('=')] : texts;
    return names.some((text) => patternOf(folded(query)).test(folded(text)));
  }
  const fold = (text: string) => (dialect.anyCase ? text.toLowerCase() : text);
  const wanted = vr === 'CS' ? query.split(/[,\\]/) : [query];
  return wanted.some((one) => texts.some((text) => patternOf(fold(one)).test(fold(text))));
}
