/** Readings of a study as the server gives them, and the files of one. */
import { Findings, readSpineOutline } from '@promontory/core/spine';
import { getJson, request, sendJson } from '../server/index.ts';
import type { OpenReading } from './open-study.ts';

export interface ReadingRecord {
  readonly readingId: string;
  readonly createdAt: string;
  readonly status: 'unreviewed' | 'superseded' | 'failed';
  readonly outcome: 'read' | 'refused' | 'failed';
  readonly softwareVersion: string;
  readonly models: readonly { readonly id: string; readonly version: string; readonly sha256: string }[];
  readonly inputSha256: string;
  readonly instanceCount: number;
  readonly findingsSha256?: string;
  readonly refusal?: { readonly code: string; readonly message?: string };
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly href: string }[];
}

export interface ReadingJob {
  readonly jobId: string;
  readonly studyUid: string;
  readonly state: 'scheduled' | 'in-progress' | 'completed' | 'cancelled' | 'failed';
  readonly stage?: string;
  readonly done?: number;
  readonly total?: number;
  readonly reason?: string;
}

/** The latest first. */
export interface Readings {
  readonly readings: readonly ReadingRecord[];
  readonly jobs: readonly ReadingJob[];
}

export const listReadings = (study: string, signal?: AbortSignal): Promise<Readings> =>
  getJson(`/api/studies/${encodeURIComponent(study)}/readings`, signal);

export const askForReading = (study: string): Promise<ReadingJob> =>
  sendJson('POST', `/api/studies/${encodeURIComponent(study)}/readings`, {});

/** The one that the study is opened with. One that was superseded is not: its study has grown since. */
export function newestRead({ readings }: Readings): ReadingRecord | undefined {
  return readings.find(({ outcome, status }) => outcome === 'read' && status !== 'superseded');
}

export async function openReading(record: ReadingRecord): Promise<OpenReading> {
  const hrefOf = (name: string): string | undefined => record.files.find((file) => file.name === name)?.href;
  const findingsHref = hrefOf('findings.json');
  if (findingsHref === undefined) throw new Error('A reading without findings');
  const outlineHref = hrefOf('outline.json');
  const [findings, outline] = await Promise.all([
    getJson<unknown>(findingsHref),
    outlineHref === undefined ? undefined : getJson<unknown>(outlineHref),
  ]);
  return {
    readingId: record.readingId,
    createdAt: record.createdAt,
    findings: Findings.parse(findings),
    ...(outline !== undefined && { outline: readSpineOutline(outline) }),
    async segmentation() {
      const href = hrefOf('segmentation.nii.gz');
      if (href === undefined) throw new Error('A reading without segmentation');
      return new Uint8Array(await (await request(href)).arrayBuffer());
    },
  };
}
