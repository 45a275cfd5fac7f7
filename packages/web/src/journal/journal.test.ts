import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ServerRefusal, ServerUnreachable } from '../server/index.ts';
import type { JournalEntry } from './entry.ts';
import { indexedShelf } from './indexed-shelf.ts';
import { type Fate, quiet, said, TestBrowser, TestServer } from './journal.testing.ts';
import type { Journal } from './journal.ts';
import { mirroredShelf } from './mirrored-shelf.ts';
import { memoryShelf, type Shelf } from './shelf.ts';

const STUDY = '1.2.3';
let disks = 0;
const newDisk = (): (() => Promise<Shelf>) => {
  const name = `journal-${++disks}`;
  return () => indexedShelf(name);
};

describe('one tab', () => {
  test('a mark is on the disk when keep resolves, before anything was sent', async () => {
    const disk = newDisk();
    const server = new TestServer();
    server.fates = ['lost'];
    const { journal } = await new TestBrowser(server, disk).open();
    await journal.keep(STUDY, [said('a')], 7);
    expect(server.kept).toEqual([]);
    const other = await disk();
    expect((await other.all()).map(({ mark }) => [mark.deed, mark.seen])).toEqual([[said('a'), 7]]);
    journal.close();
  });

  test('what is acknowledged leaves the journal and is told', async () => {
    const server = new TestServer();
    const { journal } = await new TestBrowser(server, newDisk()).open();
    const told: string[] = [];
    journal.onKept((study, kept) => told.push(`${study} ${kept.map((each) => each.sequence)}`));
    await Promise.all([journal.keep(STUDY, [said('a')], 0), journal.keep(STUDY, [said('b')], 0)]);
    await quiet(journal);
    expect(journal.state.entries).toEqual([]);
    expect(journal.state.savedAt).toBe('2026-01-01T00:00:00.000Z');
    expect(told.join()).toContain(STUDY);
    expect(server.texts('anna')).toEqual(['a', 'b']);
  });

  test.each<[string, Fate]>([
    ['on its way there', 'lost'],
    ['on its way back', 'cut'],
  ])('cut %s and the page closed: sent again once by the next page', async (_, fate) => {
    const server = new TestServer();
    const browser = new TestBrowser(server, newDisk());
    server.fates = [fate];
    const first = await browser.open();
    await first.journal.keep(STUDY, [said('a')], 0);
    await quiet(first.journal);
    expect(first.journal.state.hindrance).toBe('unreachable');
    expect(first.journal.state.entries).toHaveLength(1);
    first.journal.close();
    const second = await browser.open();
    await quiet(second.journal);
    expect(server.texts('anna')).toEqual(['a']);
    expect(second.journal.state.entries).toEqual([]);
  });

  test('after a failure it tries again by itself', async () => {
    const server = new TestServer();
    server.fates = ['lost', 'lost'];
    const { journal, timers } = await new TestBrowser(server, newDisk()).open();
    await journal.keep(STUDY, [said('a')], 0);
    for (let round = 0; round < 3; round++) {
      await quiet(journal);
      timers.shift()?.();
    }
    await quiet(journal);
    expect(server.texts('anna')).toEqual(['a']);
    expect(timers).toEqual([]);
  });

  test('a refused mark stays, with its reason, and does not hold up the next; it can be sent again', async () => {
    const server = new TestServer();
    const { journal } = await new TestBrowser(server, newDisk()).open();
    server.refusals.set('00000000-0000-4000-8000-000000000001', 'OTHER_CONTENT');
    await journal.keep(STUDY, [said('a')], 0);
    await journal.keep(STUDY, [said('b')], 0);
    await quiet(journal);
    expect(journal.state.entries.map((each) => each.refusal)).toEqual(['OTHER_CONTENT']);
    expect(server.texts('anna')).toEqual(['b']);
    server.refusals.clear();
    await journal.retryRefused();
    await quiet(journal);
    expect(journal.state.entries).toEqual([]);
    expect(server.texts('anna')).toEqual(['b', 'a']);
  });

  test('where the server refuses a whole batch, its marks go one by one', async () => {
    const server = new TestServer();
    const post = server.post.bind(server);
    server.post = async (study, marks) => {
      if (marks.some(({ deed }) => deed.kind === 'text' && deed.text === 'bad'))
        throw new ServerRefusal(400, 'BODY', 'x');
      return post(study, marks, 'anna');
    };
    server.session = 'nobody';
    const { journal } = await new TestBrowser(server, newDisk()).open();
    for (const text of ['a', 'bad', 'b']) await journal.keep(STUDY, [said(text)], 0);
    server.session = 'anna';
    await quiet(journal);
    journal.send();
    await quiet(journal);
    expect(server.texts('anna')).toEqual(['a', 'b']);
    expect(journal.state.entries.map((each) => each.refusal)).toEqual(['BODY']);
  });

  test('a study out of reach does not hold up another', async () => {
    const server = new TestServer();
    const post = server.post.bind(server);
    server.post = async (study, marks) => {
      if (study === 'gone') throw new ServerRefusal(404, 'NOT_FOUND', 'x');
      return post(study, marks, 'anna');
    };
    const { journal } = await new TestBrowser(server, newDisk()).open();
    await journal.keep('gone', [said('a')], 0);
    await journal.keep(STUDY, [said('b')], 0);
    await quiet(journal);
    expect(server.texts('anna')).toEqual(['b']);
    expect(journal.state.entries.map((each) => each.refusal)).toEqual(['NOT_FOUND']);
  });
});

