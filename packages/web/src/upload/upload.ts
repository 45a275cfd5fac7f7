/** An upload: what was dropped becomes a queue, the queue is sent in small requests, a few at a time. */
import { kindOf } from './dicom-header.ts';
import { createFileQueue, type KeptStudy, type UploadFile } from './file-queue.ts';
import { afterReload, type FileEvent, type FileState, type Totals } from './file-state.ts';
import { type FoundFile, foundFiles, type Source } from './found-files.ts';
import type { KeptFile, KeptQueue } from './kept-queue.ts';
import type { StowAnswer } from './post-instances.ts';
import { type Outcome, outcomesOf, type SentFile } from './stow.ts';
import type { Unzip } from './unzip.ts';
import { ZipRefused } from './zip-directory.ts';

/** Requests at once: enough to fill the line, few enough for the server's many other clients. */
const LANES = 3;
/** Waits before the server is asked again, ms. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
/** How often the page is told of progress, ms. */
const TELL_MS = 100;
const WRITE_AT_ONCE = 1000;

/** `unfinished`: files are known from before, whose bytes this page does not have. */
export type Phase = 'idle' | 'sending' | 'paused' | 'offline' | 'signed-out' | 'unfinished' | 'done';

export interface UploadView {
  readonly phase: Phase;
  /** Folders are still being looked through. */
  readonly isLooking: boolean;
  readonly totals: Totals;
  /** The queue's own list: it grows and its states change. */
  readonly files: readonly UploadFile[];
  readonly studies: readonly (KeptStudy & { readonly studyUid: string })[];
  /** The browser holds the folders: it can go on without their being dropped again. */
  readonly hasHandles: boolean;
  /** False where this browser writes nothing down: a reload would begin anew. */
  readonly isKept: boolean;
}

