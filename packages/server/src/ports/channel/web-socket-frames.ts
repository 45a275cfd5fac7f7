/** Frames of RFC 6455 section 5, as far as a server needs them that sends texts and listens to nothing. */

import { CloseCode } from './channel.ts';

export const Opcode = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;

/** A whole message in one frame, unmasked as a server's are. */
export function frameOf(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/**
 * The code with which a client's close is answered: its own, as far as that may be sent (RFC 6455 7.4).
 * @throws FrameFault
 */
export function closeCodeOf(payload: Buffer): number {
  if (payload.length === 0) return CloseCode.normal;
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  const isOfProtocol = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (!isOfProtocol && !(code >= 3000 && code <= 4999)) throw new FrameFault(false);
  return code;
}

export interface ControlFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Longest frame of a client that is passed over: it has nothing to say. */
const LONGEST_IGNORED = 65_536;
const LONGEST_CONTROL = 125;

export class FrameFault extends Error {
  override readonly name = 'FrameFault';
  readonly isTooBig: boolean;
  constructor(isTooBig: boolean) {
    super(isTooBig ? 'The frame is too big.' : 'This is no frame of a client.');
    this.isTooBig = isTooBig;
  }
}

/** Reads a client's bytes as they come. Control frames are given back; data are passed over without being held. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);
  /** Bytes of a data frame that are still to be passed over. */
  #skip = 0;

  /** @throws FrameFault */
  read(chunk: Buffer): ControlFrame[] {
    const frames: ControlFrame[] = [];
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, rest.length);
        this.#skip -= passed;
        rest = rest.subarray(passed);
      }
      const head = this.#skip > 0 ? undefined : headOf(rest);
      if (head === undefined) break;
      if (head.opcode < 0x8) {
        this.#skip = head.length;
        rest = rest.subarray(head.size);
        continue;
      }
      const end = head.size + head.length;
      if (rest.length < end) break;
      const payload = Buffer.from(rest.subarray(head.size, end));
      for (let i = 0; i < payload.length; i++) payload[i]! ^= rest[head.size - 4 + (i % 4)]!;
      frames.push({ opcode: head.opcode, payload });
      rest = rest.subarray(end);
    }
    this.#held = Buffer.from(rest);
    return frames;
  }
}

/** @returns nothing while the head is not whole. `size` is that of the head with its mask */
function headOf(bytes: Buffer): { opcode: number; length: number; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = bytes as unknown as [number, number];
  const opcode = first & 0x0f;
  const isControl = opcode >= 0x8;
  const isKnown = opcode <= 0x2 || (opcode >= Opcode.close && opcode <= Opcode.pong);
  const isWhole = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0 || (second & 0x80) === 0 || !isKnown || (isControl && !isWhole))
    throw new FrameFault(false);
  const short = second & 0x7f;
  if (isControl && short > LONGEST_CONTROL) throw new FrameFault(false);
  if (short === 127) throw new FrameFault(true);
  if (short < 126) return bytes.length < 6 ? undefined : { opcode, length: short, size: 6 };
  if (bytes.length < 8) return undefined;
  const length = bytes.readUInt16BE(2);
  if (length > LONGEST_IGNORED) throw new FrameFault(true);
  return { opcode, length, size: 8 };
}
