import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Caller, ConnectionGate } from './connection-gate.ts';

const ended: Caller[] = [];
const from = (network: string | undefined, isLocal = false): Caller => {
  const caller: Caller = { network, isLocal, end: () => void ended.push(caller) };
  return caller;
};
const gateOf = (most: number, perAddress: number) => {
  ended.length = 0;
  return new ConnectionGate({ most, perAddress });
};

test('who comes to a full house takes the place of the one that was without a request for longest', () => {
  const gate = gateOf(3, 3);
  const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((network) => from(network)) as Caller[];
  for (const caller of [a, b, c]) expect(gate.admit(caller!)).toBe(true);
  gate.requestBegins(a!);
  expect(gate.admit(d!)).toBe(true);
  expect(ended).toEqual([b]);
  gate.requestEnds(a!);
  // Who has asked before stays longer than who never did.
  expect(gate.admit(e!)).toBe(true);
  expect(ended).toEqual([b, c]);
  expect(gate.size).toBe(3);
  for (const caller of [d, e]) {
    gate.requestBegins(caller!);
    gate.requestEnds(caller!);
  }
  expect(gate.admit(from('f'))).toBe(true);
  expect(ended).toEqual([b, c, a]);
});

test('where all are asking, others wait outside; but this computer has a few places more', () => {
  const gate = gateOf(2, 2);
  for (const caller of [from('a'), from('b')]) {
    gate.admit(caller);
    gate.requestBegins(caller);
  }
  expect(gate.admit(from('c'))).toBe(false);
  const local = Array.from({ length: 30 }, () => from(undefined, true));
  const inside = local.filter((caller) => {
    const isIn = gate.admit(caller);
    gate.requestBegins(caller);
    return isIn;
  });
  expect(inside).toHaveLength(16);
  expect(ended).toEqual([]);
});

test('an address has its own share, and pushes out its own', () => {
  const gate = gateOf(100, 2);
  const other = from('b');
  const [first, second, third, fourth] = Array.from({ length: 4 }, () => from('a')) as Caller[];
  for (const caller of [other, first, second]) gate.admit(caller!);
  gate.requestBegins(second!);
  expect(gate.admit(third!)).toBe(true);
  expect(ended).toEqual([first]);
  gate.requestBegins(third!);
  expect(gate.admit(fourth!)).toBe(false);
  // Behind a proxy are many.
  for (let i = 0; i < 50; i++) expect(gate.admit(from(undefined))).toBe(true);
  expect(ended).toEqual([first]);
});

test('never more than the caps, whatever comes, asks and goes; nobody is ended in a request', () => {
  const step = fc.record({
    network: fc.constantFrom('a', 'b', 'c', undefined),
    isLocal: fc.boolean(),
    what: fc.constantFrom('come', 'come', 'begin', 'end', 'go'),
    at: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const gate = gateOf(6, 3);
      const open = new Map<Caller, number>();
      for (const { network, isLocal, what, at } of steps) {
        const [caller, requests = 0] = [...open][at % Math.max(1, open.size)] ?? [];
        if (what === 'come') {
          const one: Caller = {
            network,
            isLocal,
            end() {
              expect(open.get(one)).toBe(0);
              open.delete(one);
            },
          };
          if (gate.admit(one)) open.set(one, 0);
        } else if (caller !== undefined && what === 'begin') {
          gate.requestBegins(caller);
          open.set(caller, requests + 1);
        } else if (caller !== undefined && what === 'end' && requests > 0) {
          gate.requestEnds(caller);
          open.set(caller, requests - 1);
        } else if (caller !== undefined && what === 'go') {
          gate.leave(caller);
          open.delete(caller);
        }
        expect(gate.size).toBe(open.size);
        expect(open.size).toBeLessThanOrEqual(6 + 16);
        for (const name of ['a', 'b', 'c'])
          expect([...open.keys()].filter((each) => each.network === name).length).toBeLessThanOrEqual(3);
      }
    }),
  );
});
