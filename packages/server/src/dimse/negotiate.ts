/** The answer to an association request: PS3.8 section 7.1, PS3.7 annex D. */
import { isUncompressed } from '@promontory/core/dicom';
import type { Context } from './exchange.ts';
import { IMPLEMENTATION } from './implementation.ts';
import {
  type AnsweredContext,
  APPLICATION_CONTEXT,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  type ContextResult,
  type ProposedContext,
  type RoleSelection,
} from './pdu.ts';
import type { Peer, Verb } from './peers.ts';
import {
  DECODED_SYNTAXES,
  isStorageClass,
  PLAIN_SYNTAXES,
  QUERY_CLASSES,
  STORED_SYNTAXES,
  VERIFICATION,
} from './sop-classes.ts';

/** PS3.8 table 9-21. */
export const REJECT = {
  noReason: { result: 1, source: 1, reason: 1 },
  applicationContext: { result: 1, source: 1, reason: 2 },
  callingTitle: { result: 1, source: 1, reason: 3 },
  calledTitle: { result: 1, source: 1, reason: 7 },
  protocolVersion: { result: 1, source: 2, reason: 2 },
  congestion: { result: 2, source: 3, reason: 1 },
  localLimit: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, AssociateRj>;
export type RejectName = keyof typeof REJECT;

/** A peer that takes less in one PDU than this would be served a few bytes at a time. */
const LEAST_MAX_LENGTH = 256;

export interface Negotiated {
  readonly answer: AssociateAc;
  readonly contexts: readonly Context[];
}

/** @param peer who calls, by the allow-list */
export function negotiate(
  rq: AssociateRq,
  peer: Peer | undefined,
  own: {
    readonly aeTitle: string;
    readonly maxPduBytes: number;
    readonly privateStorageClasses: readonly string[];
  },
): Negotiated | RejectName {
  // A stranger learns nothing of our title.
  if (peer === undefined) return 'callingTitle';
  if (rq.calledAeTitle !== own.aeTitle) return 'calledTitle';
  if ((rq.protocolVersion & 1) === 0) return 'protocolVersion';
  if (rq.applicationContext !== APPLICATION_CONTEXT) return 'applicationContext';
  if (rq.user.maxLength > 0 && rq.user.maxLength < LEAST_MAX_LENGTH) return 'noReason';

  const proposedRoles = new Map(rq.user.roles.map((role) => [role.sopClass, role]));
  const roles = new Map<string, RoleSelection>();
  const contexts: Context[] = [];
  const answers = rq.contexts.map((proposed): AnsweredContext => {
    const role = proposedRoles.get(proposed.abstractSyntax);
    const judged = judge(proposed, peer, role, own.privateStorageClasses);
    if (typeof judged === 'number')
      return { id: proposed.id, result: judged, transferSyntax: proposed.transferSyntaxes[0] as string };
    contexts.push(judged);
    const { abstractSyntax, transferSyntax, mayProvide, mayUse } = judged;
    if (role !== undefined)
      roles.set(abstractSyntax, { sopClass: abstractSyntax, scu: mayProvide, scp: mayUse });
    return { id: proposed.id, result: 0, transferSyntax };
  });
  return {
    contexts,
    answer: {
      protocolVersion: 1,
      calledAeTitle: rq.calledAeTitle,
      callingAeTitle: rq.callingAeTitle,
      applicationContext: APPLICATION_CONTEXT,
      contexts: answers,
      user: { maxLength: own.maxPduBytes, ...IMPLEMENTATION, roles: [...roles.values()] },
    },
  };
}

const REFUSED: ContextResult = 1;
const NO_SUCH_CLASS: ContextResult = 3;
const NO_SUCH_SYNTAX: ContextResult = 4;

function judge(
  { id, abstractSyntax, transferSyntaxes }: ProposedContext,
  peer: Peer,
  role: RoleSelection | undefined,
  privateStorageClasses: readonly string[],
): Context | ContextResult {
  const may = (verb: Verb) => peer.verbs.includes(verb);
  const first = (readable: (uid: string) => boolean) => transferSyntaxes.find(readable);
  const verb = abstractSyntax === VERIFICATION ? 'echo' : QUERY_CLASSES.get(abstractSyntax)?.verb;
  if (verb !== undefined) {
    if (!may(verb)) return REFUSED;
    const transferSyntax = first((uid) => PLAIN_SYNTAXES.includes(uid));
    if (transferSyntax === undefined) return NO_SUCH_SYNTAX;
    return { id, abstractSyntax, transferSyntax, mayProvide: true, mayUse: false };
  }
  if (!isStorageClass(abstractSyntax, privateStorageClasses)) return NO_SUCH_CLASS;
  // The peer is user unless it says otherwise (PS3.7 D.3.3.4); as provider it receives what C-GET fetches.
  const mayProvide = (role?.scu ?? true) && may('store');
  const mayUse = role?.scp === true && may('get');
  if (!mayProvide && !mayUse) return REFUSED;
  const stored = (uid: string) => STORED_SYNTAXES.includes(uid);
  // What we send can be made uncompressed, never the other way round.
  const transferSyntax =
    (mayProvide ? undefined : first((uid) => stored(uid) && isUncompressed(uid))) ??
    first((uid) => DECODED_SYNTAXES.includes(uid)) ??
    first(stored);
  if (transferSyntax === undefined) return NO_SUCH_SYNTAX;
  return { id, abstractSyntax, transferSyntax, mayProvide, mayUse };
}
