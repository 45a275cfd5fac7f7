import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mrFile } from '../archive/archive.testing.ts';
import type { LogFields } from '../ports/log/index.ts';
import { sendInstance } from '../ports/pacs/fake-pacs.testing.ts';
import { firstDay, studyMatch } from './filter.ts';
import { follow } from './follow.ts';
import { FILTER, openTestFollowing, type TestFollowing } from './following.testing.ts';

let under: TestFollowing;
let lines: LogFields[];
let waits: number[];
let stop: () => Promise<void> = async () => {};
beforeEach(async () => {
  under = await openTestFollowing();
  lines = [];
  waits = [];
});
afterEach(async () => {
  await stop();
  await under.close();
});

function start() {
  const following = follow(under.ports, {
    ...FILTER,
    everyMs: 1_000,
    log: (fields) => lines.push(fields),
    wait: async (ms, signal) => {
      waits.push(ms);
      await pause(20, undefined, { signal }).catch(() => {});
    },
  });
  stop = () => following.stop();
}
async function until(expected: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !expected(); i++) await pause(20);
  expect(expected()).toBe(true);
}
const events = () => lines.map(({ event }) => event);

test('rounds follow each other; a PACS that is away is told once, asked ever less, and followed when it is back', async () => {
  start();
  await until(() => waits.length > 0);
  await under.pacs.away();
  await until(() => (waits.at(-1) ?? 0) >= 8_000);
  expect(events()).toEqual(['following.unavailable']);
  under.pacs.put(mrFile());
  await under.pacs.back();
  await until(() => events().includes('following.brought'));
  expect(events().slice(0, 3)).toEqual(['following.unavailable', 'following.back', 'following.brought']);
  await until(() => waits.at(-1) === 1_000);
});

test('a PACS that answers nonsense is told, and the log holds none of it', async () => {
  under.pacs.instead = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/dicom+json' }).end('[{"CANARY-4711"');
    return true;
  };
  start();
  await until(() => events().includes('following.failed'));
  expect(JSON.stringify(lines)).not.toContain('CANARY');
  expect(lines[0]).toMatchObject({ event: 'following.failed', level: 'error', code: 'PacsAnswerUnusable' });
});

test.each<[string, (path: string) => boolean]>([
  ['a list', (path) => path.includes('/studies?')],
  ['an instance', (path) => /\/instances\/[\d.]+$/.test(path)],
])('it ends at once while %s hangs', async (_, isHung) => {
  under.pacs.put(mrFile());
  let hung = false;
  under.pacs.instead = (request, response) => {
    if (!isHung(request.url ?? '')) return false;
    if (request.url?.includes('/instances/') === true) {
      const { end } = response;
      response.end = (() => response) as typeof end;
      sendInstance(response, Buffer.alloc(10));
    }
    hung = true;
    return true;
  };
  start();
  await until(() => hung);
  await stop();
  // What was cut off by us is nobody's failure.
  expect(await under.database.query('select code from pacs_refusal')).toEqual([]);
  expect(events()).toEqual([]);
});

test('days reach back one more than asked for, over the turn of a year', () => {
  const now = new Date('2026-01-02T00:30:00Z');
  expect(firstDay({ days: 3, match: {} }, now)).toBe('20251230');
  expect(studyMatch({ days: 1, match: { BodyPartExamined: 'LSPINE' } }, now)).toEqual({
    BodyPartExamined: 'LSPINE',
    StudyDate: '20260101-',
  });
});
