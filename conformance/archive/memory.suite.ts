/**
 * Row 4: memory stays flat whatever streams in. `PROMONTORY_STREAM_GB=10` for the full proof; `PROMONTORY_STUDY_GB=10`
 * for a study of that size.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from './engines.ts';
import { mrFile, newUid, stowFiles } from './instances.ts';
import { rssMib, watchMemory } from './memory.ts';
import { type Started, startPromontory } from './peers/promontory.ts';
import { upload } from './raw-http.ts';
import { say } from './say.ts';

const GIB = 2 ** 30;
const STREAM_GB = Number(process.env.PROMONTORY_STREAM_GB ?? 2);
const STUDY_GB = Number(process.env.PROMONTORY_STUDY_GB ?? 2);
const ABOVE_IDLE_MIB = 200;
const CONNECTIONS = 2;
/** 5.1 MB each. */
const PIXELS = 1_600;
const CANNOT_UNDERSTAND = 0xc000;
const TOO_LARGE = 0xa710;
/** Of one part, and of one instance: the server's limits. */
const MAX_PART_GB = 4;
const MAX_INSTANCE_GB = 1;

let engine: Engine;
let server: Started;
let idleMib: number;
beforeAll(async () => {
  engine = await openEngine();
  server = await startPromontory(engine.start());
  // Idle is what it is after its first work: workers and the database have come up.
  for (let i = 0; i < 10; i++) await stowFiles(server, [mrFile({ pixels: 512 }).bytes]);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  idleMib = rssMib(server.pid);
  say(`memory: ${engine.name}, idle ${idleMib.toFixed(0)} MiB`);
});
afterAll(async () => {
  await server?.stop();
  await engine?.release();
});

const TYPE = 'multipart/related; type="application/dicom"; boundary=b';
const block = Buffer.alloc(2 ** 20);

function* oneOf(head: Uint8Array, gigabytes: number): Generator<Uint8Array> {
  yield Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n');
  yield head;
  for (let sent = 0; sent < gigabytes * GIB; sent += block.length) yield block;
  yield Buffer.from('\r\n--b--\r\n');
}

/** Sends in chunks, without a length, and measures. */
async function stream(name: string, head: Uint8Array, gigabytes: number) {
  const peak = watchMemory(server.pid);
  const start = performance.now();
  const answer = await upload(
    server,
    '/studies',
    { 'content-type': TYPE, accept: 'application/dicom+json' },
    oneOf(head, gigabytes),
  );
  const seconds = (performance.now() - start) / 1000;
  const above = peak() - idleMib;
  say(
    `memory: ${name}, ${gigabytes} GB in ${seconds.toFixed(1)} s: ${above.toFixed(0)} MiB above idle, ${answer.status}`,
  );
  expect(above).toBeLessThan(ABOVE_IDLE_MIB);
  const said = JSON.parse(answer.body) as Record<
    string,
    { Value: Record<string, { Value: number[] }>[] } | undefined
  >;
  const reasons = [...(said['0008119A']?.Value ?? []), ...(said['00081198']?.Value ?? [])];
  return { status: answer.status, reason: reasons[0]?.['00081197']?.Value[0] };
}

test(`${STREAM_GB} GB of zeros as one part are refused as what they are`, async () => {
  const { status, reason } = await stream('zeros', block, STREAM_GB);
  expect([status, reason]).toEqual([STREAM_GB >= MAX_PART_GB ? 413 : 409, CANNOT_UNDERSTAND]);
});

test(`an instance that never ends is refused once it is larger than one may be`, async () => {
  const head = Buffer.concat([mrFile({ pixels: 8 }).bytes]);
  const { status, reason } = await stream('an endless instance', head, MAX_INSTANCE_GB + 0.25);
  expect([status, reason]).toEqual([413, TOO_LARGE]);
});

test(`a study of ${STUDY_GB} GB streams in`, async () => {
  const [studyUid, series] = [newUid(), Array.from({ length: 4 }, newUid)];
  const bytesOfOne = PIXELS * PIXELS * 2;
  const requests = Math.ceil((STUDY_GB * 1e9) / bytesOfOne / 50);
  let left = requests;
  let stored = 0;
  const peak = watchMemory(server.pid);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left-- > 0) {
        const { status, body } = await upload(
          server,
          `/studies/${studyUid}`,
          { 'content-type': TYPE, accept: 'application/dicom+json' },
          (function* () {
            for (let i = 0; i < 50; i++) {
              yield Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n');
              yield mrFile({ studyUid, seriesUid: series[i % 4] as string, pixels: PIXELS, fill: i }).bytes;
              yield Buffer.from('\r\n');
            }
            yield Buffer.from('--b--\r\n');
          })(),
        );
        expect(status).toBe(200);
        stored += (JSON.parse(body) as { '00081199': { Value: unknown[] } })['00081199'].Value.length;
      }
    }),
  );
  const above = peak() - idleMib;
  const seconds = (performance.now() - start) / 1000;
  say(
    `memory: a study of ${stored} instances, ${((stored * bytesOfOne) / 1e9).toFixed(1)} GB in ${seconds.toFixed(1)} s: ${above.toFixed(0)} MiB above idle`,
  );
  expect(stored).toBe(requests * 50);
  expect(above).toBeLessThan(ABOVE_IDLE_MIB);
});

test('the study is read back as a whole', async () => {
  const found = (await (
    await fetch(`${server.root}/studies?limit=50`, { headers: server.headers })
  ).json()) as Record<string, { Value: [string & number] } | undefined>[];
  const large = found.find((row) => Number(row['00201208']?.Value[0]) > 100);
  const peak = watchMemory(server.pid);
  const answer = await fetch(`${server.root}/studies/${large?.['0020000D']?.Value[0]}`, {
    headers: { ...server.headers, accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
  expect(answer.status).toBe(200);
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) bytes += chunk.length;
  const above = peak() - idleMib;
  say(`memory: read back ${(bytes / 1e9).toFixed(1)} GB: ${above.toFixed(0)} MiB above idle`);
  expect(bytes).toBeGreaterThan(STUDY_GB * 0.9e9);
  expect(above).toBeLessThan(ABOVE_IDLE_MIB);
});
