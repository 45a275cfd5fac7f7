import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_PART_LIMITS, type PartLimits, readMultipart } from './multipart-reader.ts';
import { multipartRelated } from './multipart-writer.ts';
import { DicomwebRefusal } from './refusal.ts';

setFlagsFromString('--expose-gc');
/** What counts is what is held, not when the engine gets round to it. */
const collectGarbage = runInNewContext('gc') as () => void;

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[i % sizes.length]);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

interface Got {
  readonly headers: Record<string, string>;
  readonly content: string;
}

async function read(
  text: string | Uint8Array,
  sizes: readonly number[] = [],
  boundary = 'b',
  limits: Partial<PartLimits> = {},
): Promise<Got[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const parts: Got[] = [];
  for await (const { headers, body } of readMultipart(chunked(bytes, sizes), boundary, {
    ...DEFAULT_PART_LIMITS,
    ...limits,
  })) {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    parts.push({
      headers: Object.fromEntries(headers),
      content: Buffer.concat(pieces).toString('latin1'),
    });
  }
  return parts;
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: unknown) => (error instanceof DicomwebRefusal ? error.reason : error),
  );

describe('reading', () => {
  test('parts with their headers, preamble and epilogue skipped', async () => {
    const text =
      'hello --b\r\n--b\t \r\nContent-Type:  application/dicom \r\nX-A: 1\r\n 2\r\n\r\none\r\n--b\r\n\r\n\r\ntwo\r\n\r\n--b--\r\nbye --b\r\n';
    expect(await read(text)).toEqual([
      { headers: { 'content-type': 'application/dicom', 'x-a': '1 2' }, content: 'one' },
      { headers: {}, content: '\r\ntwo\r\n' },
    ]);
  });

  test('thousands of empty parts that came at once leave turns for others', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await read(`${'--b\r\n\r\n'.repeat(5_000)}\r\n--b--`);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test('no parts, empty parts, no line end at the end', async () => {
    expect(await read('--b--')).toEqual([]);
    expect(await read('preamble\r\n--b--')).toEqual([]);
    expect(await read('--b\r\n\r\n--b\r\n\r\n\r\n--b\r\nA: 1\r\n\r\n--b--')).toEqual([
      { headers: {}, content: '' },
      { headers: {}, content: '' },
      { headers: { a: '1' }, content: '' },
    ]);
  });

  test('content that begins like the boundary, or holds it elsewhere than at a line start', async () => {
    for (const content of [
      '--bX',
      '--b',
      '--b-',
      'a--b\r\n',
      '\r\n--bb\r\n',
      '\r\n--b-x',
      '\r\n--b x',
      '\n--b\r\n',
      '\r\r\n--\r\n-b',
      '\r',
      '\r\n-',
    ]) {
      // A first line that is no boundary line: `--b` alone at the beginning of content is one.
      if (content === '--b') continue;
      expect(await read(`--b\r\n\r\n${content}\r\n--b--`, [1]), JSON.stringify(content)).toEqual([
        { headers: {}, content },
      ]);
    }
  });

  test('bare line feeds throughout, where the first line has one: a CR before them is content', async () => {
    expect(await read('--b\nA: 1\n\none\r\n--b\n\ntwo\n--b--\n')).toEqual([
      { headers: { a: '1' }, content: 'one\r' },
      { headers: {}, content: 'two' },
    ]);
  });

  test('however it is cut, the same parts; what is written comes back', async () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .array(fc.constantFrom('\r', '\n', '-', '--bound', '\r\n--bound', 'x', '--'), { maxLength: 12 })
        .map((s) => Buffer.from(`_${s.join('')}_`)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(content, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 6 }),
        async (contents, sizes) => {
          const parts = contents.map((body, i) => ({ headers: { 'Content-Type': `a/${i}` }, body }));
          const { body, contentType } = multipartRelated(parts, 'application/dicom', 'boundary+1');
          expect(contentType).toBe('multipart/related; type="application/dicom"; boundary=boundary+1');
          const pieces: Uint8Array[] = [];
          for await (const piece of body) pieces.push(piece);
          expect(await read(Buffer.concat(pieces), sizes, 'boundary+1')).toEqual(
            contents.map((bytes, i) => ({
              headers: { 'content-type': `a/${i}` },
              content: bytes.toString('latin1'),
            })),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('what a consumer leaves unread is skipped, and an old body gives nothing of the next part', async () => {
    const text = `--b\r\n\r\n${'a'.repeat(5000)}\r\n--b\r\n\r\nsecond\r\n--b--`;
    const seen: string[] = [];
    let first: AsyncIterator<Uint8Array> | undefined;
    for await (const { body } of readMultipart(chunked(Buffer.from(text), [100]), 'b')) {
      const iterator = body[Symbol.asyncIterator]();
      if (first !== undefined) expect((await first.next()).done).toBe(true);
      first ??= iterator;
      seen.push(Buffer.from((await iterator.next()).value as Uint8Array).toString());
    }
    expect(seen).toEqual(['a'.repeat(93), 'second']);
  });

  test('the source is closed when the consumer stops', async () => {
    let closed = false;
    async function* endless() {
      try {
        yield Buffer.from('--b\r\n\r\n');
        for (;;) yield Buffer.from('content');
      } finally {
        closed = true;
      }
    }
    for await (const { body } of readMultipart(endless(), 'b')) {
      for await (const piece of body) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      break;
    }
    expect(closed).toBe(true);
  });
});

describe('hostile bodies', () => {
  test.each([
    ['', 'nothing'],
    ['no boundary at all', 'no boundary'],
    ['x--b\r\n\r\nA\r\n--b--', 'the only full boundary closes'],
    ['--b\r\nA: 1', 'cut in the headers'],
    ['--b\r\nA: 1\r\n\r\ncontent', 'cut in the content'],
    ['--b\r\nA: 1\r\n\r\ncontent\r\n--b', 'cut in the boundary'],
    ['--b\r\nA: 1\r\n\r\ncontent\r\n--b-', 'cut in the last boundary'],
    ['--b\r\n\r\n--b', 'cut in an empty part'],
    ['--b\r\nno colon\r\n\r\ncontent\r\n--b--', 'no header'],
    ['--b\r\n folded first\r\n\r\ncontent\r\n--b--', 'a folded line before any header'],
  ])('%j is refused: %s', async (text, why) => {
    const expected = why === 'the only full boundary closes' ? 'accepted' : 'bad-request';
    expect(await refusal(read(text, [3]))).toBe(expected);
    expect(await refusal(read(text))).toBe(expected);
  });

  test('caps', async () => {
    const part = (content: string) => `--b\r\nA: 1\r\n\r\n${content}\r\n`;
    const body = `${part('x'.repeat(50))}${part('y')}--b--`;
    expect(await refusal(read(body, [7], 'b', { maxPartBytes: 50, maxParts: 2 }))).toBe('accepted');
    expect(await refusal(read(body, [7], 'b', { maxPartBytes: 49 }))).toBe('too-large');
    expect(await refusal(read(body, [7], 'b', { maxParts: 1 }))).toBe('too-large');
    expect(await refusal(read(body, [7], 'b', { maxRequestBytes: 80 }))).toBe('too-large');
    expect(
      await refusal(read(`--b\r\nA: ${'1'.repeat(100)}\r\n\r\n\r\n--b--`, [7], 'b', { maxHeaderBytes: 100 })),
    ).toBe('too-large');
    expect(await refusal(read(`--b\r\nA: ${'1'.repeat(100)}`, [7], 'b', { maxHeaderBytes: 100 }))).toBe(
      'too-large',
    );
    const many = 'A: 1\r\n'.repeat(50);
    expect(await refusal(read(`--b\r\n${many}\r\n\r\n--b--`, [7], 'b', { maxHeaderBytes: 100 }))).toBe(
      'too-large',
    );
    expect(await refusal(read(`--b${' '.repeat(500)}\r\n`, [7], 'b', { maxHeaderBytes: 100 }))).toBe(
      'too-large',
    );
  });

  test('no cap is passed by an endless preamble, and memory stays flat', async () => {
    async function* zeros(megabytes: number, before: string) {
      yield Buffer.from(before);
      const chunk = new Uint8Array(2 ** 20);
      for (let i = 0; i < megabytes; i++) yield chunk;
    }
    const limits = { ...DEFAULT_PART_LIMITS, maxRequestBytes: 500 * 2 ** 20 };
    const drain = async (source: AsyncIterable<Uint8Array>) => {
      for await (const { body } of readMultipart(source, 'b', limits)) for await (const _ of body);
    };
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    expect(await refusal(drain(zeros(600, '')))).toBe('too-large');
    expect(await refusal(drain(zeros(600, '--b\r\n\r\n')))).toBe('too-large');
    collectGarbage();
    // Of a gigabyte; a thread of the collector gives the last buffers back when it comes to it.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });
});
