import type { KeptMark } from '@promontory/core/review';
import { afterEach, expect, test, vi } from 'vitest';
import type { Journal } from '../journal/index.ts';
import { studyMarks } from './study-marks.ts';

const ANNA = { accountId: 'anna', displayName: 'Anna' };
const mark = (sequence: number, author = 'berta'): KeptMark => ({
  markId: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
  madeAt: '2026-01-01T00:00:00.000Z',
  seen: 0,
  deed: { kind: 'text', section: 'findings', text: `${sequence}` },
  sequence,
  author,
  authorName: author,
  receivedAt: '2026-01-01T00:00:00.000Z',
});

/** Streams that the test opens, cuts and speaks through. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 0;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Source.all.push(this);
  }
  close(): void {
    this.readyState = 2;
  }
}
const streamOf = (part: string): Source => {
  const found = Source.all.findLast(({ url }) => url.includes(part));
  if (found === undefined) throw new Error('there is no such stream');
  return found;
};

function open() {
  const server: KeptMark[] = [];
  let onKept = (_study: string, _kept: readonly KeptMark[]): void => {};
  const answers: (() => void)[] = [];
  vi.stubGlobal('EventSource', Source);
  vi.stubGlobal('fetch', async (url: string) => {
    const after = Number(/after=(\d+)/.exec(url)?.[1]);
    const marks = server.filter(({ sequence }) => sequence > after);
    await new Promise<void>((resolve) => answers.push(resolve));
    return Response.json({ marks, sequence: server.length });
  });
  const journal = {
    state: { entries: [] },
    subscribe: () => () => {},
    onKept(listener: typeof onKept) {
      onKept = listener;
      return () => {};
    },
    send() {},
  } as unknown as Journal;
  const marks = studyMarks('1.2', ANNA, Promise.resolve(journal));
  const heard: string[] = [];
  const stop = marks.start({
    onReport: () => heard.push('report'),
    onJob: () => heard.push('job'),
    onJobsMissed: () => heard.push('jobs missed'),
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve));
      answers.shift()?.();
    }
  };
  return { server, marks, heard, stop, settle, answers, kept: (...all: KeptMark[]) => onKept('1.2', all) };
}

afterEach(() => {
  vi.unstubAllGlobals();
  Source.all = [];
});

test('own marks acknowledged behind marks of others that did not come: those are fetched', async () => {
  const { server, marks, settle, kept, stop } = open();
  await settle();
  server.push(mark(1), mark(2), mark(3, 'anna'));
  kept(mark(3, 'anna'));
  expect(marks.state.sequence).toBe(0);
  await settle();
  expect(marks.state.sequence).toBe(3);
  stop();
});

test('what comes while marks are being fetched is fetched after that', async () => {
  const { server, marks, settle, answers, kept, stop } = open();
  await new Promise((resolve) => setTimeout(resolve));
  expect(answers).toHaveLength(1);
  server.push(mark(1), mark(2, 'anna'));
  kept(mark(2, 'anna'));
  await settle();
  expect(marks.state.sequence).toBe(2);
  stop();
});

test('a stream that begins again asks for what was missed: marks, reports, readings', async () => {
  const { server, marks, heard, settle, stop } = open();
  for (const part of ['marks/events', 'readings/events']) streamOf(part).dispatchEvent(new Event('open'));
  await settle();
  expect(heard).toEqual([]);
  for (const part of ['marks/events', 'readings/events']) streamOf(part).dispatchEvent(new Event('error'));
  expect(marks.state.live).toBe(false);
  server.push(mark(1));
  for (const part of ['marks/events', 'readings/events']) streamOf(part).dispatchEvent(new Event('open'));
  await settle();
  expect(heard).toEqual(['report', 'jobs missed']);
  expect(marks.state).toMatchObject({ live: true, sequence: 1 });
  stop();
});
