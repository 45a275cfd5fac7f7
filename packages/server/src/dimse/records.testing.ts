/** A gate for tests of the transport: keeps what it is given in memory, finds nothing. */
import { parseDicom, Tag } from '@promontory/core/dicom';
import type { Records, StoreOutcome } from '../archive/index.ts';
import { readAll } from '../ports/blobs/index.ts';

export interface MemoryRecords extends Records {
  readonly files: Uint8Array[];
  /** Parts of which the first byte was asked for. */
  readonly begun: () => number;
}

export function memoryRecords(given: Partial<Records> = {}): MemoryRecords {
  const files: Uint8Array[] = [];
  let begun = 0;
  return {
    files,
    begun: () => begun,
    async store(parts) {
      const outcomes: StoreOutcome[] = [];
      for await (const part of parts) {
        begun += 1;
        const bytes = await readAll(part);
        files.push(bytes);
        const { dataSet } = parseDicom(bytes);
        const [sopClass, sopUid] = [dataSet.uid(Tag.SOPClassUID), dataSet.uid(Tag.SOPInstanceUID)];
        outcomes.push({
          status: 'stored',
          ...(sopClass === undefined ? {} : { sopClass }),
          ...(sopUid === undefined ? {} : { sopUid }),
          warnings: [],
        });
      }
      return outcomes;
    },
    search: async () => ({ rows: [], ignored: [], more: false }),
    instances: async () => [],
    metadata: async () => [],
    open: async () => {
      throw new Error('nothing is kept');
    },
    remove: async () => 0,
    ...given,
  };
}
