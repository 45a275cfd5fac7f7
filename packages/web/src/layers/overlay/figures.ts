/** The few figures of a structure that are told where it is pointed at: as they stand after people's marks. */
import type { Reviewed, ReviewedEntry } from '@promontory/core/review';
import type { DrawnOutline } from './use-outlines.ts';

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  disc: ['pfirrmann', 'heights.middle', 'posteriorProtrusion.depth'],
  body: ['heights.anterior', 'heights.posterior', 'wedgeAngle'],
};

/** @param outline by the reading's own name of its level */
export function figuresOf(
  { structure, label }: Pick<DrawnOutline, 'structure' | 'label'>,
  reviewed: Pick<Reviewed, 'entry'> | undefined,
): ReviewedEntry[] {
  if (label === undefined || reviewed === undefined) return [];
  const group = structure === 'body' ? 'vertebra' : 'disc';
  return (FIELDS[structure] ?? []).flatMap((field) => {
    const entry = reviewed.entry(`${group}/${label.replace('/', '~')}/${field}`);
    return entry?.value === undefined ? [] : [entry];
  });
}
