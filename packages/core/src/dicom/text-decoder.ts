/**
 * The one thing that core takes from its surroundings here: the WHATWG decoder, which Node and every browser have.
 * Declared as little as is needed, so that core depends neither on Node's types nor on the DOM's.
 */
declare const TextDecoder: new (
  label: string,
  options?: { fatal?: boolean; ignoreBOM?: boolean },
) => { decode(bytes: Uint8Array): string };

const decoders = new Map<string, { decode(bytes: Uint8Array): string }>();

/** Decodes bytes in an encoding of the WHATWG list; what cannot be decoded becomes U+FFFD. */
export function decodeAs(label: string, bytes: Uint8Array): string {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label, { ignoreBOM: true });
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}

/** One character per byte, U+0000 to U+00FF. */
export function decodeLatin1(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    out += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192) as unknown as number[]);
  }
  return out;
}
