/** What the server writes, read by others: dciodvfy, Python's MIME parser, pydicom. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { messages } from '../dicom/oracles.ts';
import { dataFolder, hasCommand, needs, pythonWith, testWith } from '../oracle.ts';
import { corpus } from './corpus.ts';
import { AS_KEPT, partsOf, stowFiles } from './instances.ts';
import { type Row, textsOf } from './matching.ts';
import { type Started, startPromontory } from './peers/promontory.ts';

const python = pythonWith('pydicom');
const withoutPydicom = needs([python === undefined && 'no Python with pydicom']);
const withoutDciodvfy = needs(
  ['dciodvfy', 'dcmconv'].map((tool) => !hasCommand(tool) && `${tool} is not installed`),
);

let server: Started;
let folder: string;
let instances: { study: string; series: string; instance: string; path: string }[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'promontory-written-'));
  server = await startPromontory();
  for (const file of corpus()) await stowFiles(server, [file]);
  const rows = (await (await ask('/instances?limit=1000', 'application/dicom+json')).json()) as Row[];
  instances = rows.map((row) => {
    const [study, series, instance] = ['0020000D', '0020000E', '00080018'].map(
      (tag) => textsOf(row[tag])[0] as string,
    ) as [string, string, string];
    return { study, series, instance, path: `/studies/${study}/series/${series}/instances/${instance}` };
  });
  expect(instances.length).toBeGreaterThan(dataFolder === undefined ? 10 : 80);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, accept: string) =>
  fetch(server.root + path, { headers: { ...server.headers, accept } });

async function instanceOf(path: string, transferSyntax: string): Promise<Buffer | undefined> {
  const response = await ask(path, `multipart/related; type="application/dicom"${transferSyntax}`);
  const body = Buffer.from(await response.arrayBuffer());
  return response.ok ? partsOf(body, response.headers.get('content-type') ?? '')[0] : undefined;
}

const DEFLATED = '1.2.840.10008.1.2.1.99';
const bodyOf = (file: Buffer): Buffer => file.subarray(132 + 12 + file.readUInt32LE(140));

/** dciodvfy does not inflate: DCMTK does it for what was stored deflated. */
async function inflated(path: string, bytes: Buffer): Promise<string> {
  if (!bytes.subarray(0, 132 + 12 + bytes.readUInt32LE(140)).includes(DEFLATED)) return path;
  await messages('dcmconv', ['+te', path, `${path}.dcm`]);
  return `${path}.dcm`;
}

let written = 0;
function saved(bytes: Uint8Array | string): string {
  const path = join(folder, String(written++));
  writeFileSync(path, bytes);
  return path;
}

