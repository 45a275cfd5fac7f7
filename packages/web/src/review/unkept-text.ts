import { REPORT_SECTIONS } from '@promontory/core/review';

/**
 * What is being written, from the first letter on until it stands in the journal. The journal takes a moment, which a
 * page that is closed or crashes does not have; this is written at once.
 */
export interface Draft {
  /** What stood there when the writing began. */
  readonly base: string;
  readonly text: string;
}

/** Somebody else wrote meanwhile: the draft is not put in the place of what its writer has not seen. */
export const isOvertaken = ({ base, text }: Draft, kept: string): boolean => kept !== base && kept !== text;

/** Also where the browser stores nothing. */
const written = new Set<string>();
const keyOf = (accountId: string, study: string, section: string): string =>
  `promontory.text.${accountId}.${study}.${section}`;

/** Whether words of a report stand in a field, and in no mark yet: a report signed now would be without them. */
export const isWriting = (accountId: string, study: string): boolean =>
  REPORT_SECTIONS.some(
    (section) =>
      written.has(keyOf(accountId, study, section)) ||
      unkeptText(accountId, study, section).read() !== undefined,
  );

export interface UnkeptText {
  read(): Draft | undefined;
  keep(draft: Draft): void;
  forget(): void;
}

export function unkeptText(accountId: string, study: string, section: string): UnkeptText {
  const key = keyOf(accountId, study, section);
  return {
    read() {
      try {
        const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
        return isDraft(stored) ? stored : undefined;
      } catch {
        return undefined;
      }
    },
    keep(draft) {
      written.add(key);
      try {
        localStorage.setItem(key, JSON.stringify(draft));
      } catch {
        // No room, or forbidden: the pause in writing keeps it.
      }
    },
    forget() {
      written.delete(key);
      try {
        localStorage.removeItem(key);
      } catch {
        // Nothing was kept either.
      }
    },
  };
}

const isDraft = (stored: unknown): stored is Draft =>
  typeof stored === 'object' &&
  stored !== null &&
  'base' in stored &&
  'text' in stored &&
  typeof stored.base === 'string' &&
  typeof stored.text === 'string';
