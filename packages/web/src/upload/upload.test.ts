import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { openKeptQueue } from './kept-queue.ts';
import type { SentFile } from './stow.ts';
import { unzipEntry } from './unzip-entry.ts';
import { createUpload, type Upload, type UploadPorts, type UploadView } from './upload.ts';
import { zipEntries } from './zip-directory.ts';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** A file that begins as DICOM does, of one SOP instance. */
function dicom(name: string, uid: string, more = 0): File {
  const text = (value: string) => [...value].map((c) => c.charCodeAt(0));
  const value = text(uid.padEnd(uid.length + (uid.length % 2), '\0'));
  const bytes = [
    ...new Uint8Array(128),
    ...text('DICM'),
    2,
    0,
    3,
    0,
    ...text('UI'),
    value.length,
    0,
    ...value,
  ];
  return new File([new Uint8Array([...bytes, ...new Uint8Array(more).fill(1)])], name, { lastModified: 5 });
}
const drop = (files: readonly File[]) => files.map((file) => ({ kind: 'file', file }) as const);
const series = (count: number, more = 0) =>
  Array.from({ length: count }, (_, i) => dicom(`IM${i}`, `1.2.${i}`, more));

/** An archive as the browser meets it: what it holds, and how it answers next. */
function fakeArchive(): UploadPorts & {
  held: Set<string>;
  sizes: number[];
  most: number;
  next: (number | 'drop' | 'silent' | undefined)[];
  completed: string[];
  missing: boolean;
} {
  let busy = 0;
  const state = {
    held: new Set<string>(),
    sizes: [] as number[],
    most: 0,
    next: [] as (number | 'drop' | 'silent' | undefined)[],
    completed: [] as string[],
    missing: false,
    unzip: { entries: zipEntries, read: unzipEntry, close: () => {} },
    kept: openKeptQueue(),
    signedOut: () => {},
    wait: () => Promise.resolve(),
    async complete(study: string) {
      state.completed.push(study);
      return !state.missing;
    },
    async post(files: readonly SentFile[], told: { progress(bytes: number): void }) {
      busy += 1;
      state.most = Math.max(state.most, busy);
      await new Promise((resolve) => setTimeout(resolve, 1));
      busy -= 1;
      const how = state.next.shift();
      if (how === 'silent') return new Promise<never>(() => {});
      if (how === 'drop') return { status: 0, body: undefined };
      if (how !== undefined) return { status: how, body: {} };
      told.progress(10);
      state.sizes.push(files.length);
      const value = files.map(({ sopInstanceUid = '' }) => {
        state.held.add(sopInstanceUid);
        return { '00081155': { Value: [sopInstanceUid] }, '00081190': { Value: ['/studies/1.9/series/1'] } };
      });
      return { status: 200, body: { '00081199': { Value: value } } };
    },
  };
  return state;
}

