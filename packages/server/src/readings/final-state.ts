/** What must be said of a step before it may end: the final state codes of PS3.4 table CC.2.5-3. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { itemsOf } from './step-attributes.ts';

interface Requirement {
  readonly sequence: string;
  readonly key: string;
  readonly name: string;
  /** May be there without a value. */
  readonly mayBeEmpty?: true;
}

const PERFORMED = '00741216';
const PROGRESS = '00741002';

/** Code P. Of those with code R each has a value from its creation on; whether what has code RC is known, nobody can tell. */
const FOR_COMPLETED: readonly Requirement[] = [
  { sequence: PERFORMED, key: '00404028', name: 'Performed Station Name Code Sequence' },
  { sequence: PERFORMED, key: '00404050', name: 'Performed Procedure Step Start DateTime' },
  { sequence: PERFORMED, key: '00404051', name: 'Performed Procedure Step End DateTime' },
  { sequence: PERFORMED, key: '00404019', name: 'Performed Workitem Code Sequence' },
  { sequence: PERFORMED, key: '00404033', name: 'Output Information Sequence', mayBeEmpty: true },
];
/** Code X. Procedure Step Cancellation DateTime (0040,4052) is filled in where it has no value. */
const FOR_CANCELED: readonly Requirement[] = [
  { sequence: PROGRESS, key: '0074100E', name: 'Procedure Step Discontinuation Reason Code Sequence' },
];

/** Names of the attributes without which the step may not get into the state. */
export function missingFor(state: 'COMPLETED' | 'CANCELED', step: JsonDataSet): string[] {
  return (state === 'COMPLETED' ? FOR_COMPLETED : FOR_CANCELED)
    .filter(({ sequence, key, mayBeEmpty }) => {
      const element = itemsOf(step, sequence)[0]?.[key];
      if (element === undefined) return true;
      return mayBeEmpty !== true && !(element.Value ?? []).some((value) => value !== null && value !== '');
    })
    .map(({ name }) => name);
}

/** The cancellation has a time. */
export function withCancellationTime(step: JsonDataSet, dateTime: string): JsonDataSet {
  const [item = {}] = itemsOf(step, PROGRESS);
  if (item['00404052']?.Value !== undefined) return step;
  return {
    ...step,
    [PROGRESS]: { vr: 'SQ', Value: [{ ...item, '00404052': { vr: 'DT', Value: [dateTime] } }] },
  };
}
