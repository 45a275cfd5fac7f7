/** ZIPs are opened in a worker: inflating does not hold up the page, and what goes wrong there ends there. */
import type { UnzipAnswer, UnzipAsk } from './unzip-messages.ts';
import { type ZipEntry, ZipRefused } from './zip-directory.ts';

export interface Unzip {
  /** @throws ZipRefused */
  entries(zip: Blob): Promise<ZipEntry[]>;
  /** @throws ZipRefused */
  read(zip: Blob, entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

type Settle = { resolve(answer: UnzipAnswer): void; reject(error: unknown): void };

/** The worker begins with the first ZIP. */
export function openUnzip(
  start = () => new Worker(new URL('./unzip-worker.ts', import.meta.url), { type: 'module' }),
): Unzip {
  let worker: Worker | undefined;
  let asked = 0;
  const open = new Map<number, Settle>();
  const fail = () => {
    for (const { reject } of open.values()) reject(new ZipRefused('zip-damaged'));
    open.clear();
    worker?.terminate();
    worker = undefined;
  };
  const ask = (zip: Blob, entry?: ZipEntry): Promise<UnzipAnswer> => {
    if (worker === undefined) {
      worker = start();
      // Out of memory or killed: every entry that was asked for is lost, the next begins with a new worker.
      worker.onerror = fail;
      worker.onmessage = ({ data }: MessageEvent<UnzipAnswer>) => {
        const settle = open.get(data.id);
        open.delete(data.id);
        if ('problem' in data) settle?.reject(new ZipRefused(data.problem));
        else settle?.resolve(data);
      };
    }
    const id = asked;
    asked += 1;
    const { promise, resolve, reject } = Promise.withResolvers<UnzipAnswer>();
    open.set(id, { resolve, reject });
    worker.postMessage({ id, zip, ...(entry !== undefined && { entry }) } satisfies UnzipAsk);
    return promise;
  };
  return {
    async entries(zip) {
      const answer = await ask(zip);
      return 'entries' in answer ? answer.entries : [];
    },
    async read(zip, entry) {
      const answer = await ask(zip, entry);
      if (!('bytes' in answer)) throw new ZipRefused('zip-damaged');
      return answer.bytes;
    },
    close: fail,
  };
}
