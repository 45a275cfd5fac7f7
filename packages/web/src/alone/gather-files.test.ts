import { expect, test } from 'vitest';
import { type DroppedEntry, filesOfDrop, filesOfInput } from './gather-files.ts';

const fileEntry = (fullPath: string, opens = true): DroppedEntry => ({
  isFile: true,
  isDirectory: false,
  fullPath,
  file: (receive, fail) => (opens ? receive(new File([fullPath], fullPath)) : fail(new Error('closed'))),
});
/** Gives its entries a hundred at a time, as browsers do. */
function folder(fullPath: string, entries: readonly DroppedEntry[]): DroppedEntry {
  return {
    isFile: false,
    isDirectory: true,
    fullPath,
    createReader: () => {
      let at = 0;
      return {
        readEntries: (receive) => {
          receive(entries.slice(at, at + 100));
          at += 100;
        },
      };
    },
  };
}
const paths = async (...entries: (DroppedEntry | File)[]) =>
  (await filesOfDrop(entries)).files.map(({ path }) => path).sort();

test('folders within folders, more than a hundred files', async () => {
  const many = Array.from({ length: 250 }, (_, i) => fileEntry(`/s/t2/${i}`));
  const found = await paths(folder('/s', [folder('/s/t2', many), fileEntry('/s/DICOMDIR')]));
  expect(found).toHaveLength(251);
  expect(found).toContain('/s/DICOMDIR');
});

test('a file that cannot be opened is left out, an empty folder holds nothing', async () => {
  expect(await paths(fileEntry('/a'), fileEntry('/b', false), folder('/c', []))).toEqual(['/a']);
});

test('a hostile name is a path like any other', async () => {
  const name = '/../../<img src=x onerror=alert(1)>';
  expect(await paths(fileEntry(name))).toEqual([name]);
});

test('a chosen folder is one thing that was named, chosen files are several', () => {
  const inFolder = (path: string) =>
    Object.defineProperty(new File([''], 'f'), 'webkitRelativePath', { value: path });
  const list = (files: File[]) => files as unknown as FileList;
  expect(filesOfInput(list([inFolder('s/a'), inFolder('s/b')])).named).toBe(1);
  expect(filesOfInput(list([new File([''], 'a'), new File([''], 'b')])).named).toBe(2);
});
