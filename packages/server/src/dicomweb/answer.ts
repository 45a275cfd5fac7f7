/** What a resource answers with; the shape that the router sends. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
}

export const DICOM_JSON = 'application/dicom+json';
export const DICOM_XML = 'application/dicom+xml';
export const JSON_TYPE = 'application/json';
export const DICOM = 'application/dicom';
export const OCTETS = 'application/octet-stream';

/** As bytes, so that no router adds a `charset`, which these media types do not have. */
export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** RFC 7234 section 5.5: the code of PS3.18 is 299, "miscellaneous persistent warning". */
export const warningHeader = (texts: readonly string[]): Record<string, readonly string[]> =>
  texts.length === 0 ? {} : { warning: texts.map((text) => `299 promontory "${text}"`) };

/**
 * 304 where the client holds this very representation (RFC 9110 section 13.1.2).
 * @param tag the entity tag, quoted
 */
export function unchanged(ifNoneMatch: string | undefined, tag: string): Answer | undefined {
  if (ifNoneMatch === undefined) return undefined;
  const held = ifNoneMatch.split(',').map((each) => each.trim().replace(/^W\//, ''));
  return held.includes(tag) || held.includes('*') ? { status: 304, headers: { etag: tag } } : undefined;
}
