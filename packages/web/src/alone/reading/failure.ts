import { isFault } from '@promontory/core/fault';
import type { Failure } from './messages.ts';

/** How engines say that memory ran out: V8, SpiderMonkey, JavaScriptCore, Emscripten, ONNX Runtime. */
const WANT_OF_MEMORY =
  /out of memory|allocation failed|could not allocate|can't allocate|bad_alloc|failed to allocate|invalid array (buffer )?length|\bOOM\b/i;

/** An error as a page may show it: what is no fault of ours has words that may speak of the image, and is not repeated. */
export function failureOf(error: unknown): Failure {
  if (wantsMemory(error)) return { code: 'memory', message: 'There was not enough memory.' };
  if (!isFault(error)) return { code: 'defect', message: 'The reading failed.' };
  const { code, message, advice, choices } = error;
  return {
    code,
    message,
    ...(advice !== undefined && { advice }),
    ...(choices !== undefined && { choices }),
  };
}

function wantsMemory(error: unknown): boolean {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    if (WANT_OF_MEMORY.test(each.message)) return true;
    if (typeof each.cause === 'string' && WANT_OF_MEMORY.test(each.cause)) return true;
  }
  return false;
}
