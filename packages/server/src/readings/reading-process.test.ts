import { fileURLToPath } from 'node:url';
import { Findings, readSpineOutline } from '@promontory/core/spine';
import { describe, expect, test } from 'vitest';
import { mrFile } from '../archive/archive.testing.ts';
import type { ReadingOutcome } from './reading-messages.ts';
import { type InputFile, type ReadingProcessOptions, readingProcess } from './reading-process.ts';
import { testPhantom } from './readings.testing.ts';

const TRUTH = new URL('./truth-reading.testing.ts', import.meta.url);
const MISBEHAVING = new URL('./misbehaving.testing.ts', import.meta.url);

const inputOf = (bytes: Uint8Array): InputFile => ({
  sizeBytes: bytes.length,
  read: async () =>
    (async function* () {
      yield bytes.subarray(0, 1000);
      yield bytes.subarray(1000);
    })(),
});

const read = (
  files: readonly InputFile[],
  options: ReadingProcessOptions,
  signal = new AbortController().signal,
  stages: string[] = [],
  loaded: string[] = [],
): Promise<ReadingOutcome> =>
  readingProcess(options)(files, {
    signal,
    progress: (stage) => stages.push(stage),
    loaded: ({ id, version, sha256 }) => loaded.push(`${id} ${version} ${sha256}`),
  });

const phantom = testPhantom().files.map(({ bytes }) => inputOf(bytes));

test('a study is read as on the command line, in a process of its own', async () => {
  const stages: string[] = [];
  const loaded: string[] = [];
  const outcome = await read(phantom, { entry: TRUTH }, undefined, stages, loaded);
  if (outcome.kind !== 'read') throw new Error(`${outcome.code}: ${outcome.message}`);
  const names = outcome.files.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'findings.json',
      'outline.json',
      'segmentation.nii.gz',
      'report.html',
      'mid-sagittal.png',
    ]),
  );
  expect(outcome.files.find(({ name }) => name === 'report.html')?.mediaType).toMatch(/^text\/html/);
  const findings = Findings.parse(
    JSON.parse(new TextDecoder().decode(outcome.files.find(({ name }) => name === 'findings.json')?.bytes)),
  );
  expect(findings.provenance.inputs).toMatchObject([{ files: 3 }]);
  const outline = outcome.files.find(({ name }) => name === 'outline.json');
  expect(outline?.mediaType).toBe('application/json');
  expect(readSpineOutline(JSON.parse(new TextDecoder().decode(outline?.bytes))).discs).toHaveLength(
    findings.discs.length,
  );
  expect(outcome.models.map(({ id }) => id)).toEqual(['sagittal-segmenter', 'disc-grader']);
  expect(stages).toContain('Finding the spine');
  // Told while it reads, for who would otherwise not know if it ended without a word.
  expect(loaded).toEqual(outcome.models.map(({ id, version, sha256 }) => `${id} ${version} ${sha256}`));
});

test('the committed models read it too', async () => {
  const models = fileURLToPath(new URL('../../../../models', import.meta.url));
  const outcome = await read(phantom, { models });
  expect(outcome.kind).toBe('read');
  for (const { sha256 } of outcome.models) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a study that cannot be read is refused with its reason and the models that stood ready', async () => {
  const outcome = await read(
    [inputOf(mrFile({ Modality: 'CT', SOPClassUID: '1.2.840.10008.5.1.4.1.1.2' }))],
    {
      entry: TRUTH,
    },
  );
  expect(outcome).toMatchObject({ kind: 'refused', code: 'NOT_MR', softwareVersion: '0.0.0-test' });
  expect(outcome.models).toHaveLength(3);
  expect(JSON.stringify(outcome)).not.toContain('Doe');
});

test('models that are not there are no fault of the study', async () => {
  await expect(read(phantom, { models: '/nowhere' })).rejects.toMatchObject({ reason: 'model-unavailable' });
});

describe('a process that goes wrong', () => {
  const order = (what: string) => [inputOf(new TextEncoder().encode(what))];
  const gone = (stages: readonly string[]) => {
    const pid = Number(stages[0]?.split(' ')[0]);
    expect(pid).toBeGreaterThan(1);
    return expect
      .poll(() => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      })
      .toBe(false);
  };

  test.each([
    ['hang', 'time-limit'],
    ['crash', 'crashed'],
    ['silent', 'crashed'],
    ['memory', 'memory-limit'],
    ['path', 'defect'],
  ])('%s: %s, and the process is gone', async (what, reason) => {
    const stages: string[] = [];
    const options = { entry: MISBEHAVING, limitMs: 6_000, memoryBytes: 400 * 2 ** 20 };
    await expect(read(order(what), options, undefined, stages)).rejects.toMatchObject({
      name: 'TaskFailed',
      reason,
    });
    await gone(stages);
  });

  test('it is killed when nobody wants the result, even where it hangs', async () => {
    const stages: string[] = [];
    const stop = new AbortController();
    const reading = read(order('hang'), { entry: MISBEHAVING }, stop.signal, stages);
    reading.catch(() => {});
    await expect.poll(() => stages.length, { timeout: 10_000 }).toBe(1);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ reason: 'cancelled' });
    await gone(stages);
    await expect(read(order('hang'), { entry: MISBEHAVING }, stop.signal)).rejects.toMatchObject({
      reason: 'cancelled',
    });
  });

  test('it sees nothing of the environment that could be secret', async () => {
    process.env.DATABASE_URL_OF_THE_TEST = 'postgres://secret';
    const stages: string[] = [];
    await read(order('silent'), { entry: MISBEHAVING }, undefined, stages).catch(() => {});
    delete process.env.DATABASE_URL_OF_THE_TEST;
    expect(stages[0]).toContain('PATH');
    expect(stages[0]).not.toMatch(/DATABASE|HOME|USER/);
  });

  test('bytes that are not there are told apart from a process that fails', async () => {
    const missing: InputFile = {
      sizeBytes: 10,
      read: async () => {
        throw new Error('no such blob');
      },
    };
    const short: InputFile = { ...inputOf(new Uint8Array(9)), sizeBytes: 10 };
    for (const file of [missing, short])
      await expect(read([file], { entry: MISBEHAVING })).rejects.toMatchObject({
        reason: 'input-unavailable',
      });
  });

  test('a process that cannot be started is a failed try', async () => {
    const entry = new URL('./no-such-file.ts', import.meta.url);
    await expect(read(order('x'), { entry })).rejects.toMatchObject({ reason: 'crashed' });
  });
});
