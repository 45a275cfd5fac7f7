/** Results whose bytes were noted to be taken away, and went, while the next reading brings the same. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemIdentity } from '../access/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import { openTestServer, quickRead, smallStudy, type TestServer } from './readings.testing.ts';

const POLL = { timeout: 30_000, interval: 50 };
let server: TestServer;
beforeAll(async () => {
  server = await openTestServer('PGlite');
}, 60_000);
afterAll(() => server.close(), 60_000);

test('the bytes are kept anew and noted no more, and the store is not asked within a transaction', async () => {
  const room = await server.open();
  await room.work({ read: quickRead });
  const system = systemIdentity('system');
  const readings = room.readingsFor(system);
  const read = async () => {
    const { studyUid, files } = smallStudy();
    await server.store(files);
    await readings.request(studyUid);
    await expect.poll(async () => (await readings.ofStudy(studyUid))?.readings.length, POLL).toBe(1);
    const [reading] = (await readings.ofStudy(studyUid))?.readings ?? [];
    return { studyUid, reading: reading! };
  };
  const notes = async () =>
    (await server.database.query<{ sha256: string }>('select sha256 from blob_to_remove')).map(
      (n) => n.sha256,
    );

  const first = await read();
  const report = first.reading.files.find(({ name }) => name === 'report.html')!.sha256;
  await server.recordsFor(system).remove({ studyUid: first.studyUid });
  expect(await notes()).toContain(report);
  await server.blobs.remove(report);

  const asked = vi.spyOn(server.blobs as { has: (typeof server.blobs)['has'] }, 'has');
  const second = await read();
  expect(second.reading.files.map(({ sha256 }) => sha256)).toContain(report);
  expect(await notes()).not.toContain(report);
  const opened = await readings.openFile(second.reading.readingId, 'report.html');
  expect(Buffer.from(await readAll(opened!.bytes)).toString()).toBe('"<script>1</script>"');
  expect(asked).not.toHaveBeenCalled();
});
