/** Rows 12 and 15: what stands before the prefix may be a program; it never leaves the archive as one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from './engines.ts';
import { AS_KEPT, mrFile, partsOf, stowFiles } from './instances.ts';
import { type Started, startPromontory } from './peers/promontory.ts';

let engine: Engine;
let server: Started;
beforeAll(async () => {
  engine = await openEngine();
  server = await startPromontory(engine.start());
});
afterAll(async () => {
  await server?.stop();
  await engine?.release();
});

/** The heads of programs that a system runs by their first bytes (CVE-2019-11687). */
const PROGRAMS: Readonly<Record<string, Buffer>> = {
  'a Windows program': Buffer.concat([
    Buffer.from('MZ\x90\x00'),
    Buffer.alloc(56, 0xcc),
    Buffer.from([0x80, 0, 0, 0]),
  ]),
  'a Linux program': Buffer.from(
    '\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00',
    'latin1',
  ),
  'a script': Buffer.from('#!/bin/sh\nid > /tmp/promontory-was-here\nexit\n'),
  'a page': Buffer.from('<!doctype html><script>alert(document.domain)</script>'),
  'a TIFF': Buffer.from('II*\x00\x10\x01\x00\x00', 'latin1'),
  '128 bytes': Buffer.alloc(128, 0xff),
};

test.for(Object.entries(PROGRAMS))('%s in, zeros out', async ([, preamble]) => {
  const program = mrFile({ preamble, pixels: 32 });
  const harmless = Buffer.from(program.bytes).fill(0, 0, 128);
  expect(program.bytes.subarray(0, preamble.length)).toEqual(preamble);
  expect((await stowFiles(server, [program.bytes])).status).toBe(200);
  const { studyUid, seriesUid, sopUid } = program;
  const study = `/studies/${studyUid}`;
  const series = `${study}/series/${seriesUid}`;
  for (const path of [study, series, `${series}/instances/${sopUid}`]) {
    const answer = await fetch(`${server.root}${path}`, { headers: { ...server.headers, accept: AS_KEPT } });
    const type = answer.headers.get('content-type') ?? '';
    expect(type).toMatch(/^multipart\/related; *type="application\/dicom"/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const body = Buffer.from(await answer.arrayBuffer());
    expect(body.toString('latin1')).toMatch(/\r\ncontent-type: application\/dicom/i);
    expect(partsOf(body, type)).toEqual([harmless]);
  }
  const single = await fetch(`${server.root}${series}/instances/${sopUid}`, {
    headers: { ...server.headers, accept: 'application/dicom; transfer-syntax=*' },
  });
  if (single.status === 200) {
    expect(single.headers.get('content-type')).toMatch(/^application\/dicom/);
    expect(single.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Buffer.from(await single.arrayBuffer())).toEqual(harmless);
  } else expect(single.status).toBe(406);
  // Whether it is a program makes it no other instance (row 15).
  expect((await stowFiles(server, [harmless])).status).toBe(200);
  expect((await stowFiles(server, [program.bytes])).status).toBe(200);
  const other = mrFile({ studyUid, seriesUid, sopUid, preamble, pixels: 16 });
  const refused = await stowFiles(server, [other.bytes]);
  expect([refused.status, [...refused.failed]]).toEqual([409, [[sopUid, 272]]]);
});

test('every answer says what it is and is not to be guessed at', async () => {
  const { studyUid, seriesUid, sopUid, bytes } = mrFile({
    pixels: 32,
    patientName: '<script>alert(1)</script>',
  });
  await stowFiles(server, [bytes]);
  const at = `/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
  for (const path of [
    at,
    `${at}/metadata`,
    `${at}/frames/1`,
    `${at}/rendered`,
    `${at}/bulkdata/7FE00010`,
    '/studies',
    '/studies/x',
  ]) {
    const answer = await fetch(`${server.root}${path}`, { headers: server.headers });
    await answer.arrayBuffer();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect([path, answer.headers.get('content-type')]).not.toEqual([path, expect.stringContaining('html')]);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});
