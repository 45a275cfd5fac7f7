/** C-STORE as provider: PS3.4 annex B, PS3.7 9.1.1. The data set goes on as it comes, byte for byte. */
import { FAILURE, isUid, type Records, type StoreOutcome } from '../archive/index.ts';
import { type Log, placeOf } from '../ports/log/index.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import type { DimseMessage } from './dimse-message.ts';
import type { Context, Exchange } from './exchange.ts';
import { AssociationLost, isForWantOf } from './faults.ts';
import { fileHead } from './part10.ts';
import { PEEK_BYTES, peekUids } from './peek-uids.ts';
import { Status } from './status.ts';

export interface StorePorts {
  readonly exchange: Exchange;
  readonly records: Records;
  /** AE title of the sender, for the file's meta information. */
  readonly source: string;
  readonly log: Log;
}

/** Answers when the instance is durable, or refused; never before. */
export async function serveStore(message: DimseMessage, context: Context, ports: StorePorts): Promise<void> {
  const { status, comment } = await keep(message, context, ports);
  // An answer comes after its request: a refusal waits for the end of what it refuses.
  await message.dataSet?.discard();
  const { messageId, affectedSopInstance } = message.command;
  await ports.exchange.send(context.id, {
    commandField: CommandField.storeRsp,
    affectedSopClass: context.abstractSyntax,
    respondedTo: messageId as number,
    status,
    ...(comment === undefined ? {} : { errorComment: comment.slice(0, 64) }),
    ...(isUid(affectedSopInstance) ? { affectedSopInstance } : {}),
  } satisfies CommandSet);
}

interface Verdict {
  readonly status: number;
  readonly comment?: string;
}

async function keep(
  { command, dataSet }: DimseMessage,
  context: Context,
  { records, source, log }: StorePorts,
): Promise<Verdict> {
  const { affectedSopClass: sopClass, affectedSopInstance: sopInstance } = command;
  if (!context.mayProvide) return { status: Status.notAuthorised };
  if (sopClass !== context.abstractSyntax) return { status: Status.sopClassNotSupported };
  if (!isUid(sopInstance)) return { status: Status.invalidSopInstance };
  if (dataSet === undefined) return { status: Status.cannotUnderstand };
  const { transferSyntax } = context;
  const first = await firstOf(dataSet);
  const named = peekUids(Buffer.concat(first), transferSyntax);
  if ((named.sopInstance ?? sopInstance) !== sopInstance || (named.sopClass ?? sopClass) !== sopClass)
    return { status: Status.mismatch, comment: 'The data set has other UIDs than the command.' };

  async function* file(): AsyncGenerator<Uint8Array> {
    yield fileHead({
      sopClass: sopClass as string,
      sopInstance: sopInstance as string,
      transferSyntax,
      source,
    });
    yield* first;
    yield* dataSet as AsyncIterable<Uint8Array>;
  }
  try {
    const [outcome] = await records.store(one(file()));
    return verdictOf(outcome, sopClass, sopInstance);
  } catch (error) {
    if (error instanceof AssociationLost) throw error;
    log({ event: 'dimse.store-failed', level: 'error', ...placeOf(error) });
    return { status: isForWantOf(error) ? Status.outOfResources : Status.processingFailure };
  }
}

function verdictOf(outcome: StoreOutcome | undefined, sopClass: string, sopInstance: string): Verdict {
  if (outcome === undefined) return { status: Status.processingFailure };
  const { status, failure, message, sopUid = sopInstance } = outcome;
  if (status === 'failed')
    return {
      status: FAILURE[failure ?? 'processing'].dimse,
      ...(message === undefined ? {} : { comment: message }),
    };
  // Hidden from the first look, so it stands under its own UIDs: the sender must not take it for what it named.
  const agrees = sopUid === sopInstance && (outcome.sopClass ?? sopClass) === sopClass;
  return { status: agrees ? Status.success : Status.storedUnderOtherUids };
}

/** The first fragments, so many that the UIDs can be seen. */
async function firstOf(dataSet: AsyncIterator<Buffer>): Promise<Buffer[]> {
  const first: Buffer[] = [];
  for (let size = 0; size < PEEK_BYTES; ) {
    const { done, value } = await dataSet.next();
    if (done === true) break;
    first.push(value);
    size += value.length;
  }
  return first;
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}
