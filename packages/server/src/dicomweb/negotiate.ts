import { MAX_HEADER_LENGTH, type MediaRange, parseAccept } from '../ports/mime/index.ts';
import { DicomwebRefusal } from './refusal.ts';

/** One form in which a resource can be given. */
export interface Offer {
  /** Of the representation, or of the parts where it is `multipart/related`. */
  readonly type: string;
  readonly multipart: boolean;
}

/** An offer that the client takes, and in which transfer syntax: `*` as stored, undefined the default. */
export interface Choice<O extends Offer> {
  readonly offer: O;
  readonly transferSyntax: string | undefined;
}

/** `Accept` and the `accept` parameter, which stands in its place (PS3.18 section 8.3.3.1). */
export interface Wanted {
  readonly header: string | undefined;
  readonly parameter: string | undefined;
}

/**
 * The choices that the client takes, best first: by q, then by how closely they were named, then in its order.
 * @throws DicomwebRefusal not-acceptable where it takes none
 */
export function negotiate<O extends Offer>(wanted: Wanted, offers: readonly O[]): Choice<O>[] {
  const ranges = rangesOf(wanted);
  const choices = ranges.flatMap((range, order) =>
    offers
      .filter((offer) => range.q > 0 && closeness(range, offer) > 0 && !excluded(ranges, offer))
      .map((offer, place) => ({ range, order, offer, place })),
  );
  if (choices.length === 0) throw notAcceptable(offers);
  choices.sort(
    (a, b) =>
      b.range.q - a.range.q ||
      closeness(b.range, b.offer) - closeness(a.range, a.offer) ||
      a.order - b.order ||
      a.place - b.place,
  );
  return choices.map(({ offer, range }) => ({
    offer,
    transferSyntax: range.parameters.get('transfer-syntax'),
  }));
}

export function notAcceptable(offers: readonly Offer[]): DicomwebRefusal {
  const available = [...new Set(offers.map(nameOf))].join(', ');
  return new DicomwebRefusal('not-acceptable', `Available: ${available}`);
}

const nameOf = ({ type, multipart }: Offer): string =>
  multipart ? `multipart/related; type="${type}"` : type;

function rangesOf({ header, parameter }: Wanted): readonly MediaRange[] {
  const text = parameter ?? header ?? '*/*';
  if (text.length > MAX_HEADER_LENGTH) throw new DicomwebRefusal('bad-request', 'Accept is too long.');
  if (text.trim() === '') return parseAccept('*/*') as MediaRange[];
  // A "+" of a media type arrives as a blank where a client did not escape it in the query.
  const readable = parameter === undefined ? text : text.replace(/ (json|xml)\b/g, '+$1');
  const ranges = parseAccept(readable);
  if (ranges === undefined) throw new DicomwebRefusal('bad-request', 'Accept cannot be read.');
  return ranges;
}

/** 0: does not match; the more closely the range names the offer, the larger. */
function closeness({ essence, parameters }: MediaRange, { type, multipart }: Offer): number {
  if (essence === '*/*') return 1;
  if (!multipart) {
    if (essence === `${type.split('/')[0]}/*`) return 2;
    return essence === type ? 4 : 0;
  }
  if (essence === 'multipart/*') return 2;
  if (essence !== 'multipart/related') return 0;
  const parts = parameters.get('type')?.toLowerCase();
  if (parts === undefined || parts === '*/*') return 3;
  if (parts === `${type.split('/')[0]}/*`) return 4;
  return parts === type ? 5 : 0;
}

/** The range that names the offer most closely gives it no weight. */
function excluded(ranges: readonly MediaRange[], offer: Offer): boolean {
  const closest = Math.max(...ranges.map((range) => closeness(range, offer)));
  return ranges.filter((range) => closeness(range, offer) === closest).every(({ q }) => q === 0);
}