describe('accounts', () => {
  test("marks are never sent in another's session, and are told to them", async () => {
    const server = new TestServer();
    const browser = new TestBrowser(server, newDisk());
    server.fates = ['lost'];
    const anna = await browser.open('anna');
    await anna.journal.keep(STUDY, [said('a')], 0);
    await quiet(anna.journal);
    // Another signs in, in another tab; Anna's page is still open.
    server.session = 'ben';
    anna.journal.send();
    await quiet(anna.journal);
    expect(anna.journal.state.hindrance).toBe('other-account');
    const ben = await browser.open('ben');
    await quiet(ben.journal);
    expect(server.kept).toEqual([]);
    expect(ben.journal.state.others).toEqual([{ accountId: 'anna', authorName: 'anna', count: 1 }]);
    server.session = 'anna';
    anna.journal.send();
    await quiet(anna.journal);
    expect(server.texts('anna')).toEqual(['a']);
  });

  test('without a session it waits', async () => {
    const server = new TestServer();
    server.signedIn = async () => {
      throw new ServerRefusal(401, 'signed-out', 'x');
    };
    const { journal } = await new TestBrowser(server, newDisk()).open();
    await journal.keep(STUDY, [said('a')], 0);
    await quiet(journal);
    expect(journal.state.hindrance).toBe('signed-out');
    expect(journal.state.entries).toHaveLength(1);
  });
});

describe('a browser that keeps nothing', () => {
  test('no journal: told, and sent all the same', async () => {
    const server = new TestServer();
    const { journal } = await new TestBrowser(server).open();
    expect(journal.state.keeping).toBe('memory-no-journal');
    await journal.keep(STUDY, [said('a')], 0);
    await quiet(journal);
    expect(server.texts('anna')).toEqual(['a']);
  });

  test('the disk is full: told, kept in memory in its place, sent; told again when there is room', async () => {
    const server = new TestServer();
    const disk = newDisk();
    let full = false;
    const { journal } = await new TestBrowser(server, async () => {
      const shelf = await disk();
      return {
        ...shelf,
        add: async (entries, after) => {
          if (full) throw new DOMException('no room', 'QuotaExceededError');
          return shelf.add(entries, after);
        },
      };
    }).open();
    server.session = 'nobody';
    await journal.keep(STUDY, [said('a')], 0);
    full = true;
    await journal.keep(STUDY, [said('b')], 0);
    expect(journal.state.keeping).toBe('memory-disk-full');
    full = false;
    await journal.keep(STUDY, [said('c')], 0);
    // What is in memory is still nowhere else.
    expect(journal.state.keeping).toBe('memory-disk-full');
    await quiet(journal);
    server.session = 'anna';
    journal.send();
    await quiet(journal);
    expect(server.texts('anna')).toEqual(['a', 'b', 'c']);
    await journal.keep(STUDY, [said('d')], 0);
    expect(journal.state.keeping).toBe('durable');
  });

  test('the disk goes while the page is open: what stood on it is still sent, once', async () => {
    const server = new TestServer();
    server.session = 'nobody';
    const disk = newDisk();
    let gone = false;
    const dead = async (): Promise<never> => {
      throw new DOMException('closed', 'InvalidStateError');
    };
    const { journal } = await new TestBrowser(server, async () => {
      const shelf = await disk();
      return {
        add: (entries, after) => (gone ? dead() : shelf.add(entries, after)),
        all: () => (gone ? dead() : shelf.all()),
        remove: (entries) => (gone ? dead() : shelf.remove(entries)),
        refuse: (entry, code) => (gone ? dead() : shelf.refuse(entry, code)),
        close: shelf.close,
      };
    }).open();
    await journal.keep(STUDY, [said('a')], 0);
    await quiet(journal);
    gone = true;
    await journal.keep(STUDY, [said('b')], 0);
    server.session = 'anna';
    journal.send();
    await quiet(journal);
    expect(server.texts('anna')).toEqual(['a', 'b']);
    expect(journal.state.entries).toEqual([]);
    expect(journal.state.keeping).toBe('memory-no-journal');
  });
});