async function until(upload: Upload, is: (view: UploadView) => boolean): Promise<UploadView> {
  for (;;) {
    if (is(upload.view())) return upload.view();
    await new Promise<void>((resolve) => {
      const stop = upload.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
}
const ended = (upload: Upload) => until(upload, ({ phase }) => phase === 'done' || phase === 'unfinished');

describe('an upload', () => {
  test('sends each file once, in small requests, a few at a time, and says when a study is whole', async () => {
    const archive = fakeArchive();
    const upload = createUpload(archive);
    await upload.add(drop([...series(100), new File(['letter to a patient, long enough'], 'a.txt')]));
    const { totals } = await ended(upload);
    expect(totals).toMatchObject({ files: 101, kept: 100, skipped: 1, failed: 0, waiting: 0 });
    expect(archive.held.size).toBe(100);
    expect(archive.sizes.reduce((sum, size) => sum + size, 0)).toBe(100);
    expect(Math.max(...archive.sizes)).toBeLessThanOrEqual(16);
    expect(archive.most).toBeLessThanOrEqual(4);
    await until(upload, ({ studies }) => studies[0]?.isComplete === true);
    expect(archive.completed).toEqual(['1.9']);
  });

  test('a lost network and a busy server delay it, and lose nothing', async () => {
    const archive = fakeArchive();
    archive.next = ['drop', 503, 'drop', 429];
    const upload = createUpload(archive);
    await upload.add(drop(series(40)));
    expect((await ended(upload)).totals).toMatchObject({ kept: 40, failed: 0 });
    expect(archive.held.size).toBe(40);
  });

  test('a session that ended stops it; after signing in it goes on', async () => {
    const archive = fakeArchive();
    archive.next = [401, 401, 401];
    const upload = createUpload(archive);
    await upload.add(drop(series(60)));
    const stopped = await until(
      upload,
      ({ phase, totals }) => phase === 'signed-out' && totals.sending === 0,
    );
    expect(stopped.totals).toMatchObject({ failed: 0 });
    archive.next = [];
    upload.resume();
    expect((await ended(upload)).totals).toMatchObject({ kept: 60 });
  });

  test('a pause takes nothing new until it ends', async () => {
    const archive = fakeArchive();
    const upload = createUpload(archive);
    const adding = upload.add(drop(series(80)));
    upload.pause();
    await adding;
    const { totals } = await until(upload, (view) => view.totals.sending === 0 && !view.isLooking);
    expect(totals.kept).toBeLessThan(80);
    upload.resume();
    expect((await ended(upload)).totals.kept).toBe(80);
  });

  test('after a reload the same folder dropped again sends only what is missing', async () => {
    const archive = fakeArchive();
    await archive.kept.load('anna');
    archive.next = [undefined, 'silent', 'silent', 'silent'];
    const first = createUpload(archive);
    await first.add(drop(series(50)));
    const kept = (await until(first, ({ totals, isLooking }) => totals.kept > 0 && !isLooking)).totals.kept;
    expect(kept).toBeLessThan(50);

    const reloaded = fakeArchive();
    let known = 0;
    // The browser writes when it has time.
    while (known !== kept) {
      const { files } = await reloaded.kept.load('anna');
      known = files.filter(({ state }) => state.kind === 'kept').length;
    }
    const second = createUpload(reloaded);
    await second.load('anna');
    await until(second, ({ phase, totals }) => phase === 'unfinished' && totals.missing > 0);
    await second.add(drop(series(50)));
    await until(second, ({ phase, totals }) => phase === 'done' && totals.kept === 50);
    expect(reloaded.sizes.reduce((sum, size) => sum + size, 0)).toBe(50 - kept);
    expect([...reloaded.held].filter((uid) => archive.held.has(uid))).toEqual([]);
  });

  test('what was written down comes back for its account, and is wiped for another', async () => {
    const archive = fakeArchive();
    await archive.kept.load('anna');
    const state = { kind: 'kept', studyUid: '1.9', sha256: 'x' } as const;
    const [known, lost] = series(2);
    const written = (file: File, place: number) => ({
      id: `${file.name}\n${file.size}\n${file.lastModified}`,
      path: file.name,
      bytes: file.size,
      lastModified: file.lastModified,
      place,
    });
    await archive.kept.write([
      { ...written(known, 0), state },
      { ...written(lost, 1), state: { kind: 'missing' } },
    ]);
    const upload = createUpload({ ...archive, kept: openKeptQueue() });
    await upload.load('anna');
    await until(
      upload,
      ({ phase, totals }) => phase === 'unfinished' && totals.kept === 1 && totals.missing === 1,
    );
    await upload.add(drop([known, lost]));
    await until(upload, ({ totals, phase }) => totals.kept === 2 && phase === 'done');
    expect(archive.held).toEqual(new Set(['1.2.1']));

    await archive.kept.write([{ ...written(known, 0), state }]);
    const other = createUpload({ ...archive, kept: openKeptQueue() });
    await other.load('ben');
    expect(other.view().totals.files).toBe(0);
    expect((await openKeptQueue().load('ben')).files).toEqual([]);
  });

  test('the session is another’s by now: what was dropped before is neither shown nor sent under their name', async () => {
    const archive = fakeArchive();
    const upload = createUpload(archive);
    await upload.load('anna');
    archive.next = [401];
    await upload.add(drop(series(2)));
    await until(upload, ({ phase }) => phase === 'signed-out');
    await upload.load('anna');
    expect(upload.view().totals.files).toBe(2);
    await upload.load('ben');
    expect(upload.view()).toMatchObject({ phase: 'idle', totals: { files: 0 }, files: [] });
    upload.resume();
    await upload.add([]);
    expect(archive.held.size).toBe(0);
    expect((await openKeptQueue().load('ben')).files).toEqual([]);
  });

  test('the same content under another name is not sent again', async () => {
    const archive = fakeArchive();
    const upload = createUpload(archive);
    await upload.add(drop(series(3)));
    await ended(upload);
    archive.sizes = [];
    await upload.add(drop([dicom('renamed', '1.2.1')]));
    await until(upload, ({ totals, phase }) => totals.kept === 4 && phase === 'done');
    expect(archive.sizes).toEqual([]);
  });

  test('a study that the archive has lost meanwhile is told, and sent again when asked', async () => {
    const archive = fakeArchive();
    archive.missing = true;
    const upload = createUpload(archive);
    await upload.add(drop(series(3)));
    await until(upload, ({ totals }) => totals.mendable === 3);
    archive.missing = false;
    archive.held.clear();
    upload.retry();
    await until(upload, ({ totals, phase }) => totals.kept === 3 && phase === 'done');
    expect(archive.held.size).toBe(3);
  });

  test('a file that cannot be read is told, and tried again when asked', async () => {
    const archive = fakeArchive();
    const upload = createUpload(archive);
    const file = dicom('IM0', '1.2.0');
    let isThere = false;
    const read = file.arrayBuffer.bind(file);
    file.arrayBuffer = () => (isThere ? read() : Promise.reject(new DOMException('gone', 'NotFoundError')));
    await upload.add(drop([file]));
    expect((await ended(upload)).files[0]?.state).toEqual({ kind: 'failed', reason: 'unreadable' });
    isThere = true;
    upload.retry();
    await until(upload, ({ totals, phase }) => totals.kept === 1 && phase === 'done');
  });

  test('forgetting ends it and leaves nothing behind', async () => {
    const archive = fakeArchive();
    await archive.kept.load('anna');
    const upload = createUpload(archive);
    const adding = upload.add(drop(series(200)));
    await until(upload, ({ totals }) => totals.kept > 0);
    await upload.forget();
    await adding;
    const view = await until(upload, ({ phase }) => phase === 'idle');
    expect(view.totals.files).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await openKeptQueue().load('anna')).files).toEqual([]);
  });
});
