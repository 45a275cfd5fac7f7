/** Texts without the strings that identify. */
import { fold } from './identity.ts';

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

/**
 * The text without the words that identify, or `''` where it still holds something after these are cut out
 * (a name across two words).
 */
export function withoutIdentity(text: string, words: readonly string[]): string {
  if (!holds(text, words)) return text;
  const rest = text
    .split(/(\s+)/)
    .filter((piece) => !holds(piece, words))
    .join('')
    .replaceAll(/\s{2,}/g, ' ')
    .trim();
  return holds(rest, words) ? '' : rest;
}
