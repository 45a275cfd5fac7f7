import { randomUUID } from 'node:crypto';
import { formatMediaType } from '../ports/mime/index.ts';

export interface OutgoingPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

export interface MultipartBody {
  /** `multipart/related; type=…; boundary=…` */
  readonly contentType: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * A multipart/related body (RFC 2387), made as it is sent. The boundary is random: no content can be made to hold it.
 * @param type of the parts
 */
export function multipartRelated(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  type: string,
  boundary: string = randomUUID(),
): MultipartBody {
  return {
    contentType: formatMediaType('multipart/related', { type, boundary }),
    body: write(parts, boundary),
  };
}

async function* write(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  boundary: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { headers, body } of parts) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    yield Buffer.from(`--${boundary}\r\n${lines.join('')}\r\n`, 'latin1');
    if (body instanceof Uint8Array) yield body;
    else yield* body;
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`, 'latin1');
}

/** Parts of which the first is made already: what goes wrong with it still gets a status of its own. */
export async function begun(parts: AsyncGenerator<OutgoingPart, void>): Promise<AsyncIterable<OutgoingPart>> {
  const first = await parts.next();
  return (async function* () {
    if (!first.done) yield first.value;
    yield* parts;
  })();
}
