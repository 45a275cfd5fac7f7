import { unzipEntry } from './unzip-entry.ts';
import type { UnzipAnswer, UnzipAsk } from './unzip-messages.ts';
import { ZipRefused, zipEntries } from './zip-directory.ts';

const answer = (message: UnzipAnswer, transfer: Transferable[] = []) => postMessage(message, { transfer });

async function serve({ id, zip, entry }: UnzipAsk): Promise<void> {
  try {
    if (entry === undefined) answer({ id, entries: await zipEntries(zip) });
    else {
      const bytes = await unzipEntry(zip, entry);
      answer({ id, bytes }, [bytes.buffer]);
    }
  } catch (error) {
    answer({ id, problem: error instanceof ZipRefused ? error.problem : 'zip-damaged' });
  }
}

/** One after the other: two large entries are never in memory at once. */
let last = Promise.resolve();
addEventListener('message', ({ data }: MessageEvent<UnzipAsk>) => {
  last = last.then(() => serve(data));
});
