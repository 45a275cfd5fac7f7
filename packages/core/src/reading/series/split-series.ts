import { Tag } from '../../dicom/index.ts';
import type { Warning } from '../../fault/index.ts';
import { buildStacks, type Stack } from '../../geometry/index.ts';
import { compareFrames, contrastKey, type FrameRecord } from './frames.ts';

/** Frames of one contrast of a series with their stacks, largest first. */
export interface SeriesPart {
  /** `undefined` where the series has one contrast only. */
  readonly part: string | undefined;
  readonly frames: readonly FrameRecord[];
  readonly stacks: readonly Stack[];
  readonly warnings: readonly Warning[];
}

/**
 * Sorts the frames of one series into stacks. Where slices lie at the same place the series is first split by what
 * tells its contrasts apart (echo, water and fat, …); only what still coincides is a duplicate. The same instance twice
 * is dropped.
 */
export function splitSeries(frames: readonly FrameRecord[]): SeriesPart[] {
  const { kept, repeated } = dropRepeated([...frames].sort(compareFrames));
  const whole = partOf(kept, undefined, repeated);
  if (whole.stacks.every((s) => s.duplicates.length === 0)) return [whole];
  const byKey = Map.groupBy(kept, contrastKey);
  if (byKey.size === 1) return [whole];
  return [...byKey.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => partOf(group, key, repeated));
}

function partOf(frames: readonly FrameRecord[], part: string | undefined, repeated: number): SeriesPart {
  const stacks = buildStacks(frames.map((f) => f.geometry));
  const warnings: Warning[] = [];
  const seen = new Set<string>();
  for (const warning of stacks.flatMap((s) => s.warnings)) {
    // Stacks of one series often warn alike.
    if (seen.has(warning.code + warning.message)) continue;
    seen.add(warning.code + warning.message);
    warnings.push(warning);
  }
  if (repeated > 0) {
    warnings.push({
      code: 'SLICES_DUPLICATED',
      message: `${repeated} instances are in the input more than once.`,
    });
  }
  return { part, frames, stacks, warnings };
}

/** Of instances with one UID the one that was not cut off is kept, else the first. */
function dropRepeated(frames: readonly FrameRecord[]): { kept: FrameRecord[]; repeated: number } {
  const byInstance = new Map<string, FrameRecord>();
  const kept: FrameRecord[] = [];
  const files = new Set<object>();
  for (const frame of frames) {
    const uid = frame.source.file.dataSet.text(Tag.SOPInstanceUID);
    if (uid === undefined) {
      kept.push(frame);
      continue;
    }
    const key = `${uid}/${frame.frame}`;
    const other = byInstance.get(key);
    if (other === undefined) byInstance.set(key, frame);
    else {
      const worse = isTruncated(other) && !isTruncated(frame) ? other : frame;
      byInstance.set(key, worse === other ? frame : other);
      files.add(worse.source);
    }
  }
  return { kept: [...kept, ...byInstance.values()].sort(compareFrames), repeated: files.size };
}

const isTruncated = (frame: FrameRecord): boolean =>
  frame.source.file.warnings.some((w) => w.code === 'FILE_TRUNCATED');
