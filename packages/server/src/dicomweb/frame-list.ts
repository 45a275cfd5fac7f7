import { badRequest } from './refusal.ts';
import { absent } from './retrieve-context.ts';

/** Of one request: 1,000 frames of MR are 500 MB uncompressed. */
const MAX_FRAMES = 10_000;

/**
 * `1,3,5-7`: frame numbers from 1 (PS3.18 section 10.4.1.1.6; ranges are ours).
 * @param count of the instance's frames
 * @throws DicomwebRefusal bad-request where it is no such list, absent where there is no such frame
 */
export function frameList(text: string, count: number): number[] {
  if (text.length > 60_000) throw badRequest('The list of frames is too long.');
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
    if (match === null) throw badRequest('The list of frames is malformed.');
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first < 1 || last < first) throw badRequest('The list of frames is malformed.');
    if (last > count) throw absent();
    // Before the numbers are written out: a file may say that it has two thousand million frames.
    if (numbers.size + last - first >= MAX_FRAMES)
      throw badRequest(`More than ${MAX_FRAMES} frames are asked for.`);
    for (let n = first; n <= last; n++) {
      if (numbers.has(n)) throw badRequest('A frame is listed more than once.');
      numbers.add(n);
    }
  }
  return [...numbers];
}
