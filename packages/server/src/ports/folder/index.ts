export { type DataFolder, DataFolderRefused, openDataFolder } from './data-folder.ts';
export { DataFolderInUse, lockFile } from './folder-lock.ts';
export { SecretRefused, type Secrets } from './secrets.ts';
