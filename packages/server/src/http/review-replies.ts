/** From what the review refuses to HTTP. */
import { type ReviewReason, ReviewRefused } from '../review/index.ts';
import { HttpRefusal } from './route.ts';

const STATUS: Readonly<Record<ReviewReason, readonly [number, string]>> = {
  'person-needed': [403, 'PERSON_NEEDED'],
  changed: [409, 'CHANGED'],
  conflicts: [409, 'CONFLICTS'],
  'reason-needed': [409, 'REASON_NEEDED'],
  'not-ready': [409, 'NOT_READY'],
  'no-such-reading': [404, 'NO_SUCH_READING'],
  superseded: [409, 'SUPERSEDED'],
  'no-consent': [409, 'NO_CONSENT'],
  'impossible-time': [422, 'IMPOSSIBLE_TIME'],
};

/** @throws HttpRefusal in place of a ReviewRefused */
export async function reviewed<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ReviewRefused)) throw error;
    const [status, code] = STATUS[error.reason];
    const why = error.because.length === 0 ? '' : ` (${error.because.join(', ')})`;
    throw new HttpRefusal(status, code, `${error.message}${why}`);
  }
}
