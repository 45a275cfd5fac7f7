import { expect, test } from 'vitest';
import { type Event, type State, TABLE, transition } from './state-table.ts';

const STATES: readonly State[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
const FROM_THE_PEER: readonly Event[] = [
  'AC',
  'RJ',
  'RQ',
  'DATA',
  'RELEASE-RQ',
  'RELEASE-RP',
  'ABORT',
  'invalid',
];

test('whatever a peer sends while a connection is open has an answer', () => {
  // Without a connection (1), or before it stands (4), nothing can arrive.
  for (const state of STATES.filter((s) => s !== 1 && s !== 4))
    for (const event of FROM_THE_PEER) expect(TABLE[event][state], `${event} in Sta${state}`).toBeDefined();
});

test('the end of the connection leads to idle from everywhere', () => {
  for (const state of STATES.filter((s) => s !== 1))
    expect(transition(state, 'closed', false)?.next, `Sta${state}`).toBe(1);
});

test('every state but idle is left by abort, by the timer or by the end', () => {
  for (const state of STATES.filter((s) => ![1, 2, 13].includes(s)))
    expect(transition(state, 'abort-request', true), `Sta${state}`).toBeDefined();
  for (const state of [2, 13] as const) expect(transition(state, 'artim', true)?.next).toBe(1);
});

test('data go only over an established association', () => {
  const allowed = STATES.filter((state) => TABLE['data-request'][state] !== undefined);
  expect(allowed).toEqual([6, 8]);
});

test('a release collision is settled by who asked for the association', () => {
  expect(transition(7, 'RELEASE-RQ', true)).toEqual({ action: 'AR-8', next: 9 });
  expect(transition(7, 'RELEASE-RQ', false)).toEqual({ action: 'AR-8', next: 10 });
  expect(transition(9, 'release-response', true)?.next).toBe(11);
  expect(transition(10, 'RELEASE-RP', false)?.next).toBe(12);
});
