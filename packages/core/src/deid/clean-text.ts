/** Texts without the strings that identify. */
import { fold, type Identity } from './identity.ts';

/** From this length a word is looked for within others (`doejohn1`), below it only as a word of its own. */
const WITHIN = 5;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Whether a text holds any of the folded words. */
export function holds(text: string, words: readonly string[]): boolean {
  const folded = fold(text);
  if (folded === '') return false;
  const padded = ` ${folded} `;
  const together = folded.replaceAll(' ', '');
  return words.some((word) => {
    if (padded.includes(` ${word} `)) return true;
    const letters = word.replaceAll(' ', '');
    if (letters.length < WITHIN && !DENSE.test(word)) return false;
    // Digits joined over separators would meet by chance ("12 34 5678").
    return folded.includes(word) || (/\p{L}/u.test(letters) && together.includes(letters));
  });
}

/** A UID in a text; fewer parts are a version. */
const UID = /\d+(?:\.\d+){3,}/g;

type Told = Pick<Identity, 'words' | 'days' | 'uids'>;

/** Whether a text tells of whom, of which day or of which object it speaks. */
export function identifies(text: string, { words, days, uids }: Told): boolean {
  if (holds(text, words)) return true;
  if (!/\d/.test(text)) return false;
  return holds(text, days) || (text.match(UID)?.some((uid) => uids.has(uid)) ?? false);
}

/**
 * The text without the words that identify, or `''` where it still holds something after these are cut out
 * (a name or a day across several words).
 */
export function withoutIdentity(text: string, identity: Told): string {
  if (!identifies(text, identity)) return text;
  const rest = text
    .split(/(\s+)/)
    .filter((piece) => !identifies(piece, identity))
    .join('')
    .replaceAll(/\s{2,}/g, ' ')
    .trim();
  return identifies(rest, identity) ? '' : rest;
}
