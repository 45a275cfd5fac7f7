/** What the commands of upkeep share: settings, storage, progress, and errors in our words. */
import { resolve } from 'node:path';
import type { Command, Values } from '../command.ts';
import { text } from '../option-values.ts';
import type { Ports } from '../ports.ts';
import { type Progress, startProgress } from '../progress.ts';
import { openStorage, type Storage } from './open-storage.ts';
import { readSettings } from './settings.ts';
import { defaultDataFolder, startFault } from './start-fault.ts';

export const UPKEEP_OPTIONS = {
  data: { type: 'string' },
  settings: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
} as const satisfies Command['options'];

/** Runs over the opened archive and closes it. @throws Fault START_REFUSED where it cannot be opened */
export async function overStorage<T>(
  values: Values,
  ports: Ports,
  work: (storage: Storage, progress: Progress) => Promise<T>,
  schema: 'migrate' | 'leave' = 'migrate',
): Promise<T> {
  const settings = readSettings(text(values, 'settings'));
  const data = resolve(text(values, 'data') ?? settings.data ?? defaultDataFolder());
  const progress = startProgress(ports, values.quiet === true);
  try {
    progress.step('Opening the archive');
    const storage = await openStorage(data, settings, process.env, ports.now, schema);
    try {
      return await work(storage, progress);
    } finally {
      await storage.close();
    }
  } catch (error) {
    throw startFault(error);
  } finally {
    progress.end();
  }
}
