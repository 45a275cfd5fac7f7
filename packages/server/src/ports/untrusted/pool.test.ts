import { Fault } from '@promontory/core/fault';
import { afterEach, expect, test, vi } from 'vitest';
import { PoolBusy, type PoolOptions, UntrustedPool, WorkerFailed } from './index.ts';

const pools: UntrustedPool[] = [];
function poolOf(options: Partial<PoolOptions> = {}): UntrustedPool {
  const pool = new UntrustedPool({
    module: new URL('./pool-tasks.testing.ts', import.meta.url),
    workers: 1,
    ...options,
  });
  pools.push(pool);
  return pool;
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

test('a task returns what it made; a second one runs in the same worker', async () => {
  const pool = poolOf();
  expect(await pool.run('echo', { a: [1, new Uint8Array([2])] })).toEqual({ a: [1, new Uint8Array([2])] });
  const thread = await pool.run('thread', undefined);
  expect(await pool.run('thread', undefined)).toBe(thread);
});

test('buffers are handed over both ways', async () => {
  const pool = poolOf();
  const bytes = new Uint8Array(1000).fill(4);
  const back = await pool.run<Uint8Array>('echo', bytes, { transfer: [bytes.buffer] });
  expect(back).toEqual(new Uint8Array(1000).fill(4));
  expect(bytes.length).toBe(0);
  expect((await pool.run<{ bytes: Uint8Array }>('filled', 5)).bytes).toEqual(new Uint8Array(5).fill(9));
});

test('a Fault arrives as a Fault with its fields', async () => {
  const error = await poolOf()
    .run('fault', undefined)
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Fault);
  expect(error).toMatchObject({
    code: 'TRUNCATED',
    message: 'the bytes end early',
    offset: 7,
    tag: '(7FE0,0010)',
  });
});

test('another error arrives without its words, which may speak of a patient', async () => {
  const pool = poolOf();
  const error = (await pool.run('bug', undefined).catch((e: unknown) => e)) as WorkerFailed;
  expect(error).toBeInstanceOf(WorkerFailed);
  expect(error.failure?.name).toBe('TypeError');
  expect(error.failure?.frames[0]).toContain('pool-tasks.testing.ts');
  expect(JSON.stringify([error.message, error.failure])).not.toContain('DOE');
  await expect(pool.run('number', undefined)).rejects.toBeInstanceOf(WorkerFailed);
  await expect(pool.run('unclonable', undefined)).rejects.toBeInstanceOf(WorkerFailed);
  await expect(pool.run('constructor', undefined)).rejects.toBeInstanceOf(WorkerFailed);
  expect(await pool.run('echo', 1)).toBe(1);
});

test('an endless loop is killed at its limit, and the next task works', async () => {
  const pool = poolOf({ timeoutMs: 200 });
  await pool.run('echo', 0);
  const start = performance.now();
  const loop = pool.run('loop', undefined);
  const next = pool.run('echo', 'next');
  await expect(loop).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(performance.now() - start).toBeLessThan(5000);
  expect(await next).toBe('next');
});

test('a worker that ends, or takes too much memory, rejects its task only', async () => {
  const pool = poolOf({ heapMb: 64 });
  const [exit, after] = [pool.run('exit', undefined), pool.run('echo', 'after')];
  await expect(exit).rejects.toBeInstanceOf(WorkerFailed);
  expect(await after).toBe('after');
  await expect(pool.run('hoard', undefined)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await pool.run('echo', 'last')).toBe('last');
});

test('a signal ends the waiting, of queued and of running tasks', async () => {
  const pool = poolOf();
  await pool.run('echo', 0);
  const stop = new AbortController();
  const running = pool.run('wait', 100, { signal: stop.signal });
  const queued = pool.run('wait', 5, { signal: stop.signal });
  stop.abort(new Error('client went away'));
  await expect(running).rejects.toThrow('client went away');
  await expect(queued).rejects.toThrow('client went away');
  await expect(pool.run('echo', 0, { signal: stop.signal })).rejects.toThrow('client went away');
  expect(await pool.run('echo', 'next')).toBe('next');
});

test('lanes are served in turn', async () => {
  const pool = poolOf();
  const order: string[] = [];
  const ask = (lane: string, name: string) => pool.run('echo', name, { lane }).then(() => order.push(name));
  await Promise.all([ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3'), ask('a', 'a4'), ask('b', 'b1')]);
  expect(order.indexOf('b1')).toBeLessThan(3);
});

test('what cannot wait any more is told so', async () => {
  const pool = poolOf({ maxWaiting: 2 });
  const tasks = [1, 2, 3].map((n) => pool.run('echo', n));
  await expect(pool.run('echo', 4)).rejects.toBeInstanceOf(PoolBusy);
  expect(await Promise.all(tasks)).toEqual([1, 2, 3]);
});

test('who asks for all there is does not keep others out', async () => {
  const pool = poolOf({ maxWaiting: 4 });
  const greedy = Array.from({ length: 5 }, (_, n) => pool.run('echo', n, { lane: 'greedy' }));
  await expect(pool.run('echo', 5, { lane: 'greedy' })).rejects.toBeInstanceOf(PoolBusy);
  const modest = [6, 7].map((n) => pool.run('echo', n, { lane: 'modest' }));
  await expect(pool.run('echo', 8, { lane: 'modest' })).rejects.toBeInstanceOf(PoolBusy);
  expect(await Promise.all([...greedy, ...modest])).toEqual([0, 1, 2, 3, 4, 6, 7]);
});

test('a module that does not load fails its tasks, one by one', async () => {
  const pool = poolOf({ module: new URL('./not-there.ts', import.meta.url) });
  await expect(pool.run('echo', 1)).rejects.toBeInstanceOf(WorkerFailed);
  await expect(pool.run('echo', 2)).rejects.toBeInstanceOf(WorkerFailed);
});

test('closing rejects what runs and what waits', async () => {
  const pool = poolOf();
  const tasks = [pool.run('loop', undefined), pool.run('echo', 1)].map((t) => t.catch((e: unknown) => e));
  await pool.close();
  for (const error of await Promise.all(tasks)) expect(error).toBeInstanceOf(WorkerFailed);
  await expect(pool.run('echo', 1)).rejects.toBeInstanceOf(WorkerFailed);
});

test('a worker sees no environment and prints nothing', async () => {
  const pool = poolOf();
  const out = vi.spyOn(process.stdout, 'write');
  const err = vi.spyOn(process.stderr, 'write');
  expect(await pool.run('environment', undefined)).toEqual([]);
  expect(await pool.run('print', undefined)).toBe('printed');
  const written = [...out.mock.calls, ...err.mock.calls].map(([text]) => String(text)).join('');
  out.mockRestore();
  err.mockRestore();
  expect(written).not.toContain('DOE');
});
