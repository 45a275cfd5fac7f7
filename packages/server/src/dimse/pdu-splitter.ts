/** From a connection's chunks to whole PDUs, holding never more than one of them. */
import { PduMalformed } from './faults.ts';
import type { DimseLimits } from './limits.ts';
import { PDU_HEADER_BYTES, PduType, type RawPdu } from './pdu.ts';

type Caps = Pick<DimseLimits, 'maxPduBytes' | 'maxAssociatePduBytes'>;

/** Nothing is allocated by a length that the peer declares: the cap is judged as soon as the header is there. */
export class PduSplitter {
  readonly #caps: Caps;
  #parts: Buffer[] = [];
  #held = 0;
  /** Of the PDU under way, header included. */
  #length: number | undefined;

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  /** A PDU has begun and is not whole. */
  get partial(): boolean {
    return this.#held > 0;
  }

  /** @throws PduMalformed after the PDUs that were good; nothing more can be read then */
  *push(chunk: Buffer): Generator<RawPdu> {
    for (let rest = chunk; rest.length > 0; ) {
      const wanted = (this.#length ?? PDU_HEADER_BYTES) - this.#held;
      const taken = rest.subarray(0, wanted);
      rest = rest.subarray(taken.length);
      this.#parts.push(taken);
      this.#held += taken.length;
      if (taken.length < wanted) return;
      if (this.#length === undefined) this.#length = this.#declared();
      if (this.#held === this.#length) yield this.#whole();
    }
  }

  #declared(): number {
    const header = this.#joined();
    const type = header.readUInt8(0);
    const length = header.readUInt32BE(2);
    if (length > capOf(type, this.#caps)) throw new PduMalformed('a PDU is longer than it may be');
    return PDU_HEADER_BYTES + length;
  }

  #whole(): RawPdu {
    const bytes = this.#joined();
    this.#parts = [];
    this.#held = 0;
    this.#length = undefined;
    return { type: bytes.readUInt8(0), body: bytes.subarray(PDU_HEADER_BYTES) };
  }

  #joined(): Buffer {
    const joined =
      this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts, this.#held);
    this.#parts = [joined];
    return joined;
  }
}

function capOf(type: number, caps: Caps): number {
  switch (type) {
    case PduType.associateRq:
    case PduType.associateAc:
      return caps.maxAssociatePduBytes;
    case PduType.data:
      return caps.maxPduBytes;
    case PduType.associateRj:
    case PduType.releaseRq:
    case PduType.releaseRp:
    case PduType.abort:
      return 4;
    default:
      throw new PduMalformed('no PDU has this type', 1);
  }
}
