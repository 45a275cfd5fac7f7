/** A server, a disk and tabs that fail where they are told to. */
import type { Deed, KeptMark, Mark } from '@promontory/core/review';
import { ServerUnreachable } from '../server/index.ts';
import { type Journal, type JournalNews, type JournalPorts, openJournal } from './journal.ts';
import type { Acknowledged } from './post-marks.ts';
import type { Shelf } from './shelf.ts';

/** `lost`: the request never arrived. `cut`: it was done, and its answer was lost. */
export type Fate = 'well' | 'lost' | 'cut';

/** As the real one: idempotent by markId, sequence without gaps in order of arrival. */
export class TestServer {
  readonly kept: KeptMark[] = [];
  session = 'anna';
  fates: Fate[] = [];
  posts = 0;
  refusals = new Map<string, string>();

  async signedIn(): Promise<string> {
    return this.session;
  }
  async post(_study: string, marks: readonly Mark[], _accountId: string): Promise<Acknowledged> {
    this.posts += 1;
    const fate = this.fates.shift() ?? 'well';
    if (fate === 'lost') throw new ServerUnreachable('test');
    const refused = marks.flatMap(({ markId }) => {
      const code = this.refusals.get(markId);
      return code === undefined ? [] : [{ markId, code }];
    });
    for (const mark of marks) {
      if (this.refusals.has(mark.markId) || this.kept.some((each) => each.markId === mark.markId)) continue;
      this.kept.push({
        ...mark,
        sequence: this.kept.length + 1,
        author: this.session,
        authorName: this.session,
        receivedAt: '2026-01-01T00:00:00.000Z',
      });
    }
    if (fate === 'cut') throw new ServerUnreachable('test');
    return { kept: this.kept.filter((each) => marks.some((m) => m.markId === each.markId)), refused };
  }
  /** The deeds that one author made, as texts, in order of arrival. */
  texts(author: string): string[] {
    return this.kept.flatMap((each) =>
      each.author === author && each.deed.kind === 'text' ? [each.deed.text] : [],
    );
  }
}

/** One browser: its disk, its lock, the channel between its tabs. */
export class TestBrowser {
  private lock: Promise<unknown> = Promise.resolve();
  private readonly ears = new Set<{ tab: object; hear: (news: JournalNews) => void }>();
  private ids = 0;
  readonly server: TestServer;
  private readonly disk: (() => Promise<Shelf>) | undefined;
  constructor(server: TestServer, disk?: () => Promise<Shelf>) {
    this.server = server;
    this.disk = disk;
  }

  async open(accountId = 'anna'): Promise<{ journal: Journal; timers: (() => void)[] }> {
    const tab = {};
    const timers: (() => void)[] = [];
    const shelf = await this.disk?.();
    const ports: JournalPorts = {
      ...(shelf && { shelf }),
      server: this.server,
      exclusively: (_name, work) => {
        const done = this.lock.then(work);
        this.lock = done.catch(() => {});
        return done;
      },
      tell: (news) => {
        for (const ear of this.ears) if (ear.tab !== tab) ear.hear(news);
      },
      onNews: (hear) => {
        const ear = { tab, hear };
        this.ears.add(ear);
        return () => this.ears.delete(ear);
      },
      onHope: () => () => {},
      after: (_ms, call) => {
        timers.push(call);
        return () => {
          const at = timers.indexOf(call);
          if (at >= 0) timers.splice(at, 1);
        };
      },
      now: () => new Date(0),
      newId: () => `00000000-0000-4000-8000-${String(++this.ids).padStart(12, '0')}`,
      chance: () => 0,
    };
    return { journal: await openJournal({ accountId, displayName: accountId }, ports), timers };
  }
}

export const said = (text: string): Deed => ({ kind: 'text', section: 'findings', text });

/** Until no round runs; `where` it never ends, the test's own limit speaks. */
export async function quiet(journal: Journal): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve));
  while (journal.state.sending);
}
