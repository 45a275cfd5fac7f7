/** The files of an upload: what each has come to, the sums, the studies, and which is next. */
import {
  afterEvent,
  type FileEvent,
  type FileState,
  NO_TOTALS,
  type Totals,
  withChange,
} from './file-state.ts';

const BATCH_FILES = 16;
const BATCH_BYTES = 8 * 2 ** 20;

export interface UploadFile {
  readonly id: string;
  readonly path: string;
  readonly bytes: number;
  readonly lastModified: number;
  /** In the order in which they were found. */
  readonly place: number;
  readonly state: FileState;
}

/** Images kept of a study. `isComplete`: the archive was told that this is all. */
export interface KeptStudy {
  readonly count: number;
  readonly isComplete: boolean;
}

export interface FileQueue {
  /** One list for the queue's life: 100,000 files are not copied at each step. */
  readonly files: readonly UploadFile[];
  readonly studies: ReadonlyMap<string, KeptStudy>;
  totals(): Totals;
  find(id: string): UploadFile | undefined;
  adopt(file: UploadFile): void;
  /** @returns whether anything changed */
  happen(id: string, event: FileEvent): boolean;
  hasWaiting(): number;
  /** The next files for one request, from now on `sending`. */
  take(): UploadFile[];
  /** A file of the same content that the archive has acknowledged. */
  twinOf(sha256: string): Extract<FileState, { kind: 'kept' }> | undefined;
  completed(studyUid: string): void;
}

type Mutable = { -readonly [K in keyof UploadFile]: UploadFile[K] };

export function createFileQueue(): FileQueue {
  const files: Mutable[] = [];
  const byId = new Map<string, Mutable>();
  const studies = new Map<string, KeptStudy>();
  const held = new Map<string, Extract<FileState, { kind: 'kept' }>>();
  let waiting: string[] = [];
  let first = 0;
  let totals: Totals = NO_TOTALS;

  const count = (state: FileState, by: 1 | -1) => {
    if (state.kind !== 'kept') return;
    if (state.sha256 !== undefined && by === 1) held.set(state.sha256, state);
    if (state.sha256 !== undefined && by === -1) held.delete(state.sha256);
    if (state.studyUid === undefined) return;
    const study = studies.get(state.studyUid) ?? { count: 0, isComplete: false };
    if (study.count + by === 0) studies.delete(state.studyUid);
    else studies.set(state.studyUid, { count: study.count + by, isComplete: false });
  };
  const happen = (id: string, event: FileEvent): boolean => {
    const file = byId.get(id);
    if (file === undefined) return false;
    const next = afterEvent(file.state, event);
    if (next === file.state) return false;
    count(file.state, -1);
    totals = withChange(totals, file.bytes, file.state, next);
    file.state = next;
    count(next, 1);
    if (next.kind === 'waiting') waiting.push(id);
    return true;
  };
  return {
    files,
    studies,
    totals: () => totals,
    find: (id) => byId.get(id),
    adopt(given) {
      const file = { ...given };
      files.push(file);
      byId.set(file.id, file);
      totals = withChange(totals, file.bytes, undefined, file.state);
      count(file.state, 1);
      if (file.state.kind === 'waiting') waiting.push(file.id);
    },
    happen,
    hasWaiting: () => waiting.length - first,
    take() {
      const batch: UploadFile[] = [];
      let bytes = 0;
      while (first < waiting.length && batch.length < BATCH_FILES) {
        const file = byId.get(waiting[first]);
        if (file !== undefined && batch.length > 0 && bytes + file.bytes > BATCH_BYTES) break;
        first += 1;
        if (file === undefined || !happen(file.id, { kind: 'taken' })) continue;
        bytes += file.bytes;
        batch.push(file);
      }
      if (first === waiting.length) {
        waiting = [];
        first = 0;
      }
      return batch;
    },
    twinOf: (sha256) => held.get(sha256),
    completed(studyUid) {
      const study = studies.get(studyUid);
      if (study !== undefined) studies.set(studyUid, { ...study, isComplete: true });
    },
  };
}
