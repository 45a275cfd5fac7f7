/** Requests, data sets and timers of the tests of hostile peers. */
import { expect } from 'vitest';
import { CommandField } from './command-set.ts';
import { encodeReleaseRq, PduType } from './pdu.ts';
import { RawPeer } from './raw-peer.testing.ts';
import { VERIFICATION } from './sop-classes.ts';
import { Status } from './status.ts';

export const MR = '1.2.840.10008.5.1.4.1.1.4';
export const EXPLICIT = '1.2.840.10008.1.2.1';
export const QUICK = { artimMs: 250, pduMs: 250, idleMs: 400, closeMs: 150 };
export const STORE = { contexts: [{ id: 1, abstractSyntax: MR, transferSyntaxes: [EXPLICIT] }] };

export const text = (vr: string, tag: string, value: string) => {
  const padded = value.length % 2 === 0 ? value : `${value}\0`;
  const header = Buffer.from(`${tag}0000`, 'hex');
  return Buffer.concat([
    header.subarray(0, 4),
    Buffer.from(vr),
    length16(padded.length),
    Buffer.from(padded),
  ]);
};
function length16(length: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(length);
  return bytes;
}
/** SOP Class and Instance, and bytes that are not looked at. */
export const dataSet = (sopUid: string, more = 0) =>
  Buffer.concat([
    text('UI', '08001600', MR),
    text('UI', '08001800', sopUid),
    Buffer.from('09001000', 'hex'),
    Buffer.from('LO'),
    length16(4),
    Buffer.from('ACME'),
    ...(more === 0
      ? []
      : [Buffer.from('09000110', 'hex'), Buffer.from('OB\0\0'), length32(more), Buffer.alloc(more, 0x5a)]),
  ]);
function length32(length: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(length);
  return bytes;
}
export const storeRq = (affectedSopInstance: string, messageId = 1) => ({
  commandField: CommandField.storeRq,
  messageId,
  affectedSopClass: MR,
  affectedSopInstance,
  priority: 0,
});
const echoRq = { commandField: CommandField.echoRq, messageId: 5, affectedSopClass: VERIFICATION };

/** The listener still answers a peer that behaves. */
export async function stillAnswers(port: number): Promise<void> {
  const peer = new RawPeer(port);
  expect((await peer.associate())?.type).toBe(PduType.associateAc);
  peer.ask(1, echoRq);
  expect((await peer.answer())?.status).toBe(Status.success);
  peer.say(encodeReleaseRq());
  expect((await peer.hear())?.type).toBe(PduType.releaseRp);
  peer.socket.end();
}

/** The PDUs of a C-STORE request without its data set. */
export function commandOf(sopUid: string): Buffer {
  const pdu: Buffer[] = [];
  const peer = { say: (...bytes: Buffer[]) => void pdu.push(...bytes) };
  RawPeer.prototype.ask.call(peer as unknown as RawPeer, 1, storeRq(sopUid), Buffer.alloc(0));
  return (pdu[0] as Buffer).subarray(12);
}
