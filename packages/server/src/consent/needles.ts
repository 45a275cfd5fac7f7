/** What must be found nowhere once a patient or study is erased. */
import type { Erasing } from './erasure-rows.ts';

export interface Needles {
  readonly uids: readonly string[];
  /** POSIX regular expression over names and identifiers; absent where the patient has other studies. */
  readonly identity?: string;
  /** Birth date and family name: either alone says little, both in one row say who. */
  readonly born?: { readonly date: string; readonly family: string };
  /** Names and IDs that could not be searched for by themselves. */
  readonly tooShort: number;
}

/** Shorter ones stand in many places by chance. A short patient key counts as a whole value or JSON string. */
const WITHIN_LENGTH = 4;
const OTHER = '[^[:alnum:]]';

const literal = (text: string): string => text.replace(/[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/g, '\\$&');

const within = (texts: readonly string[]): string =>
  `(^|${OTHER})(${texts.map(literal).join('|')})($|${OTHER})`;
const whole = (text: string): string => `(^|")${literal(text)}($|")`;

const withoutAccents = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** As sent, without accents, and as people write it: of each group of components of PN (PS3.5 6.2.1). */
function nameForms(name: string): string[] {
  return name.split('=').flatMap((group) => {
    const [family = '', given = ''] = group.split('^').map((part) => part.trim());
    const forms = [group.trim().replace(/\^+$/, '')];
    if (family !== '' && given !== '')
      forms.push(`${family} ${given}`, `${given} ${family}`, `${family}, ${given}`);
    return forms.flatMap((form) => [form, withoutAccents(form)]);
  });
}

export function needlesOf(erasing: Erasing): Needles {
  const { uids, patients, patientGone, patientKey } = erasing;
  if (!patientGone) return { uids, tooShort: 0 };
  const texts = new Set<string>();
  for (const { patientId, patientName } of patients) {
    texts.add(patientId?.trim() ?? '');
    for (const form of nameForms(patientName ?? '')) texts.add(form);
  }
  texts.delete('');
  const isLong = (text: string): boolean => text.length >= WITHIN_LENGTH;
  const long = [...new Set([patientKey, ...texts])].filter(isLong);
  const parts = [
    ...(long.length === 0 ? [] : [within(long)]),
    ...(isLong(patientKey) ? [] : [whole(patientKey)]),
  ];
  const dated = patients.find(
    ({ birthDate, patientName = '' }) => birthDate !== undefined && familyOf(patientName),
  );
  return {
    uids,
    identity: parts.join('|'),
    ...(dated?.birthDate === undefined
      ? {}
      : { born: { date: dated.birthDate, family: within([familyOf(dated.patientName ?? '')]) } }),
    tooShort: [...texts].filter((text) => !isLong(text)).length,
  };
}

const familyOf = (name: string): string => name.split(/[\^=]/)[0]?.trim() ?? '';

/** Whether a text that a person typed says who it is about. */
export function names(text: string, erasing: Erasing): boolean {
  const said = withoutAccents(text);
  const words = erasing.patients.flatMap(({ patientId, patientName }) => [
    ...(patientId === undefined ? [] : [patientId]),
    ...(patientName ?? '').split(/[\^=\s]+/).filter((word) => word.length >= WITHIN_LENGTH),
  ]);
  return [erasing.patientKey, ...erasing.uids, ...words].some(
    (word) => word.length >= WITHIN_LENGTH && said.includes(withoutAccents(word)),
  );
}
