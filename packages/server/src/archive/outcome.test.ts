/** What the sender is told where an instance cannot be received or read: whose fault it is, and whether a retry helps. */
import { afterEach, expect, test } from 'vitest';
import { PoolBusy, UntrustedPool } from '../ports/untrusted/index.ts';
import { failureOf } from './outcome.ts';
import { InstanceTooLarge } from './receive.ts';
import { FAILURE } from './types.ts';

const MISBEHAVING = new URL('../ports/untrusted/pool-tasks.testing.ts', import.meta.url);
const pools: UntrustedPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

/** Of a task in a worker that can be killed. */
async function toldOf(task: string, timeoutMs = 20_000) {
  const pool = new UntrustedPool({ module: MISBEHAVING, workers: 1, timeoutMs, heapMb: 32 });
  pools.push(pool);
  return pool.run(task, undefined).then(() => undefined, failureOf);
}

test('a worker that is killed says out of resources, and nothing of the instance', async () => {
  expect(await toldOf('loop', 200)).toMatchObject({
    failure: 'outOfResources',
    message: expect.stringMatching('time'),
  });
  expect(await toldOf('hoard')).toMatchObject({
    failure: 'outOfResources',
    message: expect.stringMatching('memory'),
  });
  expect(FAILURE.outOfResources).toEqual({ stow: 0xa700, dimse: 0xa700 });
});

test.each(['bug', 'exit'])('a failure of ours (%s) is one of processing', async (task) => {
  expect(await toldOf(task)).toMatchObject({
    failure: 'processing',
    message: 'The instance could not be read.',
  });
});

test('what the parser says is the instance’s own; that too many wait, and too large a one, have their names', async () => {
  expect(await toldOf('fault')).toMatchObject({ failure: 'notUnderstood' });
  expect(failureOf(new PoolBusy('full'))).toMatchObject({ failure: 'outOfResources' });
  expect(failureOf(new InstanceTooLarge('It is too large.'))).toMatchObject({ failure: 'tooLarge' });
});

test('a defect is told as one', () => {
  expect(failureOf(new TypeError('x is undefined'))).toBeUndefined();
});
