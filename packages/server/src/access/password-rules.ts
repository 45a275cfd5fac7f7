import { COMMON_WORDS, RUNS } from './common-passwords.ts';

export const SHORTEST_PASSWORD = 12;
/** Long enough for any sentence; a bound on the work of hashing. */
export const LONGEST_PASSWORD = 256;

/** The same password typed on another keyboard is the same bytes (NIST SP 800-63B 3.1.1.2). */
export const normalPassword = (typed: string): string => typed.normalize('NFKC');

/** @returns why a password is refused, for the person who chose it; `undefined` where it may be used */
export function passwordFault(typed: string, login: string): string | undefined {
  const password = normalPassword(typed);
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) return `Choose at least ${SHORTEST_PASSWORD} characters.`;
  if (length > LONGEST_PASSWORD) return `Choose at most ${LONGEST_PASSWORD} characters.`;
  const lower = password.toLowerCase();
  if (login.length > 3 && lower.includes(login) && lower.length < login.length + SHORTEST_PASSWORD)
    return 'Choose a password without the sign-in name.';
  if (new Set(lower).size < 5 || isNumber(lower) || repeats(lower) || runs(lower) || onlyCommonWords(lower))
    return 'This password is among the first that are guessed.';
  return undefined;
}

/** Dates, telephone and record numbers, with a letter or two. */
const isNumber = (text: string): boolean =>
  text.replace(/\p{L}/gu, '').length > text.length - 4 && /\d{6}/.test(text.replace(/\D/g, ''));

/** One short piece again and again. */
const repeats = (text: string): boolean => /^(.{1,6}?)\1+.{0,2}$/u.test(text);

/** Whether the text is made of keyboard rows: pieces of four or more, forwards or backwards. */
function runs(text: string): boolean {
  let rest = text.replace(/[^\p{L}\p{N}]/gu, '');
  if (rest.length < 4) return false;
  const rows = RUNS.flatMap((row) => [row, [...row].reverse().join('')]);
  while (rest.length >= 4) {
    let taken = 0;
    for (const row of rows)
      for (let n = Math.min(rest.length, row.length); n > Math.max(3, taken); n--)
        if (row.includes(rest.slice(0, n))) taken = n;
    if (taken === 0) return false;
    rest = rest.slice(taken);
  }
  return true;
}

const LOOK_ALIKE: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

const alike = (text: string): string => [...text].map((c) => LOOK_ALIKE[c] ?? c).join('');

/** Whether nothing is left once common words, digits and punctuation are taken away. */
function onlyCommonWords(text: string): boolean {
  const withoutEnd = text.replace(/[^\p{L}]+$/u, '');
  return [text, alike(text), alike(withoutEnd)].some((t) => madeOfWords(t.replace(/[^\p{L}]/gu, '')));
}

/** Whether a text can be cut into common words throughout; a stray letter or two at its end counts as none. */
function madeOfWords(text: string): boolean {
  // Reached: positions up to which the text is words only.
  const reached = new Set([0]);
  for (let at = 0; at < text.length; at++)
    if (reached.has(at))
      for (const word of COMMON_WORDS) if (text.startsWith(word, at)) reached.add(at + word.length);
  return [...reached].some((at) => at > 0 && text.length - at <= 2);
}
