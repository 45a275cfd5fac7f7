/** What is read first: the highest number, then the oldest. */
export interface PriorityRule {
  readonly name: string;
  readonly priority: number;
  /** When it applies, in words. */
  readonly when: string;
  /** Why it does not apply yet. */
  readonly closed?: string;
}

/** Reasons for asking that change the order. Codes, never free text. */
export const INDICATIONS = ['suspected-cauda-equina'] as const;
export type Indication = (typeof INDICATIONS)[number];

export const PRIORITY_RULES = {
  'suspected-cauda-equina': {
    name: 'Suspected cauda equina compression',
    priority: 40,
    when: 'The request says so.',
  },
  'severe-central-stenosis': {
    name: 'Severe central stenosis in an earlier reading',
    priority: 30,
    when: 'An earlier reading of the patient grades a level as severe.',
    closed: 'The grade of central stenosis is not validated and is not given out yet.',
  },
  requested: { name: 'Asked for by a person', priority: 20, when: 'A person waits for it.' },
  arrival: { name: 'Arrived', priority: 10, when: 'Every complete study.' },
} as const satisfies Readonly<Record<string, PriorityRule>>;

export const ARRIVAL_PRIORITY = PRIORITY_RULES.arrival.priority;

export const requestPriority = (indication: Indication | undefined): number =>
  PRIORITY_RULES[indication ?? 'requested'].priority;
