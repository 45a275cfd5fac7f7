/** What an export would hold back, said before anything leaves. */
import { type Identity, reaches, reachOf } from '../access/index.ts';
import { ownerOf } from '../archive/index.ts';
import { type AuditEvent, appendAudit } from '../audit/index.ts';
import type { Consents, Standing } from '../consent/index.ts';
import type { ExportPorts, ExportRequest } from './study-exports.ts';

/** `absent`: there is no such study, or none that this identity may export; both look alike. */
export interface StudyPreview {
  readonly studyUid: string;
  readonly standing: Standing | 'absent';
}

export type PreviewPorts = Pick<ExportPorts, 'database' | 'now'> & {
  readonly consents: Pick<Consents, 'standing'>;
};

/** In the order asked for, each once. That it was asked stands in the audit, as what patients said is told. */
export function previewExport(
  identity: Identity,
  { studyUids, scope }: Pick<ExportRequest, 'studyUids' | 'scope'>,
  { database, consents, now }: PreviewPorts,
): Promise<StudyPreview[]> {
  const { actor, address } = identity;
  const by = { actor, ...(address === undefined ? {} : { address }) };
  const reach = reachOf(identity, 'export');
  return database.transaction(async (sql) => {
    const told: StudyPreview[] = [];
    const events: AuditEvent[] = [];
    for (const studyUid of new Set(studyUids)) {
      const owner = await ownerOf(sql, studyUid);
      if (owner === undefined || !reaches(reach, owner)) {
        told.push({ studyUid, standing: 'absent' });
        if (owner === undefined) continue;
        const detail = { deed: 'export' };
        events.push({ ...by, action: 'refusal', outcome: 'refused', studyUid, detail });
        continue;
      }
      const { patientKey, projectId } = owner;
      const standing = await consents.standing(sql, patientKey, scope, projectId);
      told.push({ studyUid, standing });
      const detail = { purpose: 'consent', scope, standing };
      events.push({ ...by, action: 'read', outcome: 'success', studyUid, patientKey, detail });
    }
    if (events.length > 0) await appendAudit(sql, now(), ...events);
    return told;
  });
}
