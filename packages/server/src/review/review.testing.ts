/** A study with a reading and people who review it, over a real archive; PostgreSQL as well where there is one. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Deed, Mark } from '@promontory/core/review';
import { afterAll, beforeAll } from 'vitest';
import { buildFindings } from '../../../core/src/report/findings.fixture.ts';
import type { Identity, Role } from '../access/index.ts';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { stage } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { openReview, type ReviewRoom } from './open-review.ts';

export { ENGINES } from '../upkeep/archive.testing.ts';

export interface ReviewedStudy {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
  readonly readingId: string;
}

export const FINDINGS = buildFindings();

/** An archive for the tests of a file. */
export function reviewBench(fresh: () => Promise<Database>) {
  let archive: TestArchive;
  let room: ReviewRoom;
  let at = new Date('2026-03-04T05:06:07.000Z');
  beforeAll(async () => {
    archive = await openTestArchive(undefined, fresh);
    await archive.database.query(
      `insert into project (project_id, title) values ('a', 'A'), ('b', 'B') on conflict do nothing`,
    );
    room = another();
  }, 60_000);
  afterAll(async () => {
    await room.close();
    await archive.close();
  }, 60_000);

  /** Another server over the same database. */
  const another = () =>
    openReview({
      database: archive.database,
      blobs: archive.blobs,
      now: () => at,
      newId: () => randomUUID(),
    });

  /** Somebody with an account, and a session of theirs. */
  async function member(role: Role, projectId = 'a', name = `${role} of ${projectId}`): Promise<Identity> {
    const accountId = randomUUID();
    await archive.database.query(
      'insert into account (account_id, login, display_name) values ($1, $2, $3)',
      [accountId, accountId, name],
    );
    return person(role, projectId, {
      actor: `account:${accountId}`,
      accountId,
      sessionId: randomUUID(),
      address: '192.0.2.7',
    });
  }

  /** @param files of the reading, by name */
  async function reading(
    studyUid: string,
    files: Readonly<Record<string, unknown>> = { 'findings.json': FINDINGS },
  ): Promise<string> {
    const readingId = randomUUID();
    await archive.database.query(
      `insert into reading (reading_id, study_uid, job_id, created_at, status, outcome, software_version, models,
         input_sha256, instance_count, duration_ms)
       values ($1, $2, $3, now(), 'unreviewed', 'read', '1', '[]', '', 1, 1)`,
      [readingId, studyUid, randomUUID()],
    );
    for (const [name, value] of Object.entries(files)) {
      const staged = await stage(
        (async function* () {
          yield Buffer.from(JSON.stringify(value));
        })(),
        { folder: join(archive.folder, 'incoming') },
      );
      await archive.blobs.keep(staged);
      await archive.database.query(
        `insert into reading_file (reading_id, name, media_type, sha256, size)
         values ($1, $2, 'application/json', $3, $4)`,
        [readingId, name, staged.sha256, staged.size],
      );
    }
    return readingId;
  }

  async function study(
    projectId = 'a',
    files?: Readonly<Record<string, unknown>>,
    values: Parameters<typeof mrFile>[0] = {},
  ): Promise<ReviewedStudy> {
    const [studyUid, seriesUid, sopUid] = [newUid(), newUid(), newUid()];
    const file = mrFile({
      StudyInstanceUID: studyUid,
      SeriesInstanceUID: seriesUid,
      SOPInstanceUID: sopUid,
      PatientID: studyUid,
      ...values,
    });
    const [outcome] = await archive
      .recordsFor(person('administrator', '*', { storesInto: projectId }))
      .store(partsOf([file], 1_000));
    if (outcome?.status !== 'stored') throw new Error('not stored');
    return { studyUid, seriesUid, sopUid, readingId: await reading(studyUid, files) };
  }

  return {
    /** The clock. */
    get at() {
      return at;
    },
    set at(now: Date) {
      at = now;
    },
    get archive() {
      return archive;
    },
    get database() {
      return archive.database;
    },
    get room() {
      return room;
    },
    another,
    member,
    reading,
    study,
    auditOf: (studyUid: string) =>
      archive.database.query<{ action: string; outcome: string; actor: string; body: string }>(
        'select action, outcome, actor, body from audit_event where study_uid = $1 order by seq',
        [studyUid],
      ),
  };
}

export const markOf = (deed: Deed, seen = 0, given: Partial<Mark> = {}): Mark => ({
  markId: randomUUID(),
  madeAt: '2026-03-04T05:00:00.000Z',
  seen,
  deed,
  ...given,
});

export const said = (text: string, seen = 0): Mark =>
  markOf({ kind: 'text', section: 'findings', text }, seen);

export const measured = ({ seriesUid, sopUid }: ReviewedStudy, given: object = {}): Deed => ({
  kind: 'measurement',
  tool: 'length',
  seriesInstanceUid: seriesUid,
  sopInstanceUid: sopUid,
  frame: 1,
  pointsMm: [
    [0, 0, 0],
    [0, 3, 4],
  ],
  value: 5,
  unit: 'mm',
  uncertainty: 0.5,
  ...given,
});
