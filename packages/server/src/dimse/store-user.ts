/** C-STORE as user: PS3.4 annex B. Sub-operations of C-MOVE and C-GET, and instances that we send ourselves. */
import { TransferSyntax } from '@promontory/core/dicom';
import type { InstanceRecord } from '../archive/index.ts';
import { CommandField } from './command-set.ts';
import type { Context, Exchange } from './exchange.ts';
import { AssociationLost } from './faults.ts';
import { canBeSent, type SentFormPorts, sentForm } from './sent-form.ts';
import { isWarning, Status } from './status.ts';

/** For whom a C-MOVE sends (PS3.7 9.3.1.1). */
export interface Originator {
  readonly aeTitle: string;
  readonly messageId: number;
}

export interface SendOutcome {
  readonly sopUid: string;
  readonly outcome: 'completed' | 'warning' | 'failed';
  /** As the peer answered; `undefined`: it was never asked. */
  readonly status?: number;
  readonly reason?:
    | 'refused-by-peer'
    /** The peer takes no context in which the instance could be sent without loss. */
    | 'no-context'
    | 'unreadable'
    | 'association';
}

const MEDIUM = 0;

/** In the transfer syntax it is kept in where the peer takes that, else uncompressed. */
function contextFor(
  instance: InstanceRecord,
  contexts: Iterable<Context>,
  ports: SentFormPorts,
): Context | undefined {
  let convertible: Context | undefined;
  for (const context of contexts) {
    if (!context.mayUse || context.abstractSyntax !== instance.sopClass) continue;
    if (context.transferSyntax === instance.transferSyntax) return context;
    if (canBeSent(instance, context.transferSyntax, ports)) convertible ??= context;
  }
  return convertible;
}

/** Sends one instance. @throws AssociationLost: nothing more can be sent over this association */
export async function storeInstance(
  exchange: Exchange,
  instance: InstanceRecord,
  ports: SentFormPorts,
  originator?: Originator,
): Promise<SendOutcome> {
  const { sopUid, sopClass } = instance;
  const context = contextFor(instance, exchange.contexts.values(), ports);
  if (context === undefined) return { sopUid, outcome: 'failed', reason: 'no-context' };
  let dataSet: Awaited<ReturnType<typeof sentForm>>;
  try {
    dataSet = await sentForm(instance, context.transferSyntax, ports);
  } catch {
    return { sopUid, outcome: 'failed', reason: 'unreadable' };
  }
  try {
    const { status = Status.processingFailure } = await exchange.request(
      context.id,
      {
        commandField: CommandField.storeRq,
        affectedSopClass: sopClass,
        priority: MEDIUM,
        affectedSopInstance: sopUid,
        ...(originator === undefined
          ? {}
          : { originatorAeTitle: originator.aeTitle, originatorMessageId: originator.messageId }),
      },
      dataSet,
    );
    if (status === Status.success) return { sopUid, outcome: 'completed', status };
    if (isWarning(status)) return { sopUid, outcome: 'warning', status };
    return { sopUid, outcome: 'failed', status, reason: 'refused-by-peer' };
  } catch (error) {
    // The bytes broke off while they were sent (a damaged blob): the message had no end, so the association has one.
    throw error instanceof AssociationLost ? error : new AssociationLost('ended', { cause: error });
  }
}

export interface ProposedStorage {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** Ids are odd numbers of one byte. */
const MAX_CONTEXTS = 128;
const UNCOMPRESSED: readonly string[] = [
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ImplicitVRLittleEndian,
];

/** Each transfer syntax that instances of a class are kept in has a context of its own; one more is uncompressed. */
function proposalOf(sopClass: string, kept: ReadonlySet<string>): ProposedStorage[] {
  const others = UNCOMPRESSED.filter((uid) => !kept.has(uid));
  return [
    ...[...kept].map((uid) => ({ abstractSyntax: sopClass, transferSyntaxes: [uid] })),
    ...(others.length === 0 ? [] : [{ abstractSyntax: sopClass, transferSyntaxes: others }]),
  ];
}

export interface Batch {
  readonly instances: readonly InstanceRecord[];
  readonly contexts: readonly ProposedStorage[];
}

/** Instances in their order, cut where one association could not propose all that they need. */
export function batchesOf(instances: readonly InstanceRecord[]): Batch[] {
  const batches: Batch[] = [];
  let batch: InstanceRecord[] = [];
  let kept = new Map<string, Set<string>>();
  const contextsOf = () => [...kept].flatMap(([sopClass, syntaxes]) => proposalOf(sopClass, syntaxes));
  const close = () => {
    if (batch.length > 0) batches.push({ instances: batch, contexts: contextsOf() });
    batch = [];
    kept = new Map();
  };
  for (const instance of instances) {
    const known = kept.get(instance.sopClass);
    // A class more needs up to two contexts, a transfer syntax more needs one.
    if (known?.has(instance.transferSyntax) !== true && contextsOf().length + 3 > MAX_CONTEXTS) close();
    const syntaxes = kept.get(instance.sopClass) ?? new Set();
    kept.set(instance.sopClass, syntaxes.add(instance.transferSyntax));
    batch.push(instance);
  }
  close();
  return batches;
}
