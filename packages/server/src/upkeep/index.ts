export { BackupDisturbed, type BackupOptions, type BackupResult, backup } from './backup.ts';
export { BackupDamaged, BackupRefused } from './backup-folder.ts';
export { type Cleared, type ClearOptions, clearRemovedBlobs } from './clear-removed.ts';
export { type FsckOptions, type FsckProblem, type FsckReport, fsck } from './fsck.ts';
export { type ResealOptions, type ResealReport, reseal } from './reseal.ts';
export { type RestoreOptions, type RestoreResult, restore, TargetNotEmpty } from './restore.ts';
