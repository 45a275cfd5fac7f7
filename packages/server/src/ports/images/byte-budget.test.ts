import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

const settled = async (promise: Promise<unknown>) => {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  await new Promise((next) => setImmediate(next));
  return done;
};

test('who finds no room waits, in turn', async () => {
  const budget = new ByteBudget(100);
  const first = await budget.take(80);
  const second = budget.take(90);
  const third = budget.take(10);
  expect(await settled(second)).toBe(false);
  // The small one does not overtake: the large one would wait for ever.
  expect(await settled(third)).toBe(false);
  first();
  first();
  (await second)();
  (await third)();
  (await budget.take(100))();
});

test('more than there is goes alone', async () => {
  const budget = new ByteBudget(10);
  const large = await budget.take(1000);
  const small = budget.take(1);
  expect(await settled(small)).toBe(false);
  large();
  (await small)();
});

test('a signal ends the waiting and lets the next one pass', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(5);
  const stop = new AbortController();
  const large = budget.take(10, stop.signal);
  const small = budget.take(5);
  expect(await settled(small)).toBe(false);
  stop.abort(new Error('gone'));
  await expect(large).rejects.toThrow('gone');
  (await small)();
  first();
  (await budget.take(10))();
});

test('who asks for much does not keep others waiting for all of it', async () => {
  const budget = new ByteBudget(10);
  const held = await budget.take(10, undefined, 'greedy');
  const order: string[] = [];
  const asked = [...Array(6).fill('greedy'), 'modest'].map(async (lane) => {
    const giveBack = await budget.take(10, undefined, lane);
    order.push(lane);
    giveBack();
  });
  held();
  await Promise.all(asked);
  expect(order.indexOf('modest')).toBeLessThan(3);
});
