import type { ReportContent } from '@promontory/core/review';
import { getJson, sendJson } from '../server/index.ts';

/** A signed version of the report, without its content. The first version first. */
export interface SignedReport {
  readonly reportId: string;
  readonly version: number;
  readonly kind: 'signed' | 'amended';
  readonly signedBy: string;
  readonly signedByName: string;
  readonly signedAt: string;
  /** Marks up to this one stand in it. */
  readonly sequence: number;
  readonly readingId?: string;
  readonly sha256: string;
  readonly reason?: string;
}

export interface Signature {
  readonly readingId?: string;
  /** Of the last mark that the signer has seen. */
  readonly sequence: number;
  readonly language: string;
  /** Who attests it: another may have signed in since, in another tab. */
  readonly signer: string;
  readonly reason?: string;
}

const path = (study: string): string => `/api/studies/${encodeURIComponent(study)}/reports`;

export const listReports = async (study: string, signal?: AbortSignal): Promise<readonly SignedReport[]> =>
  (await getJson<{ readonly reports: readonly SignedReport[] }>(path(study), signal)).reports;

/** The server folds the marks itself: what it signs is what it keeps. @throws ServerRefusal of CHANGED, CONFLICTS, REASON_NEEDED and others */
export const signReport = (study: string, signature: Signature): Promise<SignedReport> =>
  sendJson('POST', path(study), { ...signature, attested: true });

export const readReport = (reportId: string): Promise<SignedReport & { readonly content: ReportContent }> =>
  getJson(`/api/reports/${encodeURIComponent(reportId)}`);
