/** The forms of names that people give. */

/** Lower case, Unicode in one form. @returns `undefined` where it cannot be a sign-in name */
export function loginOf(typed: string): string | undefined {
  const login = typed.normalize('NFKC').trim().toLowerCase();
  return /^[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])$/.test(login) ? login : undefined;
}

/** One line of at most 120 characters that shows what it is: no controls, no direction marks. */
export function titleOf(typed: string): string | undefined {
  const title = typed.normalize('NFC').trim().replace(/\s+/g, ' ');
  return title === '' || title.length > 120 || /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(title) ? undefined : title;
}

export const isProjectId = (text: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(text);

/** PS3.5 9.1. */
export const isUid = (text: string): boolean => text.length <= 64 && /^[0-9]+(\.[0-9]+)*$/.test(text);
