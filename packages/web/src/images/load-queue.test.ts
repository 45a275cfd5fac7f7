import { describe, expect, test } from 'vitest';
import { FrameCache } from './frame-cache.ts';
import { LoadQueue } from './load-queue.ts';
import type { PixelFrame } from './study-images.ts';

const noPause = async () => {};

/** Loads that end when they are told to. */
function gates() {
  const begun: string[] = [];
  const open = new Map<string, PromiseWithResolvers<string>>();
  const load = (key: string) => () => {
    begun.push(key);
    const gate = Promise.withResolvers<string>();
    open.set(key, gate);
    return gate.promise;
  };
  return { begun, load, end: (key: string) => open.get(key)?.resolve(key) };
}

describe('the queue', () => {
  test('no more than its width at once, and what is seen comes first', async () => {
    const { begun, load, end } = gates();
    const queue = new LoadQueue<string>({ width: 1 });
    const first = queue.load('a', load('a'), { priority: 2 });
    const rest = queue.load('b', load('b'), { priority: 2 });
    const seen = queue.load('c', load('c'), { priority: 0 });
    expect(begun).toEqual(['a']);
    end('a');
    await first;
    await Promise.resolve();
    expect(begun).toEqual(['a', 'c']);
    end('c');
    await seen;
    await Promise.resolve();
    end('b');
    expect(await rest).toBe('b');
    expect(queue.waiting).toBe(0);
  });

  test('the same is loaded once, and a later wish may hurry it', async () => {
    const { begun, load, end } = gates();
    const queue = new LoadQueue<string>({ width: 1 });
    const [busy, low, other] = ['x', 'a', 'b'].map((key) => queue.load(key, load(key), { priority: 2 }));
    const hurried = queue.load('b', load('b'), { priority: 0 });
    end('x');
    await busy;
    await Promise.resolve();
    expect(begun).toEqual(['x', 'b']);
    end('b');
    expect(await Promise.all([hurried, other])).toEqual(['b', 'b']);
    await Promise.resolve();
    end('a');
    await low;
    expect(begun).toEqual(['x', 'b', 'a']);
  });

  test('what nobody wishes for any more is broken off; what another still wishes for is not', async () => {
    const queue = new LoadQueue<string>({ width: 1 });
    const [one, two] = [new AbortController(), new AbortController()];
    let broken: AbortSignal | undefined;
    const load = (signal: AbortSignal) => {
      broken = signal;
      return new Promise<string>(() => {});
    };
    const a = queue.load('a', load, { priority: 0, signal: one.signal });
    const b = queue.load('a', load, { priority: 0, signal: two.signal });
    one.abort(new Error('left'));
    await expect(a).rejects.toThrow('left');
    expect(broken?.aborted).toBe(false);
    two.abort(new Error('left too'));
    await expect(b).rejects.toThrow('left too');
    expect(broken?.aborted).toBe(true);
    expect(queue.waiting).toBe(0);
  });

  test('what fails for a moment is tried again, what fails for good is not', async () => {
    const tries = { passing: 0, lasting: 0 };
    const queue = new LoadQueue<string>({
      pause: noPause,
      isPassing: (why) => (why as Error).message === 'busy',
    });
    const passing = queue.load(
      'a',
      async () => {
        if (++tries.passing < 3) throw new Error('busy');
        return 'there';
      },
      { priority: 0 },
    );
    const lasting = queue.load(
      'b',
      async () => {
        tries.lasting++;
        throw new Error('gone');
      },
      { priority: 0 },
    );
    expect(await passing).toBe('there');
    await expect(lasting).rejects.toThrow('gone');
    expect(tries).toEqual({ passing: 3, lasting: 1 });
  });
});

describe('the cache', () => {
  const frame = (bytes: number): PixelFrame => ({
    rows: 1,
    columns: bytes / 2,
    values: new Int16Array(bytes / 2),
    min: 0,
    max: 0,
    isInverted: false,
  });

  test('the least lately used goes first, and never more is kept than may be', () => {
    const cache = new FrameCache(100);
    for (const key of ['a', 'b', 'c']) cache.put(key, frame(40));
    expect(cache.get('a')).toBeUndefined();
    cache.get('b');
    cache.put('d', frame(40));
    expect([cache.get('b'), cache.get('c')].map((kept) => kept !== undefined)).toEqual([true, false]);
    expect(cache.bytes).toBe(80);
    cache.put('d', frame(20));
    expect(cache.bytes).toBe(60);
  });

  test('one frame larger than all may be is kept by itself', () => {
    const cache = new FrameCache(100);
    cache.put('a', frame(40));
    cache.put('large', frame(400));
    expect(cache.get('large')).toBeDefined();
    expect(cache.bytes).toBe(400);
  });
});
