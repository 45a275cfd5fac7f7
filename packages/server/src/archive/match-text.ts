/** How people's names are compared: PS3.18 8.3.4.2 and PS3.4 C.2.2.2.1 leave case and accents to us. */

/** Lower case, accents off, separators as one blank: `Müller^Änne` and `muller anne` are one. */
export const normalName = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\^\s,.]+/g, ' ')
    .trim();

/** Each representation of a person's name (alphabetic, ideographic, phonetic), normal. */
export const nameGroups = (text: string): string[] =>
  text
    .split('=')
    .map(normalName)
    .filter((g) => g !== '');

export const nameWords = (text: string): string[] => [
  ...new Set(nameGroups(text).flatMap((group) => group.split(' '))),
];

/** A DICOM wildcard pattern as one of SQL's LIKE: `*` any run, `?` one character. */
export const likePattern = (wildcard: string): string =>
  wildcard
    .replace(/[\\%_]/g, '\\$&')
    .replace(/\*+/g, '%')
    .replace(/\?/g, '_');
