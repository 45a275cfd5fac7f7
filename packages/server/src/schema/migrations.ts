/** Forward only: a released migration is never changed, a new one is added below it. */

import { AUDIT } from './0001-audit.ts';
import { ACCESS } from './0002-access.ts';
import { ARCHIVE } from './0003-archive.ts';
import { AUDIT_EXPORT } from './0004-audit-export.ts';
import { CONSENT } from './0005-consent.ts';
import { READINGS } from './0006-readings.ts';
import { PACS } from './0007-pacs.ts';
import { WORKLIST } from './0008-worklist.ts';
import { RECOVERY_CODES } from './0009-recovery-codes.ts';
import { REVIEW } from './0010-review.ts';
import { STUDY_WORKLIST } from './0011-study-worklist.ts';
import type { Migration } from './migration.ts';

export const MIGRATIONS: readonly Migration[] = [
  AUDIT,
  ACCESS,
  ARCHIVE,
  AUDIT_EXPORT,
  CONSENT,
  READINGS,
  PACS,
  WORKLIST,
  RECOVERY_CODES,
  REVIEW,
  STUDY_WORKLIST,
];
