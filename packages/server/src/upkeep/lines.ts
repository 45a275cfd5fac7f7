import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

async function* through(
  source: AsyncIterable<Uint8Array | string>,
  transform: NodeJS.ReadWriteStream,
): AsyncGenerator<Uint8Array> {
  const feeding = pipeline(Readable.from(source, { objectMode: false }), transform);
  // A rejection reaches the reader by the stream itself.
  feeding.catch(() => {});
  yield* transform as unknown as AsyncIterable<Uint8Array>;
  await feeding;
}

/** gzip of lines. */
export const zippedLines = (batches: AsyncIterable<readonly string[]>): AsyncGenerator<Uint8Array> =>
  through(joined(batches), createGzip());

export const unzipped = (bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> =>
  through(bytes, createGunzip());

/** Each batch ends with a line's end. */
export async function* joined(batches: AsyncIterable<readonly string[]>): AsyncGenerator<Uint8Array> {
  for await (const lines of batches) yield Buffer.from(`${lines.join('\n')}\n`);
}

/** Lines of a text in UTF-8, in batches of about so many characters. */
export async function* lineBatches(
  bytes: AsyncIterable<Uint8Array>,
  batchLength = 2 ** 20,
): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let batch: string[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() as string;
    for (const line of lines) {
      batch.push(line);
      length += line.length;
      if (length < batchLength) continue;
      yield batch;
      batch = [];
      length = 0;
    }
  }
  rest += decoder.decode();
  if (rest !== '') batch.push(rest);
  if (batch.length > 0) yield batch;
}