function askPython(questions: readonly object[]): Record<string, unknown>[] {
  const done = spawnSync(python as string, [join(import.meta.dirname, 'check_written.py')], {
    input: questions.map((question) => JSON.stringify(question)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Errors that it reports; positions differ between transfer syntaxes and are left out. */
async function errorsOf(path: string): Promise<Set<string>> {
  const said = await messages('dciodvfy', [path]);
  return new Set(
    said
      .split('\n')
      .filter((line) => line.startsWith('Error'))
      .map((line) => line.replace(/0x[0-9a-f]+|\b\d{5,}\b/gi, '#')),
  );
}

testWith(
  withoutDciodvfy,
  'transcoded instances have no error that the stored ones have not',
  async () => {
    const fresh: string[] = [];
    let transcoded = 0;
    for (const { path, instance } of instances) {
      const kept = (await instanceOf(path, '; transfer-syntax=*')) as Buffer;
      const given = (await instanceOf(path, '')) as Buffer;
      if (!given.equals(kept)) {
        transcoded += 1;
        const before = await errorsOf(await inflated(saved(kept), kept));
        for (const error of await errorsOf(saved(given)))
          if (!before.has(error)) fresh.push(`${instance}: ${error}`);
      }
      const deflated = await instanceOf(path, `; transfer-syntax=${DEFLATED}`);
      // dciodvfy does not inflate; what is deflated is to be the same data set.
      if (deflated !== undefined && !inflateRawSync(bodyOf(deflated)).equals(bodyOf(given)))
        fresh.push(`${instance}: deflated is another data set`);
    }
    expect(fresh).toEqual([]);
    if (dataFolder !== undefined) expect(transcoded).toBeGreaterThan(30);
  },
  240_000,
);

describe('multipart answers', () => {
  testWith(withoutPydicom, 'are what Python reads: parts, types, no defect, closed', async () => {
    const questions: object[] = [];
    const expected: { type: string; parts: number; hashes: string[] }[] = [];
    const note = async (path: string, accept: string, type: string, parts: number) => {
      const response = await ask(path, accept);
      const body = Buffer.from(await response.arrayBuffer());
      const contentType = response.headers.get('content-type') ?? '';
      expect([response.status, contentType], path).toEqual([
        200,
        expect.stringMatching(/^multipart\/related;/),
      ]);
      questions.push({ ask: 'multipart', body: saved(body), contentType });
      const hashes = partsOf(body, contentType).map((part) =>
        createHash('sha256').update(part).digest('hex'),
      );
      expected.push({ type, parts, hashes });
    };
    const related = (type: string) => `multipart/related; type="${type}"`;
    const byStudy = Map.groupBy(instances, ({ study }) => study);
    for (const [study, of] of [...byStudy].slice(0, 12)) {
      await note(`/studies/${study}`, AS_KEPT, 'application/dicom', of.length);
      await note(
        `/studies/${study}/metadata`,
        related('application/dicom+xml'),
        'application/dicom+xml',
        of.length,
      );
    }
    const own = instances.filter(({ instance }) => instance.startsWith('2.25.')).slice(0, 4);
    for (const { path } of own) {
      await note(`${path}/frames/1`, related('application/octet-stream'), 'application/octet-stream', 1);
      await note(`${path}/rendered`, related('image/png'), 'image/png', 1);
    }
    await note('/studies?limit=5', related('application/dicom+xml'), 'application/dicom+xml', 5);

    for (const [i, answer] of askPython(questions).entries()) {
      const { type, parts, hashes } = expected[i] as (typeof expected)[number];
      const read = answer.parts as { type: string; sha256: string; location: string | null }[];
      expect(answer).toMatchObject({ multipart: true, defects: [], type, closed: true });
      expect(read.map((part) => part.type)).toEqual(Array(parts).fill(type));
      expect(read.map((part) => part.sha256)).toEqual(hashes);
      if (type === 'application/dicom')
        for (const { location } of read) expect(location).toMatch(/^http:\/\/.*\/instances\/[\d.]+$/);
    }
  });
});

/** Private elements that the file has as UN are UN with us (PS3.18 F.2.2); pydicom looks them up in a dictionary of vendors. */
const isUnknownVr = ([, ours, , theirs]: readonly unknown[]): boolean => ours === 'UN' && theirs !== 'UN';
/** An IS that is no number is a text (F.2.3); pydicom 2.3 takes numbers only. Of badVR.dcm. */
const MALFORMED_NUMBER = "ValueError: invalid literal for int() with base 10: '1A'";

testWith(withoutPydicom, 'DICOM JSON says what pydicom reads in the stored file', async () => {
  const questions: object[] = [];
  for (const { path } of instances) {
    const kept = (await instanceOf(path, '; transfer-syntax=*')) as Buffer;
    const [metadata] = (await (await ask(`${path}/metadata`, 'application/dicom+json')).json()) as Row[];
    questions.push({ ask: 'metadata', file: saved(kept), json: saved(JSON.stringify(metadata)) });
  }
  const wrong: string[] = [];
  let elements = 0;
  for (const [i, answer] of askPython(questions).entries()) {
    if (answer.error !== undefined && answer.error !== MALFORMED_NUMBER)
      wrong.push(`${instances[i]?.instance} ${answer.error}`);
    elements += Number(answer.elements ?? 0);
    for (const difference of (answer.differences ?? []) as unknown[][])
      if (!isUnknownVr(difference)) wrong.push(`${instances[i]?.instance} ${JSON.stringify(difference)}`);
  }
  expect(wrong).toEqual([]);
  expect(elements).toBeGreaterThan(20 * instances.length);
});
