/** The one upload of this page: it goes on while studies are opened and closed. */
import { useEffect, useSyncExternalStore } from 'react';
import { readMe, request, ServerRefusal, useSignedIn } from '../server/index.ts';
import { openKeptQueue } from './kept-queue.ts';
import { postInstances } from './post-instances.ts';
import { openUnzip } from './unzip.ts';
import { createUpload, type Upload, type UploadView } from './upload.ts';

let opened: Upload | undefined;

export function theUpload(): Upload {
  opened ??= createUpload({
    unzip: openUnzip(),
    kept: openKeptQueue(),
    post: postInstances,
    async complete(studyUid) {
      try {
        await request(`/api/studies/${studyUid}/complete`, { method: 'POST' });
        return true;
      } catch (error) {
        if (error instanceof ServerRefusal && error.status === 404) return false;
        throw error;
      }
    },
    // Asking who is signed in tells the page that nobody is.
    signedOut: () => void readMe().catch(() => {}),
    wait: waitForNetwork,
  });
  return opened;
}

function waitForNetwork(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  addEventListener('online', () => resolve(), { once: true, signal });
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

export function useUpload(): UploadView {
  const upload = theUpload();
  return useSyncExternalStore(upload.subscribe, upload.view);
}

/** What an earlier page left unfinished comes back with the account that it was of. */
export function useKeptUpload(): void {
  const { data: me } = useSignedIn();
  const accountId = me?.account.accountId;
  useEffect(() => {
    if (accountId !== undefined) void theUpload().load(accountId);
  }, [accountId]);
}

/** @param done called when images have come */
export function useUploadDone(done: () => void): void {
  const { phase, totals } = useUpload();
  const isDone = phase === 'done' && totals.kept > 0;
  useEffect(() => {
    if (isDone) done();
  }, [isDone, done]);
}
