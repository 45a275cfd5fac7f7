/** What the tests of readings share: an archive on each database, and servers that are closed after every test. */
import { afterAll, beforeAll } from 'vitest';
import { type Identity, systemIdentity } from '../access/index.ts';
import type { ReadingsRoom } from './open-readings.ts';
import type { ReadInProcess } from './reading-process.ts';
import { openTestServer, POSTGRES, type TestServer } from './readings.testing.ts';
import type { Readings } from './study-readings.ts';

export const kinds = ['PGlite', ...(POSTGRES === undefined ? [] : ['PostgreSQL' as const])] as const;
export const system = systemIdentity('system');
export const POLL = { timeout: 50_000 };

/** Servers over one archive for the tests of a file, each with a queue of its own. */
export function readingsBench(kind: (typeof kinds)[number]) {
  let server: TestServer;
  let rooms: ReadingsRoom[] = [];
  beforeAll(async () => {
    server = await openTestServer(kind as 'PGlite');
  }, 60_000);
  afterAll(() => server.close(), 60_000);

  /** A server over the archive, with a worker where one is given; each test has its own queue. */
  let queues = 0;
  async function room(read?: ReadInProcess, name = `reading-${queues++}`): Promise<ReadingsRoom> {
    const made = await server.open({ name });
    rooms.push(made);
    if (read !== undefined) await made.work({ read });
    return made;
  }
  async function within(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      for (const made of rooms.splice(0)) await made.close();
      rooms = [];
    }
  }
  const later = (ms: number) => {
    server.at = new Date(server.at.getTime() + ms);
  };
  const all = (from: ReadingsRoom, identity: Identity = system): Readings => from.readingsFor(identity);
  const readingsOf = async (from: ReadingsRoom, studyUid: string) =>
    (await all(from).ofStudy(studyUid))?.readings ?? [];
  const auditOf = (studyUid: string) =>
    server.database.query<{ action: string; outcome: string; actor: string; body: string }>(
      'select action, outcome, actor, body from audit_event where study_uid = $1 order by seq',
      [studyUid],
    );

  return {
    get server() {
      return server;
    },
    /** Those that the test has open. */
    get rooms(): readonly ReadingsRoom[] {
      return rooms;
    },
    nextQueue: (): number => queues++,
    room,
    within,
    later,
    all,
    readingsOf,
    auditOf,
  };
}
