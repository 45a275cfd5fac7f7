/** An existing PACS as the place where instances lie, put together. */
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  boundedBlobs,
  comparePacs,
  type Noticed,
  type PacsBlobs,
  pacsBlobs,
  placedAmong,
} from '../../pacs/index.ts';
import { type Blobs, fileBlobs, type Sha256, type StageOptions } from '../../ports/blobs/index.ts';
import type { Database } from '../../ports/database/index.ts';
import type { DataFolder } from '../../ports/folder/index.ts';
import { openPacsPeer, type PacsPeer } from '../../ports/pacs/index.ts';
import type { Environment } from './environment.ts';
import { pacsAddressOf } from './pacs-address.ts';
import type { PacsSettings } from './pacs-settings.ts';

export interface PacsStorage extends PacsBlobs {
  /** Of our own: results, and what does not go to the PACS. */
  readonly local: Blobs;
  readonly hashOf: (uid: string) => string;
  /** Another connection, for who ends it by himself. */
  connect(): PacsPeer;
  /** @throws PacsRefused, PacsUnavailable */
  probe(): Promise<void>;
  /** Marks in the index what the PACS does not list, or lists again. @throws PacsUnavailable, PacsAnswerUnusable */
  compare(onStudy: (done: number) => void): Promise<void>;
  /** Whether bytes lie in the PACS and not here. */
  holds(sha256: Sha256): Promise<boolean>;
  /** Tells what is noticed at the PACS while it is read. */
  listen(listener: (what: Noticed) => void): void;
  close(): void;
}

export interface PacsGround {
  readonly folder: DataFolder;
  readonly database: Database;
  readonly local: Blobs;
  /** As bytes at rest are kept here: sealed, or at least held against their names. */
  readonly atRest: (blobs: Blobs) => Blobs;
  readonly staging: StageOptions;
  readonly maxInstanceBytes: number;
  readonly environment: Environment;
  readonly now: () => Date;
}

/** Nothing is asked of the PACS yet. @throws Fault START_REFUSED, PacsRefused */
export async function openPacs(settings: PacsSettings, ground: PacsGround): Promise<PacsStorage> {
  const { folder, database, local, staging, now } = ground;
  const address = pacsAddressOf(settings, ground.environment);
  const connect = () => openPacsPeer(address, { maxInstanceBytes: ground.maxInstanceBytes });
  const peer = connect();
  const key = await folder.secret('pseudonyms');
  const hashOf = (uid: string) => createHmac('sha256', key).update(`pacs ${uid}`).digest('hex');
  // Copies take no room that is guarded for what cannot be fetched again.
  const files = fileBlobs(folder.copies, { freeSpaceGuardBytes: staging.freeSpaceGuardBytes ?? 0 });
  let listener: (what: Noticed) => void = () => {};
  const over = pacsBlobs({
    peer,
    database,
    local,
    copies: ground.atRest(boundedBlobs(files, settings.cacheBytes)),
    staging,
    now,
    hashOf,
    wait: (ms) => pause(ms),
    stores: settings.store,
    removes: settings.removeFromPacs,
    noticed: (what) => listener(what),
  });
  return {
    ...over,
    local,
    hashOf,
    connect,
    probe: () => peer.probe(),
    compare: (onStudy) => comparePacs({ peer, database, now }, onStudy),
    holds: async (sha256) =>
      !(await local.has(sha256)) && (await placedAmong(database, [sha256])).has(sha256),
    listen(given) {
      listener = given;
    },
    close: () => peer.close(),
  };
}
