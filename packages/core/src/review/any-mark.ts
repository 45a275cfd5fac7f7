import type { KeptMark, Mark } from './mark.ts';

/** A mark in this browser that the server has not got yet: later than all that it has. */
export type PendingMark = Mark & {
  readonly author: string;
  readonly authorName: string;
  readonly sequence?: undefined;
};

export type AnyMark = KeptMark | PendingMark;
