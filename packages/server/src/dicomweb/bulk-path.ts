import { badRequest } from './refusal.ts';

/** Sequences nest to 64 at most; each is two segments. */
const MAX_SEGMENTS = 2 * 64 + 1;

/**
 * `00880200/1/7FE00010`: tags and numbers of items, as BulkDataURIs have them.
 * @throws DicomwebRefusal bad-request
 */
export function bulkPath(text: string): number[] {
  const segments = text.split('/');
  if (segments.length % 2 === 0 || segments.length > MAX_SEGMENTS)
    throw badRequest('The path of the bulk data is malformed.');
  return segments.map((segment, i) => {
    const isTag = i % 2 === 0;
    const form = isTag ? /^[0-9A-Fa-f]{8}$/ : /^[1-9]\d{0,8}$/;
    if (!form.test(segment)) throw badRequest('The path of the bulk data is malformed.');
    return Number.parseInt(segment, isTag ? 16 : 10);
  });
}
