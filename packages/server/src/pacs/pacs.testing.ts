/** The archive's instances in a PACS that a test commands; PostgreSQL where there is one, files in a folder of their own. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Blobs, fileBlobs, verifiedBlobs } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { type FakePacs, fakePacs } from '../ports/pacs/fake-pacs.testing.ts';
import { openPacsPeer, type PacsPeer, type PeerOptions } from '../ports/pacs/index.ts';
import { migrate } from '../schema/index.ts';
import { ENGINES } from '../upkeep/archive.testing.ts';
import { boundedBlobs, type Noticed, type PacsBlobs, pacsBlobs } from './index.ts';

export interface TestPacs extends PacsBlobs {
  readonly pacs: FakePacs;
  readonly peer: PacsPeer;
  readonly database: Database;
  readonly local: Blobs;
  readonly copies: Blobs;
  readonly folder: string;
  readonly noticed: Noticed[];
  readonly hashOf: (uid: string) => string;
  readonly staging: { folder: string; freeSpaceGuardBytes: number };
  close(): Promise<void>;
}

export async function openTestPacs(
  options: {
    readonly stores?: boolean;
    readonly removes?: boolean;
    readonly cacheBytes?: number;
    readonly peer?: PeerOptions;
  } = {},
): Promise<TestPacs> {
  const folder = mkdtempSync(join(tmpdir(), 'promontory-pacs-'));
  const [, fresh] = ENGINES.at(-1) as (typeof ENGINES)[number];
  const database = await fresh();
  await migrate(database);
  const pacs = await fakePacs();
  const peer = openPacsPeer(
    { url: pacs.url, credentials: { kind: 'none' } },
    { attempts: 1, wait: async () => {}, ...options.peer },
  );
  const files = (name: string) => fileBlobs(join(folder, name), { freeSpaceGuardBytes: 0 });
  const local = verifiedBlobs(files('blobs'));
  const copies = verifiedBlobs(boundedBlobs(files('copies'), options.cacheBytes ?? 2 ** 30));
  const noticed: Noticed[] = [];
  const staging = { folder: join(folder, 'incoming'), freeSpaceGuardBytes: 0 };
  const hashOf = (uid: string) => createHash('sha256').update(`secret ${uid}`).digest('hex');
  const over = pacsBlobs({
    peer,
    database,
    local,
    copies,
    staging,
    now: () => new Date(),
    hashOf,
    wait: async () => {},
    stores: options.stores ?? true,
    removes: options.removes ?? false,
    noticed: (what) => noticed.push(what),
  });
  return {
    ...over,
    pacs,
    peer,
    database,
    local,
    copies,
    folder,
    noticed,
    hashOf,
    staging,
    async close() {
      peer.close();
      await pacs.close();
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Copies are given up, as they may be at any time. */
export async function forgetCopies({ copies }: TestPacs): Promise<void> {
  for await (const sha256 of copies.list()) await copies.remove(sha256);
}
