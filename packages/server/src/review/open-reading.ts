import { Findings, readSpineOutline, type SpineOutline } from '@promontory/core/spine';
import { type Blobs, readAll } from '../ports/blobs/index.ts';
import type { ReadingRecord } from '../readings/index.ts';
import { ReviewRefused } from './review-refused.ts';

export interface OpenedReading {
  readonly findings: Findings;
  /** Readings of earlier versions have none. */
  readonly outline?: SpineOutline;
}

/** What a review is of, from the bytes that were kept. @throws ReviewRefused no-such-reading */
export async function openReading(reading: ReadingRecord, blobs: Blobs): Promise<OpenedReading> {
  const json = async (name: string): Promise<unknown> => {
    const file = reading.files.find((of) => of.name === name);
    if (file === undefined) return undefined;
    const bytes = await readAll(await blobs.open(file.sha256));
    return JSON.parse(new TextDecoder().decode(bytes));
  };
  const findings = Findings.safeParse(await json('findings.json'));
  if (!findings.success)
    throw new ReviewRefused('no-such-reading', 'The findings of this reading cannot be read.');
  const outline = await json('outline.json');
  return {
    findings: findings.data,
    ...(outline !== undefined && { outline: readSpineOutline(outline) }),
  };
}
