/** The worker that reads what came from outside. */
import { readStagedFile } from '../ports/blobs/index.ts';
import { serveTasks } from '../ports/untrusted/index.ts';
import { indexEntryOf } from './index-entry.ts';

serveTasks({
  index: async (payload: { bytes: Uint8Array } | { path: string; key?: Uint8Array }) =>
    indexEntryOf('bytes' in payload ? payload.bytes : await readStagedFile(payload.path, payload.key)),
});
