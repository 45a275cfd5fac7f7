/** The worker that de-identifies what came from outside. */
import { createHmac } from 'node:crypto';
import { decodeToNative, deidentify } from '@promontory/core/deid';
import { type DicomFile, parseDicom } from '@promontory/core/dicom';
import { createNodeCodecs } from '../ports/codecs/index.ts';
import { handOver, serveTasks } from '../ports/untrusted/index.ts';
import type { DeidTask, DeidTaskResult } from './deid-task.ts';
import { pathOf } from './object-path.ts';

serveTasks({
  deidentify: async ({ bytes, wishes, key }: DeidTask) => {
    const file = await readable(parseDicom(bytes), wishes.cleanPixels !== undefined);
    const keyedHash = (text: string) => createHmac('sha256', key).update(text, 'utf8').digest();
    const outcome = deidentify(file, { ...wishes, keyedHash });
    if (outcome.outcome === 'refused') {
      const { reason, message, advice } = outcome;
      return { refused: reason, advice: `${message} ${advice}` } satisfies DeidTaskResult;
    }
    const result: DeidTaskResult = {
      path: pathOf(outcome.file),
      bytes: outcome.bytes,
      report: outcome.report,
    };
    return handOver(result, outcome.bytes);
  },
});

/** Compressed pixels are decoded only where something in them is to be blanked. */
async function readable(file: DicomFile, blanks: boolean): Promise<DicomFile> {
  if (!blanks || file.pixelData?.fragments === undefined) return file;
  return decodeToNative(file, await createNodeCodecs());
}
