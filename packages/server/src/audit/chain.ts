import { createHash } from 'node:crypto';
import type { AuditRecord } from './event.ts';

/** The place of a record in the chain. Before the first stands seq 0 with an empty hash. */
export interface Link {
  readonly seq: number;
  readonly hash: string;
}

/** Keys in order, at every depth: the same record is the same bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

/** Each record seals all before it. */
export const chainHash = (previous: string, body: string): string =>
  createHash('sha256').update(previous).update('\n').update(body).digest('hex');

/** The columns beside the body, by which records are found. */
export interface IndexColumns {
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: string;
  readonly studyUid: string | null;
  readonly patientKey: string | null;
}

/**
 * PostgreSQL takes neither U+0000 nor half a surrogate pair in a text. The body holds both escaped; in the columns
 * they are replaced, so that a hostile value cannot keep a deed from being recorded.
 */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

export const indexColumns = (record: AuditRecord): IndexColumns => ({
  at: record.at,
  action: record.action,
  outcome: record.outcome,
  actor: storable(record.actor),
  studyUid: record.studyUid === undefined ? null : storable(record.studyUid),
  patientKey: record.patientKey === undefined ? null : storable(record.patientKey),
});
