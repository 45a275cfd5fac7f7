/** A peer that says any bytes: what no DICOM library would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type CommandSet, decodeCommand, encodeCommand } from './command-set.ts';
import {
  APPLICATION_CONTEXT,
  type AssociateRq,
  decodeData,
  encodeAssociateRq,
  encodeDataHeader,
  PduType,
  type RawPdu,
} from './pdu.ts';
import { PduSplitter } from './pdu-splitter.ts';
import { VERIFICATION } from './sop-classes.ts';

const PART_BYTES = 16_000;
const IMPLICIT = '1.2.840.10008.1.2';

export const requestOf = (given: Partial<AssociateRq> = {}): AssociateRq => ({
  protocolVersion: 1,
  calledAeTitle: 'PROMONTORY',
  callingAeTitle: 'TESTER',
  applicationContext: APPLICATION_CONTEXT,
  contexts: [{ id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: [IMPLICIT] }],
  user: { maxLength: 16_384, implementationClassUid: '1.2.3', roles: [] },
  ...given,
});

/** One P-DATA-TF with one PDV. */
export const dataPdu = (contextId: number, isCommand: boolean, isLast: boolean, fragment: Buffer): Buffer =>
  Buffer.concat([encodeDataHeader({ contextId, isCommand, isLast }, fragment.length), fragment]);

export class RawPeer {
  readonly socket: Socket;
  readonly #arrived: RawPdu[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    onTestFinished(() => void this.socket.destroy());
    const splitter = new PduSplitter({ maxPduBytes: 2 ** 20, maxAssociatePduBytes: 2 ** 20 });
    this.socket.on('data', (chunk: Buffer) => {
      for (const pdu of splitter.push(chunk)) this.#arrived.push(pdu);
      this.#wake?.();
    });
    const end = () => {
      this.#closed = true;
      this.#wake?.();
    };
    this.socket.on('error', () => {});
    this.socket.on('end', end);
    this.socket.on('close', end);
  }

  say(...bytes: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  async connected(): Promise<this> {
    if (this.socket.connecting) await once(this.socket, 'connect');
    return this;
  }

  /** The next PDU; undefined when the other side has closed. */
  async hear(): Promise<RawPdu | undefined> {
    for (;;) {
      const pdu = this.#arrived.shift();
      if (pdu !== undefined) return pdu;
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The rest, until the other side closes. */
  async hearAll(): Promise<number[]> {
    const types: number[] = [];
    for (let pdu = await this.hear(); pdu !== undefined; pdu = await this.hear()) types.push(pdu.type);
    return types;
  }

  async associate(given: Partial<AssociateRq> = {}): Promise<RawPdu | undefined> {
    this.say(encodeAssociateRq(requestOf(given)));
    return this.hear();
  }

  ask(contextId: number, command: CommandSet, dataSet?: Buffer): void {
    this.say(dataPdu(contextId, true, true, encodeCommand(command, dataSet !== undefined)));
    for (let at = 0; dataSet !== undefined && at <= dataSet.length; at += PART_BYTES) {
      const part = dataSet.subarray(at, at + PART_BYTES);
      this.say(dataPdu(contextId, false, at + PART_BYTES > dataSet.length, part));
    }
  }

  /** The next command; its data set, if any, is passed over. */
  async answer(): Promise<CommandSet | undefined> {
    for (;;) {
      const pdu = await this.hear();
      if (pdu === undefined) return undefined;
      if (pdu.type !== PduType.data) throw new Error(`PDU ${pdu.type} in place of an answer`);
      const [pdv] = decodeData(pdu.body);
      if (pdv?.isCommand === true) return decodeCommand(pdv.fragment).command;
    }
  }
}