export interface UploadPorts {
  readonly unzip: Unzip;
  readonly kept: KeptQueue;
  post(
    files: readonly SentFile[],
    told: { progress(sentBytes: number): void; readonly signal: AbortSignal },
  ): Promise<StowAnswer>;
  /** @returns whether the archive has the study */
  complete(studyUid: string): Promise<boolean>;
  /** The session has ended. */
  signedOut(): void;
  /** Resolves after the time, or earlier where the network is back. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Upload {
  view(): UploadView;
  subscribe(tell: () => void): () => void;
  /** What an earlier page of this account left unfinished. Of another account nothing stays. */
  load(accountId: string): Promise<void>;
  add(sources: readonly Source[]): Promise<void>;
  /** From the handles that the browser kept; it asks the person first. */
  goOn(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Sends again what another try may mend. */
  retry(): void;
  forget(): Promise<void>;
}

interface Ready extends SentFile {
  readonly id: string;
  readonly sha256?: string;
}

export function createUpload(ports: UploadPorts): Upload {
  let queue = createFileQueue();
  let reads = new Map<string, FoundFile['read']>();
  let handles: FileSystemHandle[] = [];
  let phase: Phase = 'idle';
  let looking = 0;
  let lanes = 0;
  let isKept = true;
  let account: string | undefined;
  let stop = new AbortController();
  const is = (...phases: readonly Phase[]) => phases.includes(phase);

  const listeners = new Set<() => void>();
  let shown: UploadView | undefined;
  let isTelling = false;
  const tell = () => {
    if (isTelling) return;
    isTelling = true;
    setTimeout(() => {
      isTelling = false;
      shown = undefined;
      for (const listener of listeners) listener();
    }, TELL_MS);
  };
  const happen = (id: string, event: FileEvent) => {
    if (queue.happen(id, event)) tell();
  };

  const written = (work: Promise<void>) =>
    work.catch(() => {
      isKept = false;
      tell();
    });
  const keep = async (changed: readonly UploadFile[]) => {
    for (let at = 0; at < changed.length; at += WRITE_AT_ONCE)
      await written(ports.kept.write(changed.slice(at, at + WRITE_AT_ONCE).map(keptOf)));
  };

  const run = () => {
    if (!is('sending')) return;
    while (lanes < LANES && lanes < queue.hasWaiting()) {
      lanes += 1;
      void lane(stop.signal).finally(() => {
        lanes -= 1;
        settle();
      });
    }
    settle();
  };
  const lane = async (signal: AbortSignal) => {
    while (is('sending') && !signal.aborted) {
      const batch = queue.take();
      if (batch.length === 0) return;
      tell();
      await send(await opened(batch), signal);
      if (!signal.aborted) await keep(batch);
    }
  };

  /** The bytes of a batch; what is no image, or is held already, goes no further. */
  const opened = async (batch: readonly UploadFile[]): Promise<Ready[]> => {
    const ready: Ready[] = [];
    for (const { id } of batch) {
      try {
        const bytes = await reads.get(id)?.();
        if (bytes === undefined) throw new Error('The file is not in hand.');
        const kind = kindOf(bytes);
        const sha256 = await sha256Of(bytes);
        const twin = sha256 === undefined ? undefined : queue.twinOf(sha256);
        if (kind.kind === 'skip') happen(id, { kind: 'skipped', why: kind.why });
        else if (twin !== undefined) happen(id, twin);
        else {
          const { sopInstanceUid } = kind;
          const known = { ...(sopInstanceUid && { sopInstanceUid }), ...(sha256 && { sha256 }) };
          ready.push({ id, bytes, ...known });
        }
      } catch (error) {
        if (error instanceof ZipRefused) happen(id, { kind: 'skipped', why: error.problem });
        else happen(id, { kind: 'failed', reason: 'unreadable' });
      }
    }
    return ready;
  };

  const send = async (batch: readonly Ready[], signal: AbortSignal): Promise<void> => {
    if (batch.length === 0) return;
    for (let attempt = 0; ; attempt += 1) {
      const { status, body } = await ports.post(batch, { progress: (sent) => moved(batch, sent), signal });
      if (signal.aborted) return;
      const outcomes = outcomesOf(batch, status, body);
      if (Array.isArray(outcomes)) {
        if (is('offline')) phase = 'sending';
        for (const [i, outcome] of outcomes.entries()) await settleFile(batch[i], outcome, signal);
        return;
      }
      for (const { id } of batch) happen(id, { kind: 'moved', part: 0 });
      if (outcomes === 'signed-out') {
        phase = 'signed-out';
        ports.signedOut();
      } else {
        if (is('sending')) phase = 'offline';
        tell();
        await ports.wait(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt), signal);
        if (signal.aborted) return;
      }
      if (is('offline', 'sending')) continue;
      for (const { id } of batch) happen(id, { kind: 'put-back' });
      tell();
      return;
    }
  };
  const settleFile = async (sent: Ready, outcome: Outcome, signal: AbortSignal) => {
    const { id, sha256 } = sent;
    if (outcome.kind === 'unclear') await send([sent], signal);
    else happen(id, outcome.kind === 'kept' && sha256 !== undefined ? { ...outcome, sha256 } : outcome);
  };
  const moved = (batch: readonly Ready[], sent: number) => {
    let before = 0;
    for (const { id, bytes } of batch) {
      happen(id, { kind: 'moved', part: Math.max(0, (sent - before) / bytes.length) });
      before += bytes.length;
    }
  };

  /** After the last file: studies that came whole are read at once. */
  const settle = () => {
    tell();
    if (lanes > 0 || looking > 0 || queue.hasWaiting() > 0 || !is('sending', 'offline')) return;
    const { missing, mendable } = queue.totals();
    phase = missing > 0 ? 'unfinished' : 'done';
    if (missing + mendable === 0) void conclude();
  };
  const conclude = async () => {
    for (const [studyUid, { isComplete }] of [...queue.studies]) {
      if (isComplete) continue;
      // Where it cannot be said, the server begins by itself after its quiet time.
      const isThere = await ports.complete(studyUid).catch(() => undefined);
      if (isThere === true) queue.completed(studyUid);
      if (isThere === false)
        for (const { id, state } of queue.files)
          if (state.kind === 'kept' && state.studyUid === studyUid) happen(id, { kind: 'lost' });
      tell();
    }
    if (queue.totals().mendable > 0 || !is('done')) return;
    handles = [];
    await written(ports.kept.clear());
  };

