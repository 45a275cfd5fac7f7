import { DicomwebRefusal } from './refusal.ts';

/**
 * One range of bytes (RFC 9110 section 14.1.2).
 * @returns undefined where the whole is to be sent: no range, several, or one that cannot be read
 * @throws DicomwebRefusal range where it lies outside
 */
export function byteRange(
  header: string | undefined,
  length: number,
): { start: number; end: number } | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, first, last] = match as unknown as [string, string, string];
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (start >= length || end <= start) {
    throw new DicomwebRefusal('range', 'The range lies outside the value.', {
      'content-range': `bytes */${length}`,
    });
  }
  return { start, end };
}
