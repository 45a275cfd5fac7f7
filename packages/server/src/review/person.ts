import type { Identity } from '../access/index.ts';
import { ReviewRefused } from './review-refused.ts';

/** @returns the account; @throws ReviewRefused person-needed unless somebody is signed in themselves */
export function personOf({ kind, accountId }: Identity): string {
  if (kind !== 'person' || accountId === undefined)
    throw new ReviewRefused('person-needed', 'This is for people who are signed in themselves.');
  return accountId;
}