  const begin = () => {
    if (is('idle', 'done', 'unfinished')) phase = 'sending';
    tell();
  };
  const add = async (sources: readonly Source[]) => {
    looking += 1;
    begin();
    const { signal } = stop;
    const fresh = sources.flatMap((source) => (source.kind === 'handle' ? [source.handle] : []));
    if (fresh.some((handle) => !handles.includes(handle))) {
      handles = [...new Set([...handles, ...fresh])];
      void written(ports.kept.writeHandles(handles));
    }
    const changed: UploadFile[] = [];
    try {
      for await (const found of foundFiles(sources, ports.unzip)) {
        if (signal.aborted) return;
        const { path, bytes, lastModified, skip } = found;
        const id = `${path}\n${bytes}\n${lastModified}`;
        reads.set(id, found.read);
        const known = queue.find(id);
        if (known === undefined) {
          const state: FileState = skip === undefined ? { kind: 'waiting' } : { kind: 'skipped', why: skip };
          const file = { id, path, bytes, lastModified, place: queue.files.length, state };
          queue.adopt(file);
          changed.push(file);
        } else happen(id, { kind: known.state.kind === 'failed' ? 'again' : 'found' });
        tell();
        run();
      }
      await keep(changed.map(({ id }) => queue.find(id)).filter((file) => file !== undefined));
    } finally {
      looking -= 1;
      run();
    }
  };

  const letGo = () => {
    stop.abort();
    stop = new AbortController();
    queue = createFileQueue();
    reads = new Map();
    handles = [];
    phase = 'idle';
    shown = undefined;
    tell();
  };

  return {
    view() {
      shown ??= {
        phase,
        isLooking: looking > 0,
        totals: queue.totals(),
        files: queue.files,
        studies: [...queue.studies].map(([studyUid, study]) => ({ studyUid, ...study })),
        hasHandles: handles.length > 0,
        isKept,
      };
      return shown;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async load(accountId) {
      // What one person dropped is not sent, nor shown, in the session of another.
      if (account !== undefined && account !== accountId) letGo();
      account = accountId;
      try {
        const kept = await ports.kept.load(accountId);
        if (queue.files.length > 0 || kept.files.length === 0) return;
        for (const file of kept.files) queue.adopt({ ...file, state: afterReload(file.state) });
        handles = kept.handles;
        const { missing, mendable } = queue.totals();
        phase = missing + mendable > 0 ? 'unfinished' : 'done';
        if (is('done')) void conclude();
      } catch {
        isKept = false;
      }
      tell();
    },
    add,
    async goOn() {
      const allowed: Source[] = [];
      for (const handle of handles) if (await mayRead(handle)) allowed.push({ kind: 'handle', handle });
      if (allowed.length > 0) await add(allowed);
    },
    pause() {
      if (is('sending', 'offline')) phase = 'paused';
      tell();
    },
    resume() {
      if (is('paused', 'signed-out')) phase = 'sending';
      tell();
      run();
    },
    retry() {
      // Without its bytes in hand (after a reload) a file has to be found again first.
      for (const { id } of queue.files) if (reads.has(id)) happen(id, { kind: 'again' });
      begin();
      run();
    },
    async forget() {
      letGo();
      await written(ports.kept.clear());
    },
  };
}

const keptOf = (file: UploadFile): KeptFile => ({ ...file, state: afterReload(file.state) });

/** WICG File System Access: after a reload the person is asked again. */
async function mayRead(handle: FileSystemHandle): Promise<boolean> {
  const asking = handle as { requestPermission?(how: { mode: 'read' }): Promise<PermissionState> };
  return (await asking.requestPermission?.({ mode: 'read' }).catch(() => 'denied')) !== 'denied';
}

/** Only where the page is secure (TLS, or this computer). */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  if (crypto.subtle === undefined) return undefined;
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
