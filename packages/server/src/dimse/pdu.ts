/** Protocol data units of the upper layer: PS3.8 section 9.3 and annex D. Big endian throughout. */
import { PduMalformed } from './faults.ts';

export const PduType = {
  associateRq: 1,
  associateAc: 2,
  associateRj: 3,
  data: 4,
  releaseRq: 5,
  releaseRp: 6,
  abort: 7,
} as const;

export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
export const PDU_HEADER_BYTES = 6;

/** Whole, with its body; not yet understood. */
export interface RawPdu {
  readonly type: number;
  readonly body: Buffer;
}

/** Presentation data value: PS3.8 9.3.5.1 and annex E. */
export interface Pdv {
  readonly contextId: number;
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly fragment: Buffer;
}

export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** 0 acceptance, 1 user rejection, 2 no reason, 3 abstract syntax not supported, 4 transfer syntaxes not supported. */
export type ContextResult = 0 | 1 | 2 | 3 | 4;

export interface AnsweredContext {
  readonly id: number;
  readonly result: ContextResult;
  /** Of no meaning unless accepted. */
  readonly transferSyntax: string;
}

/** PS3.7 D.3.3.4. */
export interface RoleSelection {
  readonly sopClass: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

export interface UserInformation {
  /** Longest P-DATA-TF that this side takes; 0: no limit. */
  readonly maxLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName?: string;
  readonly roles: readonly RoleSelection[];
}

interface Associate<Context> {
  /** Bit 0: version 1. */
  readonly protocolVersion: number;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly applicationContext: string;
  readonly contexts: readonly Context[];
  readonly user: UserInformation;
}
export type AssociateRq = Associate<ProposedContext>;
export type AssociateAc = Associate<AnsweredContext>;

/** PS3.8 table 9-21. */
export interface AssociateRj {
  /** 1 permanent, 2 transient. */
  readonly result: number;
  /** 1 service user, 2 ACSE, 3 presentation. */
  readonly source: number;
  readonly reason: number;
}

export interface Abort {
  /** 0 service user, 2 service provider. */
  readonly source: number;
  readonly reason: number;
}

/** One item: type, reserved, 16-bit length, value. */
function item(type: number, ...values: readonly Buffer[]): Buffer {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  const header = Buffer.alloc(4);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(length, 2);
  return Buffer.concat([header, ...values]);
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const aeField = (title: string): Buffer => ascii(title.padEnd(16).slice(0, 16));

function pdu(type: number, ...parts: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(PDU_HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    2,
  );
  return Buffer.concat([header, ...parts]);
}

function encodeUser(user: UserInformation): Buffer {
  const maxLength = Buffer.alloc(4);
  maxLength.writeUInt32BE(user.maxLength);
  return item(
    0x50,
    item(0x51, maxLength),
    item(0x52, ascii(user.implementationClassUid)),
    ...user.roles.map(({ sopClass, scu, scp }) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(sopClass.length);
      return item(0x54, length, ascii(sopClass), Buffer.of(scu ? 1 : 0, scp ? 1 : 0));
    }),
    ...(user.implementationVersionName === undefined
      ? []
      : [item(0x55, ascii(user.implementationVersionName))]),
  );
}

function encodeAssociate(type: number, given: Associate<unknown>, contexts: readonly Buffer[]): Buffer {
  const version = Buffer.alloc(4);
  version.writeUInt16BE(given.protocolVersion);
  return pdu(
    type,
    version,
    aeField(given.calledAeTitle),
    aeField(given.callingAeTitle),
    Buffer.alloc(32),
    item(0x10, ascii(given.applicationContext)),
    ...contexts,
    encodeUser(given.user),
  );
}

export const encodeAssociateRq = (rq: AssociateRq): Buffer =>
  encodeAssociate(
    PduType.associateRq,
    rq,
    rq.contexts.map((context) =>
      item(
        0x20,
        Buffer.of(context.id, 0, 0, 0),
        item(0x30, ascii(context.abstractSyntax)),
        ...context.transferSyntaxes.map((uid) => item(0x40, ascii(uid))),
      ),
    ),
  );

export const encodeAssociateAc = (ac: AssociateAc): Buffer =>
  encodeAssociate(
    PduType.associateAc,
    ac,
    ac.contexts.map((context) =>
      item(0x21, Buffer.of(context.id, 0, context.result, 0), item(0x40, ascii(context.transferSyntax))),
    ),
  );

export const encodeAssociateRj = ({ result, source, reason }: AssociateRj): Buffer =>
  pdu(PduType.associateRj, Buffer.of(0, result, source, reason));
export const encodeAbort = ({ source, reason }: Abort): Buffer =>
  pdu(PduType.abort, Buffer.of(0, 0, source, reason));
export const encodeReleaseRq = (): Buffer => pdu(PduType.releaseRq, Buffer.alloc(4));
export const encodeReleaseRp = (): Buffer => pdu(PduType.releaseRp, Buffer.alloc(4));

/** Header of a P-DATA-TF with one PDV whose fragment follows: nothing of the fragment is copied. */
export function encodeDataHeader(pdv: Omit<Pdv, 'fragment'>, fragmentBytes: number): Buffer {
  const header = Buffer.allocUnsafe(12);
  header.writeUInt8(PduType.data, 0);
  header.writeUInt8(0, 1);
  header.writeUInt32BE(fragmentBytes + 6, 2);
  header.writeUInt32BE(fragmentBytes + 2, 6);
  header.writeUInt8(pdv.contextId, 10);
  header.writeUInt8((pdv.isCommand ? 1 : 0) | (pdv.isLast ? 2 : 0), 11);
  return header;
}

/** Items of a body, each within it. @throws PduMalformed */
function* itemsOf(body: Buffer, from: number): Generator<{ type: number; value: Buffer }> {
  for (let at = from; at < body.length; ) {
    if (at + 4 > body.length) throw new PduMalformed('an item is cut off');
    const end = at + 4 + body.readUInt16BE(at + 2);
    if (end > body.length) throw new PduMalformed('an item is longer than what holds it');
    yield { type: body.readUInt8(at), value: body.subarray(at + 4, end) };
    at = end;
  }
}

/** Some peers pad UIDs with NUL or space, against PS3.8 annex F. */
function uidOf(value: Buffer): string {
  const text = value.toString('latin1').replace(/[\0 ]+$/, '');
  if (!/^[0-9.]{1,64}$/.test(text)) throw new PduMalformed('a UID is none');
  return text;
}

/** Unprintable characters become `?`: the title goes into the audit. */
const aeTitleOf = (value: Buffer): string =>
  value
    .toString('latin1')
    .replace(/[^ -~]/g, '?')
    .trim();

function contextId(value: Buffer, seen: Set<number>): number {
  if (value.length < 4) throw new PduMalformed('a presentation context is cut off');
  const id = value.readUInt8(0);
  if (id % 2 === 0 || seen.has(id)) throw new PduMalformed('presentation contexts have odd ids, each once');
  seen.add(id);
  return id;
}

/** More than any product proposes; a context holds at most that many. */
const MAX_TRANSFER_SYNTAXES = 128;

function proposedContext(value: Buffer, seen: Set<number>): ProposedContext {
  const id = contextId(value, seen);
  let abstractSyntax: string | undefined;
  const transferSyntaxes: string[] = [];
  for (const { type, value: inner } of itemsOf(value, 4)) {
    if (type === 0x30) abstractSyntax = uidOf(inner);
    else if (type === 0x40) transferSyntaxes.push(uidOf(inner));
  }
  if (abstractSyntax === undefined || transferSyntaxes.length === 0)
    throw new PduMalformed('a presentation context lacks its syntaxes');
  if (transferSyntaxes.length > MAX_TRANSFER_SYNTAXES) throw new PduMalformed('too many transfer syntaxes');
  return { id, abstractSyntax, transferSyntaxes };
}

function answeredContext(value: Buffer, seen: Set<number>): AnsweredContext {
  const id = contextId(value, seen);
  const result = value.readUInt8(2);
  let transferSyntax = '';
  // Where it is not accepted the item is of no meaning, and some leave it empty.
  if (result === 0)
    for (const { type, value: inner } of itemsOf(value, 4)) if (type === 0x40) transferSyntax = uidOf(inner);
  if (result > 4 || (result === 0 && transferSyntax === ''))
    throw new PduMalformed('a presentation context has no valid answer');
  return { id, result: result as ContextResult, transferSyntax };
}

function userInformation(value: Buffer): UserInformation {
  let maxLength = 0;
  let implementationClassUid = '';
  let implementationVersionName: string | undefined;
  const roles: RoleSelection[] = [];
  for (const { type, value: inner } of itemsOf(value, 0)) {
    if (type === 0x51) {
      if (inner.length !== 4) throw new PduMalformed('the maximum length is no 32-bit number');
      maxLength = inner.readUInt32BE(0);
    } else if (type === 0x52) {
      implementationClassUid = uidOf(inner);
    } else if (type === 0x54) {
      const length = inner.length < 4 ? -1 : inner.readUInt16BE(0);
      if (inner.length !== length + 4) throw new PduMalformed('a role selection is cut off');
      const sopClass = uidOf(inner.subarray(2, 2 + length));
      roles.push({ sopClass, scu: inner[2 + length] === 1, scp: inner[3 + length] === 1 });
    } else if (type === 0x55) {
      implementationVersionName = aeTitleOf(inner.subarray(0, 16));
    }
    // 53H (asynchronous operations), 56H to 58H (extended negotiation, user identity): not offered, so not answered.
  }
  return {
    maxLength,
    implementationClassUid,
    ...(implementationVersionName === undefined ? {} : { implementationVersionName }),
    roles,
  };
}

function decodeAssociate<Context>(
  body: Buffer,
  contextType: number,
  context: (value: Buffer, seen: Set<number>) => Context,
): Associate<Context> {
  if (body.length < 68) throw new PduMalformed('an A-ASSOCIATE PDU is cut off');
  const seen = new Set<number>();
  const contexts: Context[] = [];
  let applicationContext = '';
  let user: UserInformation | undefined;
  for (const { type, value } of itemsOf(body, 68)) {
    if (type === 0x10) applicationContext = uidOf(value);
    else if (type === contextType) contexts.push(context(value, seen));
    else if (type === 0x50) user = userInformation(value);
  }
  if (user === undefined) throw new PduMalformed('an A-ASSOCIATE PDU has no user information');
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAeTitle: aeTitleOf(body.subarray(4, 20)),
    callingAeTitle: aeTitleOf(body.subarray(20, 36)),
    applicationContext,
    contexts,
    user,
  };
}

