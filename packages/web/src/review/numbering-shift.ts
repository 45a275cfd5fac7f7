import { VERTEBRAE } from '@promontory/core/spine';

/** Names that the lowest disc can have, from the head; `S1/S2` where counting began too low. */
const LOWEST: readonly string[] = [
  ...VERTEBRAE.filter((each) => each !== 'L6').flatMap((upper, at, all) => {
    const lower = all[at + 1];
    return lower === undefined ? [] : [`${upper}/${lower}`];
  }),
  'S1/S2',
];

/**
 * The lowest disc's name when every name moves by one towards the head (-1) or the feet (+1), of five lumbar vertebrae;
 * from `L6/S1` and `L4/S1` it goes to the neighbours that they stand for.
 */
export function shifted(lowestDisc: string, by: 1 | -1): string | undefined {
  const [upper = ''] = lowestDisc.split('/');
  const at = LOWEST.indexOf(lowestDisc);
  if (at !== -1) return LOWEST[at + by];
  if (upper === 'L6') return by === -1 ? 'L5/S1' : 'S1/S2';
  if (upper === 'L4') return by === -1 ? 'L3/L4' : 'L5/S1';
  return undefined;
}
