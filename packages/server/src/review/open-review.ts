import type { Identity } from '../access/index.ts';
import type { Blobs } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { type ReadingTimes, readingTimesFor } from './reading-times.ts';
import { reviewFeed } from './review-feed.ts';
import { type Reviews, reviewsFor } from './study-reviews.ts';

export interface OpenReviewPorts {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly now: () => Date;
  /** A UUID. */
  readonly newId: () => string;
}

export interface ReviewRoom {
  reviewsFor(identity: Identity): Reviews;
  readingTimesFor(identity: Identity): ReadingTimes;
  /** Who listens is told that it is over. */
  close(): Promise<void>;
}

/** What people do to readings. The schema must be up to date (`migrate`). */
export function openReview(ports: OpenReviewPorts): ReviewRoom {
  const feed = reviewFeed(ports.database);
  return {
    reviewsFor: (identity) => reviewsFor(identity, { ...ports, feed }),
    readingTimesFor: (identity) => readingTimesFor(identity, ports),
    close: () => feed.close(),
  };
}
