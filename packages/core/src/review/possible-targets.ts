/** What marks may speak of: results that some reading could have, and values that these could have. */
import { BINARY_GRADES, MUSCLES, VERTEBRAE } from '../spine/index.ts';
import type { GivenValue, Target } from './mark.ts';
import { levelInTarget, ORDINAL_GRADES, type TargetKind } from './targets.ts';
import { unitOf } from './units.ts';

const HEIGHTS = ['heights.anterior', 'heights.middle', 'heights.posterior'];
const FLAGS: readonly string[] = [...BINARY_GRADES, 'highIntensityZone'];
const GRADES: Readonly<Record<string, readonly number[]>> = { ...ORDINAL_GRADES, genant: [0, 1, 2, 3] };
const PLACES: readonly string[] = ['conusLevel', 'sacEnd'];

/** With six lumbar vertebrae, five or four. */
const DISCS = VERTEBRAE.flatMap((upper, i) => {
  const lower = VERTEBRAE[i + 1];
  const below = lower === undefined ? [] : [lower];
  return [...new Set([...below, ...(upper === 'L4' || upper === 'L5' ? (['S1'] as const) : [])])].map(
    (name) => levelInTarget(`${upper}/${name}`),
  );
});
const DISC_FIELDS = [
  ...FLAGS,
  ...Object.keys(ORDINAL_GRADES),
  ...HEIGHTS,
  ...['heightIndex', 'wedgeAngle', 'depth', 'area', 'signalRatio'],
  ...['posteriorProtrusion.depth', 'posteriorProtrusion.baseWidth'],
];
const AXIAL_FIELDS = [
  ...['sacArea', 'sacAnteroposterior', 'sacTransverse'],
  ...MUSCLES.flatMap((muscle) => [
    ...['right', 'left'].flatMap((side) => [`${muscle}.${side}.area`, `${muscle}.${side}.fatFraction`]),
    `${muscle}.asymmetry`,
  ]),
];

const over = (group: string, places: readonly string[], fields?: readonly string[]): Target[] =>
  places.flatMap((place) =>
    fields === undefined ? [`${group}/${place}`] : fields.map((field) => `${group}/${place}/${field}`),
  );
const TARGETS: ReadonlySet<Target> = new Set([
  'numbering',
  ...over('alignment', ['lordosisL1S1', 'lordosisL4S1', 'sacralSlope', ...PLACES]),
  ...over('vertebra', VERTEBRAE, [...HEIGHTS, 'genant', 'heightLoss', 'wedgeAngle', 'depth', 'signalToSac']),
  ...over('disc', DISCS, DISC_FIELDS),
  ...over('canal', DISCS, ['sacDiameter', 'canalDiameter', 'sacToCanalRatio', 'csfFraction']),
  ...over('slip', DISCS),
  ...over('segment', DISCS),
  ...over('axial', DISCS, AXIAL_FIELDS),
]);

/** Every result that some reading could have, whatever the number of lumbar vertebrae. */
export const possibleTargets = (): readonly Target[] => [...TARGETS];

/**
 * Whether any reading could have the result. Marks of other names come from a client that is not ours: the report could
 * not name what they say, and of made-up names there is no end.
 */
export const isTarget = (target: Target): boolean => TARGETS.has(target);

export function kindOf(target: Target): TargetKind {
  if (target === 'numbering') return 'numbering';
  const field = target.split('/').at(-1) ?? '';
  if (PLACES.includes(field)) return 'level';
  if (field in GRADES) return 'grade';
  return unitOf(target) === undefined ? 'flag' : 'measurement';
}

/** `L1`, `L1/L2`, `below S1`; people's names go one beyond the reading's at both ends. */
const PLACE = /^(below )?(T\d{1,2}|L\d|S\d)(\/(T\d{1,2}|L\d|S\d))?$/;

export function canBe(target: Target, value: GivenValue): boolean {
  switch (kindOf(target)) {
    case 'grade':
      return GRADES[target.split('/').at(-1) ?? '']?.includes(value as number) === true;
    case 'flag':
      return typeof value === 'boolean';
    case 'measurement':
      return typeof value === 'number' && Number.isFinite(value);
    default:
      return typeof value === 'string' && PLACE.test(value);
  }
}
