/** What a patient may allow beyond the care that the images were made for. */
export const CONSENT_SCOPES = ['research', 'teaching', 'ai-training'] as const;
export type ConsentScope = (typeof CONSENT_SCOPES)[number];

export const CONSENT_STATES = ['given', 'withdrawn', 'never-asked'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

/** Every project. */
export const ALL_PROJECTS = '*';

/** How a patient stands to a use: allowed, or why not. */
export const STANDINGS = ['permitted', 'never-asked', 'withdrawn', 'other-use'] as const;
export type Standing = (typeof STANDINGS)[number];

/** One row of a patient's history. */
export interface ConsentRecord {
  readonly state: ConsentState;
  /** What is allowed; empty unless given. */
  readonly scopes: readonly ConsentScope[];
  /** A project, or `*`. */
  readonly projectId: string;
  /** Of the form that the patient signed. */
  readonly formVersion: string;
  /** As the audit names who recorded it. */
  readonly recordedBy: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export type NewConsent = Pick<ConsentRecord, 'state' | 'scopes' | 'formVersion'> & {
  readonly projectId?: string;
};

/** There is no such patient or study, or none that the identity may touch: both look alike. */
export class NotWithinReach extends Error {
  override readonly name = 'NotWithinReach';
}

/** A consent that is given names what it allows, and none other names anything. */
export class ConsentUnclear extends Error {
  override readonly name = 'ConsentUnclear';
}
