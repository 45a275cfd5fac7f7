/** The worker that de-identifies what came from outside. */
import { createNodeCodecs } from '../ports/codecs/index.ts';
import { keyedHashOf } from '../ports/files/index.ts';
import { handOver, serveTasks } from '../ports/untrusted/index.ts';
import type { DeidTask, DeidTaskResult } from './deid-task.ts';
import { deidentifyBytes } from './deidentify-bytes.ts';

serveTasks({
  deidentify: async ({ bytes, wishes, key }: DeidTask) => {
    const options = { ...wishes, keyedHash: keyedHashOf({ bytes: key }) };
    const outcome = await deidentifyBytes(bytes, options, createNodeCodecs);
    if (outcome.outcome === 'refused') {
      const { reason, message, advice } = outcome;
      return { refused: reason, advice: `${message} ${advice}` } satisfies DeidTaskResult;
    }
    const { path, report } = outcome;
    const result: DeidTaskResult = { path, bytes: outcome.bytes, report };
    return handOver(result, outcome.bytes);
  },
});
