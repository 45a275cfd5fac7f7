import { type Transferable as NodeTransferable, parentPort } from 'node:worker_threads';
import { isFault } from '@promontory/core/fault';
import { type Answer, type FaultRecord, failureOf, READY, type Request } from './messages.ts';

export type Task = (payload: never) => unknown;

/** A result whose buffers are handed over instead of copied. */
export class Transferred {
  readonly value: unknown;
  readonly buffers: readonly ArrayBuffer[];
  constructor(value: unknown, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** Hands the arrays' memory over with the value; what shares its memory with something else is copied as ever. */
export function handOver(value: unknown, ...arrays: readonly ArrayBufferView[]): Transferred {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of arrays) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  }
  return new Transferred(value, [...buffers]);
}

/**
 * Called once by a worker's module: answers the pool's tasks by name.
 *
 *     serveTasks({ index: (payload: { bytes: Uint8Array }) => indexInstance(payload.bytes) });
 *
 * A task gets a structured clone and returns one (or a promise of it, or `handOver(…)`). A Fault that it throws arrives
 * at the caller as a Fault.
 */
export function serveTasks(tasks: Readonly<Record<string, Task>>): void {
  const port = parentPort;
  if (port === null) throw new Error('serveTasks belongs into a worker thread');
  const byName = new Map(Object.entries(tasks));
  port.on('message', async (request: Request) => {
    const { ticket } = request;
    let answer: Answer;
    let buffers: readonly ArrayBuffer[] = [];
    try {
      const task = byName.get(request.task);
      if (task === undefined) throw new TypeError('no such task');
      const result = await task(request.payload as never);
      if (result instanceof Transferred) buffers = result.buffers;
      answer = { ticket, value: result instanceof Transferred ? result.value : result };
    } catch (error) {
      answer = refusal(ticket, error);
    }
    try {
      port.postMessage(answer, buffers as unknown as NodeTransferable[]);
    } catch (error) {
      // A result that cannot be cloned.
      port.postMessage(refusal(ticket, error));
    }
  });
  port.postMessage(READY);
}

function refusal(ticket: number, error: unknown): Answer {
  if (!isFault(error)) return { ticket, failure: failureOf(error) };
  const { code, message, offset, tag, advice, choices } = error;
  const fault: FaultRecord = { code, message, offset, tag, advice, choices };
  return { ticket, fault };
}