/** @throws PduMalformed */
export const decodeAssociateRq = (body: Buffer): AssociateRq => decodeAssociate(body, 0x20, proposedContext);
/** @throws PduMalformed */
export const decodeAssociateAc = (body: Buffer): AssociateAc => decodeAssociate(body, 0x21, answeredContext);

/** RJ, RELEASE and ABORT have four bytes. */
function four(body: Buffer): Buffer {
  if (body.length !== 4) throw new PduMalformed('a PDU of fixed length has another one');
  return body;
}

export function decodeAssociateRj(body: Buffer): AssociateRj {
  const [, result = 0, source = 0, reason = 0] = four(body);
  return { result, source, reason };
}

export function decodeAbort(body: Buffer): Abort {
  const [, , source = 0, reason = 0] = four(body);
  return { source, reason };
}

export function decodeRelease(body: Buffer): object {
  four(body);
  return {};
}

/** PDVs of a P-DATA-TF, as views. @throws PduMalformed */
export function decodeData(body: Buffer): Pdv[] {
  const pdvs: Pdv[] = [];
  for (let at = 0; at < body.length; ) {
    const length = at + 6 > body.length ? 0 : body.readUInt32BE(at);
    const end = at + 4 + length;
    if (length < 2 || end > body.length) throw new PduMalformed('a PDV does not fit its PDU');
    const control = body.readUInt8(at + 5);
    pdvs.push({
      contextId: body.readUInt8(at + 4),
      isCommand: (control & 1) !== 0,
      isLast: (control & 2) !== 0,
      fragment: body.subarray(at + 6, end),
    });
    at = end;
  }
  if (pdvs.length === 0) throw new PduMalformed('a P-DATA-TF holds nothing');
  return pdvs;
}
