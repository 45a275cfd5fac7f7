import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mrFile, newUid, partsOf, person } from '../archive/archive.testing.ts';
import { forgetCopies } from '../pacs/pacs.testing.ts';
import { BlobMissing, readAll } from '../ports/blobs/index.ts';
import { sendInstance, sendJson, uidRow } from '../ports/pacs/fake-pacs.testing.ts';
import { type InstanceUids, PacsAnswerUnusable, PacsUnavailable } from '../ports/pacs/index.ts';
import { openTestFollowing, type TestFollowing } from './following.testing.ts';
import { FULL_LOOK_MS } from './look-at-study.ts';

const reader = person('radiologist');
let under: TestFollowing;
beforeEach(async () => {
  under = await openTestFollowing({ peer: { maxInstanceBytes: 2 ** 22, instancesPerPage: 5 } });
});
afterEach(() => under.close());

const HOUR = 3_600_000;
const later = (ms: number) => {
  under.now = () => new Date(Date.now() + ms);
};
/** Files of one study in the PACS, by series. */
function study(instances: number, values: Parameters<typeof mrFile>[0] = {}) {
  const [StudyInstanceUID, SeriesInstanceUID] = [newUid(), newUid()];
  const files = Array.from({ length: instances }, () =>
    Buffer.from(mrFile({ StudyInstanceUID, SeriesInstanceUID, ...values })),
  );
  return { studyUid: StudyInstanceUID, seriesUid: SeriesInstanceUID, files, uids: files.map(put) };
}
const put = (bytes: Uint8Array): InstanceUids => under.pacs.put(bytes);
const here = async (studyUid: string) =>
  (await under.recordsFor(reader).instances({ studyUid }, 'retrieve')).map(({ sopUid }) => sopUid).sort();
const sops = (uids: readonly InstanceUids[]) => uids.map(({ sopUid }) => sopUid).sort();
const fetched = () => under.pacs.asked.filter((line) => /\/instances\/[\d.]+$/.test(line)).length;
/** Answers for one instance in place of the PACS. */
const insteadOf = (sopUid: string, answer: (response: ServerResponse) => void) => {
  under.pacs.instead = (request, response) => {
    if (!request.url?.endsWith(`/instances/${sopUid}`)) return false;
    answer(response);
    return true;
  };
};
const counts = async () =>
  (
    await under.database.query('select count(*)::int as n, count(distinct sop_uid)::int as d from instance')
  )[0];

