/**
 * A server for tests that is killed in the middle: opens the archive of a folder (and of a database, where one is
 * given), takes the study that waits there into a reading process that never ends, says so, and stays.
 */
import { join } from 'node:path';
import { openPglite, openPostgres } from '../ports/database/index.ts';
import { readingProcess } from './reading-process.ts';
import { serverOver } from './readings.testing.ts';

const [folder = '', url] = process.argv.slice(2);
const database = url === undefined ? await openPglite(join(folder, 'database')) : openPostgres(url);
const room = await serverOver(database, folder).open();
const read = readingProcess({ entry: new URL('./misbehaving.testing.ts', import.meta.url) });
await room.work({
  read: (files, call) =>
    read(files, {
      ...call,
      progress: (stage) => process.stdout.write(`reading in ${stage.split(' ')[0]}\n`),
    }),
});
