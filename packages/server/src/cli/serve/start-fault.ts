import { homedir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '@promontory/core/fault';

/** Where programs keep a person's data. */
export const defaultDataFolder = (): string =>
  join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'promontory');

/** Errors of the server's rooms whose words are ours, for the person who starts it. */
const OURS = new Set([
  'DataFolderInUse',
  'DataFolderRefused',
  'SecretRefused',
  'KeyFileRefused',
  'SchemaTooNew',
  'DimseRefused',
  'DatabaseUnavailable',
  'ProviderUnavailable',
  'BlobsUnavailable',
  'PacsRefused',
  'PacsAnswerUnusable',
  'BackupRefused',
  'BackupDamaged',
  'BackupDisturbed',
  'TargetNotEmpty',
  'StorageFull',
  'AnchorTooNear',
  'NoAnchor',
]);

/** @returns a Fault in our words, or the error as it was */
export function startFault(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (OURS.has(error.name)) return new Fault('START_REFUSED', error.message, { cause: error });
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'listen')
    return new Fault('START_REFUSED', `The address cannot be listened on (${code})`, {
      advice:
        code === 'EADDRINUSE'
          ? 'Another program has the port; choose one with --port.'
          : 'Choose another host or port.',
      cause: error,
    });
  return error;
}