describe('a round', () => {
  test('brings in what matches, byte for byte, under a name of its own', async () => {
    const studies = [study(12), study(1), study(3)];
    expect(await under.round()).toMatchObject({ studies: 3, brought: 16, failed: 0 });
    expect(under.pacs.asked[0]).toMatch(/^GET \/studies\?ModalitiesInStudy=MR&StudyDate=\d{8}-&/);
    for (const { studyUid, files, uids } of studies) {
      expect(await here(studyUid)).toEqual(sops(uids));
      await forgetCopies(under);
      const records = under.recordsFor(reader);
      const got = [];
      for (const record of await records.instances({ studyUid }, 'retrieve'))
        got.push(Buffer.from(await readAll(await records.open(record))).toString('base64'));
      expect(got.sort()).toEqual(files.map((file) => file.toString('base64')).sort());
      const audit = await under.database.query(
        `select actor, outcome from audit_event where action = 'store' and study_uid = $1`,
        [studyUid],
      );
      expect(audit.length).toBeGreaterThan(0);
      expect(new Set(audit.map((row) => `${row.actor} ${row.outcome}`))).toEqual(
        new Set(['following success']),
      );
    }
    // Waits to be read: nothing says that it is complete.
    expect(await under.database.query('select 1 from study where complete_at is not null')).toEqual([]);
    expect(under.pacs.asked.some((line) => line.startsWith('POST'))).toBe(false);
  });

  test('does not ask again for what has not changed, but once in a while', async () => {
    study(3);
    await under.round();
    under.pacs.asked.length = 0;
    expect(await under.round()).toMatchObject({ brought: 0 });
    expect(under.pacs.asked.every((line) => line.startsWith('GET /studies?'))).toBe(true);
    later(FULL_LOOK_MS + 1);
    await under.round();
    expect(under.pacs.asked.filter((line) => line.includes('/instances?')).length).toBeGreaterThan(0);
    expect(fetched()).toBe(0);
  });

  test('brings in what is new in a study, also where an instance was exchanged', async () => {
    const { studyUid, seriesUid, uids } = study(2);
    await under.round();
    const more = put(mrFile({ StudyInstanceUID: studyUid, SeriesInstanceUID: seriesUid }));
    expect(await under.round()).toMatchObject({ brought: 1 });
    expect(await here(studyUid)).toEqual(sops([...uids, more]));
    under.pacs.held.delete(more.sopUid);
    const other = put(mrFile({ StudyInstanceUID: studyUid, SeriesInstanceUID: seriesUid }));
    later(FULL_LOOK_MS + 1);
    expect(await under.round()).toMatchObject({ brought: 1, missing: 1 });
    expect(await here(studyUid)).toEqual(sops([...uids, more, other]));
  });

  test('marks what is gone there, and unmarks what is back', async () => {
    const kept = study(3);
    const gone = study(2);
    await under.round();
    const held = gone.uids.map(({ sopUid }) => under.pacs.held.get(sopUid)?.bytes as Uint8Array);
    for (const { sopUid } of gone.uids) under.pacs.held.delete(sopUid);
    under.pacs.held.delete(kept.uids[0]?.sopUid as string);
    later(FULL_LOOK_MS + 1);
    expect(await under.round()).toMatchObject({ brought: 0, failed: 0, missing: 3 });
    // The index still says what it knows.
    expect(await here(gone.studyUid)).toHaveLength(2);
    const [record] = await under.recordsFor(reader).instances({ studyUid: gone.studyUid }, 'retrieve');
    await expect(under.blobs.stat(record?.sha256 as string)).rejects.toThrow(BlobMissing);
    for (const bytes of held) put(bytes);
    later(2 * FULL_LOOK_MS + 2);
    expect(await under.round()).toMatchObject({ brought: 0, back: 2 });
  });

  test('goes on where it was left, and doubles nothing', async () => {
    const { studyUid, uids } = study(20);
    const stopping = new AbortController();
    let left = 7;
    under.pacs.instead = (request) => {
      if (/\/instances\/[\d.]+$/.test(request.url ?? '') && left-- === 0) stopping.abort();
      return false;
    };
    await under.round(stopping.signal);
    const first = (await here(studyUid)).length;
    expect(first).toBeLessThan(20);
    under.pacs.instead = undefined;
    under.pacs.asked.length = 0;
    expect(await under.round()).toMatchObject({ brought: 20 - first, failed: 0 });
    expect(fetched()).toBe(20 - first);
    expect(await here(studyUid)).toEqual(sops(uids));
    expect(await counts()).toEqual({ n: 20, d: 20 });
  });

  test('ends with a PACS that goes away, and goes on when it is back', async () => {
    const { studyUid, uids } = study(12);
    let left = 6;
    under.pacs.instead = (request, response) => {
      if (!/\/instances\/[\d.]+$/.test(request.url ?? '') || left-- > 0) return false;
      response.destroy();
      return true;
    };
    await expect(under.round()).rejects.toThrow(PacsUnavailable);
    await under.pacs.away();
    await expect(under.round()).rejects.toThrow(PacsUnavailable);
    under.pacs.instead = undefined;
    await under.pacs.back();
    later(HOUR);
    await under.round();
    expect(await here(studyUid)).toEqual(sops(uids));
    expect(await counts()).toEqual({ n: 12, d: 12 });
  });
});

describe('what was deleted here', () => {
  test('is not brought in again; the rest of its study is, and what somebody sends', async () => {
    const part = study(3);
    const whole = study(2);
    await under.round();
    const administrator = under.recordsFor(person('administrator'));
    await administrator.remove(part.uids[0] as InstanceUids);
    await administrator.remove({ studyUid: whole.studyUid });
    const more = put(mrFile({ StudyInstanceUID: part.studyUid, SeriesInstanceUID: part.seriesUid }));
    put(mrFile({ StudyInstanceUID: whole.studyUid }));
    expect(await under.round()).toMatchObject({ brought: 1, failed: 0 });
    expect(await here(part.studyUid)).toEqual(sops([...part.uids.slice(1), more]));
    expect(await here(whole.studyUid)).toEqual([]);
    const [outcome] = await under
      .recordsFor(person('radiologist'))
      .store(partsOf([whole.files[0] as Uint8Array]));
    expect(outcome?.status).toBe('stored');
    later(FULL_LOOK_MS + 1);
    // Its study lives again; what else was deleted of it does not.
    expect(await under.round()).toMatchObject({ brought: 1, failed: 0 });
    expect(await here(whole.studyUid)).toHaveLength(2);
    expect(await here(whole.studyUid)).not.toContain(whole.uids[1]?.sopUid);
  });
});

