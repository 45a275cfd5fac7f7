/** What we ask of others: C-ECHO, and C-STORE of instances. */
import type { InstanceRecord } from '../archive/index.ts';
import { CommandField } from './command-set.ts';
import { AssociationLost } from './faults.ts';
import { DEFAULT_DIMSE_LIMITS, type DimseLimits } from './limits.ts';
import { type Caller, type Opened, openAssociation } from './requestor.ts';
import type { SentFormPorts } from './sent-form.ts';
import type { Destination, DimseTls } from './settings.ts';
import { PLAIN_SYNTAXES, VERIFICATION } from './sop-classes.ts';
import { Status } from './status.ts';
import { batchesOf, type Originator, type SendOutcome, storeInstance } from './store-user.ts';

export interface CallOptions {
  /** Our own AE title. */
  readonly aeTitle: string;
  readonly tls?: DimseTls | undefined;
  readonly limits?: Partial<DimseLimits> | undefined;
}

const callerOf = ({ aeTitle, tls, limits }: CallOptions): Caller => ({
  aeTitle,
  tls,
  limits: { ...DEFAULT_DIMSE_LIMITS, ...limits },
});

/** C-ECHO. @returns whether the peer answered with success. @throws AssociationLost */
export async function echo(destination: Destination, options: CallOptions): Promise<boolean> {
  const opened = await openAssociation(
    destination,
    [{ abstractSyntax: VERIFICATION, transferSyntaxes: PLAIN_SYNTAXES }],
    callerOf(options),
  );
  const [context] = opened.exchange.contexts.values();
  const answer =
    context &&
    (await opened.exchange.request(context.id, {
      commandField: CommandField.echoRq,
      affectedSopClass: VERIFICATION,
    }));
  await opened.release();
  return answer?.status === Status.success;
}

export interface SendOptions extends CallOptions, Omit<SentFormPorts, 'maxTranscodeBytes'> {
  readonly originator?: Originator;
  /** Raised: what is being sent is sent to its end, the rest is left. */
  readonly signal?: AbortSignal;
  /** After each instance, awaited. */
  onOutcome?(outcome: SendOutcome): Promise<void>;
}

/**
 * Sends instances, each once, over as few associations as can propose what they need. One outcome an instance, in
 * their order; none for those that were left because `signal` was raised.
 */
export async function sendInstances(
  destination: Destination,
  instances: readonly InstanceRecord[],
  options: SendOptions,
): Promise<SendOutcome[]> {
  const caller = callerOf(options);
  const ports: SentFormPorts = {
    open: options.open,
    ...(options.transcode === undefined ? {} : { transcode: options.transcode }),
    maxTranscodeBytes: caller.limits.maxTranscodeBytes,
  };
  const outcomes: SendOutcome[] = [];
  let reachable = true;
  for (const { instances: batch, contexts } of batchesOf(instances)) {
    let opened: Opened | undefined;
    try {
      for (const instance of batch) {
        if (options.signal?.aborted === true) break;
        let outcome: SendOutcome = { sopUid: instance.sopUid, outcome: 'failed', reason: 'association' };
        try {
          if (reachable) {
            opened ??= await openAssociation(destination, contexts, caller);
            outcome = await storeInstance(opened.exchange, instance, ports, options.originator);
          }
        } catch (error) {
          if (!(error instanceof AssociationLost)) throw error;
          // None could be had: the rest fails alike. Lost in the middle: the next instance gets a new one.
          if (opened === undefined) reachable = false;
          opened?.abort();
          opened = undefined;
        }
        outcomes.push(outcome);
        await options.onOutcome?.(outcome);
      }
      await opened?.release();
    } finally {
      opened?.abort();
    }
  }
  return outcomes;
}
