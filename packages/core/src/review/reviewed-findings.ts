import type { Findings, SpineOutline } from '../spine/index.ts';
import { absencesOf } from './absences.ts';
import { decidedEntries } from './decided-entries.ts';
import { type Given, withGiven } from './given-values.ts';
import type { Target } from './mark.ts';
import { inverse, relabelled, renamed } from './renumber.ts';
import type { Review } from './review.ts';
import type { Change, Reviewed, ReviewedEntry } from './reviewed.ts';
import { targetsOf } from './targets.ts';
import { underGeometry } from './under-geometry.ts';

/**
 * The reading as it stands after people's marks: measured again where they drew or placed something, renumbered,
 * corrected. `outline` is the reading's own (`outline.json`); without it outlines and landmarks change nothing and are
 * listed as unusable. Targets keep the reading's own names.
 *
 * A decision holds for the value that its maker had seen. Where that value came out otherwise by an outline or
 * landmark that they had not, the target is unreviewed again (`isStale`).
 */
export function reviewedFindings(
  findings: Findings,
  outline: SpineOutline | undefined,
  review: Review,
): Reviewed {
  const now = underGeometry(findings, outline, review.geometry);
  const readEntries = new Map(targetsOf(findings).map((e) => [e.target, e]));
  const { renumbering, names } = now;
  const entries = decidedEntries({
    findings,
    review,
    now,
    read: readEntries,
    plainNow: underGeometry(findings, outline, review.geometry, false),
    seenBy: (markId) => underGeometry(findings, outline, review.geometryFor(markId), false),
  });
  const byTarget = new Map(entries.map((e) => [e.target, e]));
  const given = new Map<Target, Given>();
  for (const { target, status, value, group, isGiven } of entries) {
    if (group === 'numbering') continue;
    if (status === 'rejected') given.set(target, undefined);
    else if (status === 'corrected' && isGiven) given.set(target, value);
  }
  const measured = withGiven(now.findings, given);
  const nameOf = (label: string): string => names.get(label) ?? renamed(names, label);
  const back = inverse(names);
  const named = entries.map(({ isGiven: _, ...entry }): ReviewedEntry => {
    const { level, kind, value, readAs } = entry;
    const isName = kind === 'level' && typeof value === 'string';
    return {
      ...entry,
      ...(level !== undefined && { level: nameOf(level) }),
      ...(isName && { value: nameOf(value) }),
      ...(isName && readAs === undefined && nameOf(value) !== value && { readAs: value }),
    };
  });
  const namedByTarget = new Map(named.map((e) => [e.target, e]));
  return {
    findings:
      renumbering.state === 'shifted' ? relabelled(measured, names, renumbering.lowestDisc) : measured,
    asRead: findings,
    entries: named,
    entry: (target) => namedByTarget.get(target),
    status: (target) => byTarget.get(target)?.status ?? 'unreviewed',
    changed: changesOf(entries, readEntries, renumbering.state === 'shifted'),
    nameOf,
    readName: (name) => back.get(name) ?? renamed(back, name),
    renumbering: review.lowestDisc.state === 'conflict' ? { state: 'conflict' } : renumbering,
    notAssessable: absencesOf(now.findings).map(({ level, ...rest }) => ({
      ...rest,
      ...(level !== undefined && { level: nameOf(level) }),
    })),
    unusable: now.unusable,
  };
}

function changesOf(
  entries: readonly (ReviewedEntry & { readonly isGiven: boolean })[],
  read: ReadonlyMap<Target, { readonly value?: unknown }>,
  isRenumbered: boolean,
): Change[] {
  return entries.flatMap(({ target, status, isGiven, isEdited, value, level }): Change[] => {
    const before = read.get(target);
    if (status === 'corrected' && isGiven) return [{ target, cause: 'given' }];
    if (before?.value !== undefined && value === undefined) return [{ target, cause: 'no-longer-measured' }];
    if (before?.value === undefined && value !== undefined) return [{ target, cause: 'measured-since' }];
    // Of the spine's own figures those between named vertebrae follow the names first of all.
    const isByNames = isRenumbered && level === undefined;
    if (before?.value !== value) return [{ target, cause: isEdited && !isByNames ? 'edited' : 'renumbered' }];
    return isRenumbered && level !== undefined ? [{ target, cause: 'renumbered' }] : [];
  });
}
