import { appendAudit } from '../../audit/index.ts';
import type { Database } from '../../ports/database/index.ts';

/** A whole archive that was copied out or brought back stands in the audit like any other export. */
export const noteExport = (
  database: Database,
  now: Date,
  deed: 'backup' | 'restore',
  { rows, blobs }: { readonly rows: number; readonly blobs: number },
): Promise<void> =>
  database.transaction((sql) =>
    appendAudit(sql, now, {
      action: deed === 'backup' ? 'export' : 'settings',
      outcome: 'success',
      actor: 'system',
      detail: { deed, rows, blobs },
    }),
  );