type Step =
  | { readonly do: 'mark'; readonly tab: number }
  | { readonly do: 'send'; readonly tab: number }
  | { readonly do: 'reload'; readonly tab: number }
  | { readonly do: 'settle' };

const tab = fc.integer({ min: 0, max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mark' as const), tab }) },
  fc.record({ do: fc.constant('send' as const), tab }),
  fc.record({ do: fc.constant('reload' as const), tab }),
  fc.record({ do: fc.constant('settle' as const) }),
);

test('however it is cut, reloaded and sent again, from two tabs: every mark arrives exactly once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 24 }),
      fc.array(fc.constantFrom<Fate>('well', 'lost', 'cut'), { maxLength: 12 }),
      async (steps, fates) => {
        const server = new TestServer();
        server.fates = [...fates];
        const browser = new TestBrowser(server, newDisk());
        const tabs: Journal[] = [(await browser.open()).journal, (await browser.open()).journal];
        const made: string[] = [];
        for (const each of steps) {
          if (each.do === 'mark') {
            made.push(`${made.length}`);
            await tabs[each.tab].keep(STUDY, [said(made.at(-1) ?? '')], 0);
          } else if (each.do === 'send') tabs[each.tab].send();
          else if (each.do === 'reload') {
            tabs[each.tab].close();
            tabs[each.tab] = (await browser.open()).journal;
          } else for (const journal of tabs) await quiet(journal);
        }
        server.fates = [];
        for (const journal of tabs) {
          journal.send();
          await quiet(journal);
        }
        for (const journal of tabs) await quiet(journal);
        expect(server.texts('anna')).toEqual(made);
        const left = await Promise.all(tabs.map(async (journal) => journal.state.entries.length));
        expect(left).toEqual([0, 0]);
        for (const journal of tabs) journal.close();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

describe('places on the disk', () => {
  const entry = (order: number, markId: string): JournalEntry => ({
    order,
    accountId: 'anna',
    authorName: 'anna',
    studyInstanceUid: STUDY,
    mark: { markId, madeAt: '2026-01-01T00:00:00Z', seen: 0, deed: said(markId) },
  });

  test('another mark that has taken the place meanwhile is neither removed nor refused', async () => {
    for (const shelf of [await newDisk()(), memoryShelf(), mirroredShelf(await newDisk()())]) {
      const [there] = await shelf.add([entry(0, 'new')], 4);
      const gone = entry(there?.order ?? 0, 'old');
      await shelf.remove([gone]);
      await shelf.refuse(gone, 'FULL');
      expect(await shelf.all()).toEqual([there]);
    }
  });

  test('a mark held in memory takes none with it that another tab has put on the disk', async () => {
    const server = new TestServer();
    const disk = newDisk();
    let full = true;
    const browser = new TestBrowser(server, async () => {
      const shelf = await disk();
      return {
        ...shelf,
        add: (entries, after) =>
          full ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : shelf.add(entries, after),
      };
    });
    const one = await browser.open();
    const two = await browser.open();
    server.session = 'nobody';
    await one.journal.keep(STUDY, [said('in memory')], 0);
    full = false;
    await two.journal.keep('9.9', [said('on the disk')], 0);
    await quiet(one.journal);
    await quiet(two.journal);
    const batches: string[] = [];
    const post = server.post.bind(server);
    server.post = async (study, marks) => {
      batches.push(study);
      // The line goes between the two studies.
      if (batches.length > 1) throw new ServerUnreachable('test');
      return post(study, marks, 'anna');
    };
    server.session = 'anna';
    one.journal.send();
    await quiet(one.journal);
    const kept = server.kept.map(({ deed }) => deed);
    const left = one.journal.state.entries.map(({ mark: { deed } }) => deed);
    expect([...kept, ...left]).toEqual([said('on the disk'), said('in memory')]);
  });

  test('a session that became another between asking and sending: nothing is refused for good', async () => {
    const server = new TestServer();
    server.post = async (_study, _marks, accountId) => {
      expect(accountId).toBe('anna');
      throw new ServerRefusal(409, 'OTHER_ACCOUNT', '');
    };
    const { journal } = await new TestBrowser(server, newDisk()).open();
    await journal.keep(STUDY, [said('a'), said('b')], 0);
    await quiet(journal);
    expect(journal.state.hindrance).toBe('other-account');
    expect(journal.state.entries.map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
  });
});
