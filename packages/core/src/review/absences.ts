import { type Findings, REASONS } from '../spine/index.ts';
import type { Absence } from './reviewed.ts';
import { levelInTarget, type TargetGroup } from './targets.ts';

/** Every figure that a document does not have, with its reason, by the document's own names. */
export function absencesOf({ vertebrae, discs, canal, axial, alignment }: Findings): Absence[] {
  const absences: Absence[] = [];
  const note = (group: TargetGroup, level: string | undefined, field: string, reason: string): void => {
    if (reason === REASONS.notApplicable) return;
    const place = level === undefined ? '' : `/${levelInTarget(level)}`;
    const isWhole = group === 'slip' || group === 'segment';
    const target = `${group}${place}${isWhole ? '' : `/${field}`}`;
    absences.push({ target, group, ...(level !== undefined && { level }), field, reason });
  };
  const all = (group: TargetGroup, level: string, reasons: Readonly<Record<string, string>>): void => {
    for (const [field, reason] of Object.entries(reasons)) note(group, level, field, reason);
  };
  for (const [field, reason] of Object.entries(alignment.notMeasured)) {
    const [list, level] = [field.slice(0, field.indexOf('.')), field.slice(field.indexOf('.') + 1)];
    if (list === 'slips') note('slip', level, 'slip', reason);
    else if (list === 'segmental') note('segment', level, 'angle', reason);
    else note('alignment', undefined, field, reason);
  }
  for (const { label, notMeasured } of vertebrae) all('vertebra', label, notMeasured);
  for (const { label, notMeasured } of discs) all('disc', label, notMeasured);
  for (const { level, notMeasured } of canal) all('canal', level, notMeasured);
  if (axial === undefined) note('axial', undefined, 'axial', REASONS.needsAxial);
  for (const { level, notMeasured } of axial ?? []) all('axial', level, notMeasured);
  return absences;
}
