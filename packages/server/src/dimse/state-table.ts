/**
 * The upper layer's state machine: PS3.8 section 9.2, table 9-10 as a table. What the actions do stands in
 * `association.ts`.
 */

/**
 * 1 idle · 2 open, awaiting A-ASSOCIATE-RQ · 3 awaiting our answer to it · 4 connecting · 5 awaiting -AC or -RJ ·
 * 6 established · 7 awaiting A-RELEASE-RP · 8 awaiting our release response · 9–12 release collision ·
 * 13 awaiting the end of the connection.
 */
export type State = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13;

export type Event =
  | 'associate-request'
  | 'connected'
  | 'AC'
  | 'RJ'
  | 'connection'
  | 'RQ'
  | 'accept'
  | 'reject'
  | 'data-request'
  | 'DATA'
  | 'release-request'
  | 'RELEASE-RQ'
  | 'RELEASE-RP'
  | 'release-response'
  | 'abort-request'
  | 'ABORT'
  | 'closed'
  | 'artim'
  | 'invalid';

export type Action =
  | `AE-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`
  | `DT-${1 | 2}`
  | `AR-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`
  | `AA-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

/** Sta9 as the side that asked for the association, Sta10 as the other (AR-8). */
type Next = State | 'collision';
type Row = Partial<Record<State, readonly [Action, Next]>>;

const each = (states: readonly State[], entry: readonly [Action, Next]): Row =>
  Object.fromEntries(states.map((state) => [state, entry]));

const ESTABLISHED: readonly State[] = [6, 7, 8, 9, 10, 11, 12];
/** A PDU that is not expected: A-ABORT, and the user learns of it. */
const unexpected = (states: readonly State[]): Row => each(states, ['AA-8', 13]);

/** Events in the order of table 9-10: Evt1 to Evt19. */
export const TABLE: Readonly<Record<Event, Row>> = {
  'associate-request': { 1: ['AE-1', 4] },
  connected: { 4: ['AE-2', 5] },
  AC: { 2: ['AA-1', 13], ...unexpected([3, ...ESTABLISHED]), 5: ['AE-3', 6], 13: ['AA-6', 13] },
  RJ: { 2: ['AA-1', 13], ...unexpected([3, ...ESTABLISHED]), 5: ['AE-4', 1], 13: ['AA-6', 13] },
  connection: { 1: ['AE-5', 2] },
  RQ: { 2: ['AE-6', 3], ...unexpected([3, 5, ...ESTABLISHED]), 13: ['AA-7', 13] },
  accept: { 3: ['AE-7', 6] },
  reject: { 3: ['AE-8', 13] },
  'data-request': { 6: ['DT-1', 6], 8: ['AR-7', 8] },
  DATA: {
    2: ['AA-1', 13],
    ...unexpected([3, 5, 8, 9, 10, 11, 12]),
    6: ['DT-2', 6],
    7: ['AR-6', 7],
    13: ['AA-6', 13],
  },
  'release-request': { 6: ['AR-1', 7] },
  'RELEASE-RQ': {
    2: ['AA-1', 13],
    ...unexpected([3, 5, 8, 9, 10, 11, 12]),
    6: ['AR-2', 8],
    7: ['AR-8', 'collision'],
    13: ['AA-6', 13],
  },
  'RELEASE-RP': {
    2: ['AA-1', 13],
    ...unexpected([3, 5, 6, 8, 9, 12]),
    7: ['AR-3', 1],
    10: ['AR-10', 12],
    11: ['AR-3', 1],
    13: ['AA-6', 13],
  },
  'release-response': { 8: ['AR-4', 13], 9: ['AR-9', 11], 12: ['AR-4', 13] },
  'abort-request': { 3: ['AA-1', 13], 4: ['AA-2', 1], ...each([5, ...ESTABLISHED], ['AA-1', 13]) },
  ABORT: { 2: ['AA-2', 1], ...each([3, 5, ...ESTABLISHED], ['AA-3', 1]), 13: ['AA-2', 1] },
  closed: { 2: ['AA-5', 1], ...each([3, 4, 5, ...ESTABLISHED], ['AA-4', 1]), 13: ['AR-5', 1] },
  artim: { 2: ['AA-2', 1], 13: ['AA-2', 1] },
  invalid: { 2: ['AA-1', 13], ...unexpected([3, 5, ...ESTABLISHED]), 13: ['AA-7', 13] },
};

/** `undefined`: the event cannot happen in this state (a request of the local user that comes too late). */
export function transition(
  state: State,
  event: Event,
  requestor: boolean,
): { readonly action: Action; readonly next: State } | undefined {
  const entry = TABLE[event][state];
  if (entry === undefined) return undefined;
  const [action, next] = entry;
  return { action, next: next === 'collision' ? (requestor ? 9 : 10) : next };
}
