import { expect, test } from 'vitest';
import type { ReadRequest, Result, Told } from './reading/messages.ts';
import { ReadingSession, type Thread } from './reading-session.ts';

class FakeThread implements Thread {
  readonly requests: ReadRequest[] = [];
  ended = false;
  onmessage: Thread['onmessage'] = null;
  onerror: Thread['onerror'] = null;
  onmessageerror: Thread['onmessageerror'] = null;
  postMessage(request: ReadRequest): void {
    this.requests.push(request);
  }
  terminate(): void {
    this.ended = true;
  }
  say(told: Told): void {
    this.onmessage?.({ data: told });
  }
}

function open() {
  const threads: FakeThread[] = [];
  const session = new ReadingSession({
    spawn: () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
    base: 'https://a.example/',
    now: () => 5,
  });
  return { session, threads };
}
const result = { totalMs: 1 } as Result;

test('progress, input and result are followed; the thread stays for the next reading', () => {
  const { session, threads } = open();
  session.demonstration(7);
  threads[0].say({ kind: 'progress', stage: 'segment', done: 2, total: 15 });
  threads[0].say({ kind: 'input', files: 3, bytes: 9 });
  expect(session.state()).toMatchObject({ phase: 'reading', stage: 'segment', done: 2, input: { bytes: 9 } });
  threads[0].say({ kind: 'result', result });
  expect(session.state()).toEqual({ phase: 'done', result });
  session.demonstration(8);
  expect(threads).toHaveLength(1);
  expect(threads[0].requests.map(({ source }) => source)).toEqual([{ seed: 7 }, { seed: 8 }]);
});

test('to cancel ends the thread, and what it still says is not heard', () => {
  const { session, threads } = open();
  session.demonstration(7);
  const late = threads[0].onmessage;
  session.cancel();
  expect(threads[0].ended).toBe(true);
  late?.({ data: { kind: 'result', result } });
  expect(session.state()).toEqual({ phase: 'idle' });
});

test('a second drop replaces the first, whose answer never stands for it', () => {
  const { session, threads } = open();
  session.demonstration(7);
  session.demonstration(8);
  expect(threads.map(({ ended }) => ended)).toEqual([true, false]);
  threads[0].say({ kind: 'result', result });
  expect(session.state().phase).toBe('reading');
});

test.each(['onerror', 'onmessageerror'] as const)(
  '%s: the page says so and reads on with a new thread',
  (on) => {
    const { session, threads } = open();
    session.demonstration(7);
    threads[0][on]?.(new Event('error'));
    expect(session.state()).toMatchObject({ phase: 'failed', failure: { code: 'crashed' } });
    session.again();
    expect(threads).toHaveLength(2);
    expect(threads[1].requests).toHaveLength(1);
  },
);

test('a broken file keeps the thread, want of memory does not', () => {
  const { session, threads } = open();
  session.demonstration(7);
  threads[0].say({ kind: 'failed', failure: { code: 'MALFORMED', message: '' } });
  expect(threads[0].ended).toBe(false);
  session.again();
  threads[0].say({ kind: 'failed', failure: { code: 'memory', message: '' } });
  expect(threads[0].ended).toBe(true);
});

test('of several studies the chosen one is asked for with the same files', () => {
  const { session, threads } = open();
  const source = { files: [], named: 1 };
  session.files(source);
  threads[0].say({ kind: 'failed', failure: { code: 'AMBIGUOUS_STUDY', message: '', choices: ['1.2'] } });
  session.choose('1.2');
  expect(threads[0].requests[1]).toMatchObject({ source, studyInstanceUid: '1.2' });
});

test('listeners are told of each change until they leave', () => {
  const { session, threads } = open();
  let heard = 0;
  const leave = session.subscribe(() => heard++);
  session.demonstration(7);
  threads[0].say({ kind: 'progress', stage: 'load', done: 0, total: 1 });
  leave();
  session.cancel();
  expect(heard).toBe(2);
});