describe('a hostile or broken PACS', () => {
  test('another instance than was asked for is refused, whichever of its UIDs lies', async () => {
    const { studyUid, seriesUid, uids } = study(3);
    const asked = uids[1] as InstanceUids;
    const same = {
      StudyInstanceUID: studyUid,
      SeriesInstanceUID: seriesUid,
      SOPInstanceUID: asked.sopUid,
    };
    for (const lie of [
      { ...same, StudyInstanceUID: newUid() },
      { ...same, SeriesInstanceUID: newUid() },
      { ...same, SOPInstanceUID: newUid() },
      {},
    ]) {
      insteadOf(asked.sopUid, (response) => sendInstance(response, mrFile(lie)));
      await under.round();
      expect(await here(studyUid)).toEqual(sops(uids.filter((each) => each !== asked)));
      expect(await counts()).toMatchObject({ n: 2 });
      await under.database.query('delete from pacs_refusal');
    }
    under.pacs.instead = undefined;
    await under.round();
    expect(await here(studyUid)).toEqual(sops(uids));
  });

  test('one that gives an instance asked for in place of another asked for', async () => {
    const { studyUid, uids, files } = study(2);
    insteadOf(uids[0]?.sopUid as string, (response) => sendInstance(response, files[1] as Uint8Array));
    expect(await under.round()).toMatchObject({ brought: 1, failed: 1 });
    expect(await here(studyUid)).toEqual([uids[1]?.sopUid]);
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['is no DICOM', (response) => sendInstance(response, Buffer.alloc(5_000, 0x41))],
    ['is empty', (response) => sendInstance(response, new Uint8Array(0))],
    ['is larger than may be', (response) => sendInstance(response, Buffer.alloc(5 * 2 ** 20))],
    [
      'is in no form that was asked for',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(),
    ],
    [
      'has a body that is malformed',
      (response) => response.writeHead(200, { 'content-type': 'multipart/related; boundary=b' }).end('x'),
    ],
    ['is not given as it is kept', (response) => response.writeHead(406).end()],
  ])('an instance that %s costs itself only, and is put off', async (_, answer) => {
    const { studyUid, uids } = study(8);
    const bad = uids[2]?.sopUid as string;
    insteadOf(bad, answer);
    expect(await under.round()).toMatchObject({ brought: 7, failed: 1 });
    expect(await here(studyUid)).toEqual(sops(uids).filter((uid) => uid !== bad));
    under.pacs.asked.length = 0;
    expect(await under.round()).toMatchObject({ brought: 0, failed: 0 });
    expect(fetched()).toBe(0);
    // Mended there, it comes.
    under.pacs.instead = undefined;
    later(FULL_LOOK_MS + 1);
    expect(await under.round()).toMatchObject({ brought: 1, failed: 0 });
    expect(await here(studyUid)).toEqual(sops(uids));
  });

  test.each<[string, (response: ServerResponse) => void]>([
    [
      'breaks off',
      (response) => {
        response.writeHead(200, { 'content-type': 'multipart/related; boundary=b' });
        response.write('--b\r\n\r\nhalf');
        setTimeout(() => response.destroy(), 10);
      },
    ],
    ['makes the PACS stumble', (response) => response.writeHead(500).end()],
  ])('an instance that always %s does not keep the others for ever', async (_, answer) => {
    const { studyUid, uids } = study(8);
    const bad = uids[2]?.sopUid as string;
    insteadOf(bad, answer);
    await expect(under.round()).rejects.toThrow(PacsUnavailable);
    await under.round();
    expect(await here(studyUid)).toEqual(sops(uids).filter((uid) => uid !== bad));
  });

  test('a study that cannot be listed keeps no other', async () => {
    const [bad, good] = [study(2), study(2)];
    under.pacs.instead = (request, response) => {
      if (!request.url?.includes(`/studies/${bad.studyUid}/instances?`)) return false;
      response.writeHead(200, { 'content-type': 'application/dicom+json' }).end('[{');
      return true;
    };
    expect(await under.round()).toMatchObject({ brought: 2, unreadable: 1 });
    expect(await here(good.studyUid)).toHaveLength(2);
    expect(await here(bad.studyUid)).toEqual([]);
  });

  test('a list of studies without an end: what was listed is brought in, and the round ends', async () => {
    const { studyUid } = study(2);
    under.pacs.instead = (request, response) => {
      if (!request.url?.includes('/studies?') || request.url.includes('offset=0')) return false;
      return sendJson(
        response,
        Array.from({ length: 100 }, () => uidRow({ studyUid: newUid() }, { '00201208': { Value: [0] } })),
      );
    };
    const few = openTestFollowing({ peer: { maxStudies: 250 } });
    const other = await few;
    try {
      other.pacs.put(mrFile());
      other.pacs.instead = under.pacs.instead;
      await expect(other.round()).rejects.toThrow(PacsAnswerUnusable);
      expect(await other.database.query('select count(*)::int as n from study')).toEqual([{ n: 1 }]);
    } finally {
      await other.close();
    }
    expect(await here(studyUid)).toEqual([]);
  });

  test('instances of a series that belongs to another study here change nothing, and are put off', async () => {
    const first = study(1);
    await under.round();
    const stolen = put(mrFile({ SeriesInstanceUID: first.seriesUid }));
    expect(await under.round()).toMatchObject({ brought: 0, failed: 1 });
    expect(await here(stolen.studyUid)).toEqual([]);
    expect(await under.database.query(`select code from pacs_refusal`)).toEqual([{ code: 'conflict' }]);
  });
});
