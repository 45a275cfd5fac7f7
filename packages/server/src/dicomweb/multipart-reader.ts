import {
  DEFAULT_PART_LIMITS,
  MultipartRefused,
  type Part,
  type PartLimits,
  readMultipart as readParts,
} from '../ports/mime/index.ts';
import { DicomwebRefusal } from './refusal.ts';

export { DEFAULT_PART_LIMITS, type Part, type PartLimits };

/**
 * The parts of a request's body as they arrive, in constant memory.
 * @throws DicomwebRefusal bad-request where the body breaks off or is malformed, too-large beyond a limit; from the
 *   iterator of the parts or from that of a body, whichever is being read
 */
export async function* readMultipart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: PartLimits = DEFAULT_PART_LIMITS,
): AsyncGenerator<Part, void, undefined> {
  const parts = refusing(readParts(source, boundary, limits));
  for await (const { headers, body } of parts) yield { headers, body: refusing(body) };
}

async function* refusing<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    if (!(error instanceof MultipartRefused)) throw error;
    throw new DicomwebRefusal(error.problem === 'malformed' ? 'bad-request' : 'too-large', error.message);
  }
}
