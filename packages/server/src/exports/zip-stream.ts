import { Zip, ZipPassThrough } from 'fflate';

/** A ZIP without compression (pixels hardly shrink), made as it is read. */
export async function* zipOf(
  files: AsyncIterable<{ readonly path: string; readonly bytes: Uint8Array }>,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    ready.push(chunk);
  });
  for await (const { path, bytes } of files) {
    const entry = new ZipPassThrough(path);
    // A date of our own would tell when the export was made of what: the least that ZIP knows.
    entry.mtime = '1980-01-02';
    zip.add(entry);
    entry.push(bytes, true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}
