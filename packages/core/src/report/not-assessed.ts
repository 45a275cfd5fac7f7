import { BINARY_GRADES, type Findings, REASONS } from '../spine/index.ts';
import { binaryInWords } from './level-reading.ts';
import { measureInWords, reasonInWords, sentenceCase } from './words.ts';

/** What the reader must not take for normal, grouped by the reason why it is absent. */
export interface NotAssessed {
  readonly why: string;
  readonly items: readonly {
    readonly what: string;
    /** Levels or vertebrae concerned; empty where it holds for all of them. */
    readonly where: readonly string[];
  }[];
}

/** What this software never looks at, whatever the study holds. */
export const OUT_OF_SCOPE: readonly string[] = [
  'nerve roots, foramina, lateral recesses and facet joints',
  'grade of canal narrowing',
  'signal of the cord and cauda equina',
  'tumour, infection, inflammation and the age of a fracture',
  'sacroiliac joints, vessels and abdominal organs',
];

/** What is looked at on axial T2-weighted slices alone. */
export const NEEDS_AXIAL: readonly string[] = ['cross-section of the dural sac', 'muscles'];

/** `psoas.left.area` and the like, by muscle: one line for what fails together. */
function sidesTogether(notMeasured: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(notMeasured).map(([field, reason]) => {
      const [muscle, side] = field.split('.');
      return [side === 'left' || side === 'right' ? `${muscle}.${side}` : field, reason];
    }),
  );
}

/** Everything absent from this document with its reason, in words. */
export function notAssessed(findings: Findings): NotAssessed[] {
  const groups = new Map<string, Map<string, string[]>>();
  const note = (what: string, reason: string | undefined, where?: string): void => {
    if (reason === REASONS.notApplicable) return;
    const why = reasonInWords(reason);
    const items = groups.get(why) ?? new Map<string, string[]>();
    items.set(what, [...(items.get(what) ?? []), ...(where === undefined ? [] : [where])]);
    groups.set(why, items);
  };
  const noteFields = (subject: string, fields: Readonly<Record<string, string>>, where?: string): void => {
    for (const [field, reason] of Object.entries(fields)) {
      note(sentenceCase(`${subject}${measureInWords(field)}`), reason, where);
    }
  };

  for (const { label, grades, notMeasured } of findings.discs) {
    if (grades.pfirrmann.abstained) note('Pfirrmann grade', grades.pfirrmann.reason, label);
    if (grades.modic.abstained) note('Modic type', grades.modic.reason, label);
    for (const name of BINARY_GRADES) {
      if (grades[name].abstained) note(binaryInWords(name), grades[name].reason, label);
    }
    noteFields('disc ', notMeasured, label);
  }
  for (const { label, notMeasured } of findings.vertebrae) noteFields('vertebral ', notMeasured, label);
  for (const { level, notMeasured } of findings.canal) noteFields('', notMeasured, level);
  noteFields('', findings.alignment.notMeasured);
  if (findings.axial === undefined) {
    for (const what of NEEDS_AXIAL) note(sentenceCase(what), REASONS.needsAxial);
  }
  for (const { level, notMeasured } of findings.axial ?? [])
    noteFields('', sidesTogether(notMeasured), level);

  // S1 has no lower endplate, so "all vertebrae" is said when all but S1 are concerned, too.
  const everywhere = new Set([findings.discs.length, findings.vertebrae.length]);
  const bodies = findings.vertebrae.filter((v) => v.label !== 'S1').length;
  return [...groups].map(([why, items]) => ({
    why,
    items: [...items].map(([what, where]) => ({
      what,
      where:
        everywhere.has(where.length) || (what.startsWith('Vertebral') && where.length >= bodies) ? [] : where,
    })),
  }));
}
