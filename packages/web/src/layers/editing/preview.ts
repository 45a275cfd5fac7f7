/** What an edited outline changes in what is measured on it, before the mark is made. */
import { quantitiesOf, type SpineOutline } from '@promontory/core/spine';

export interface QuantityChange {
  /** `L4 anterior`, `L4/L5 wedge`, `lordosis L1-S1`, as `quantitiesOf` names them. */
  readonly name: string;
  readonly before?: number;
  readonly after?: number;
  readonly unit: 'mm' | 'mm2' | 'deg' | 'percent' | 'ratio';
}

const UNITS: Readonly<Record<string, QuantityChange['unit']>> = {
  wedge: 'deg',
  segment: 'deg',
  loss: 'percent',
  'slip%': 'percent',
  area: 'mm2',
  index: 'ratio',
  'sac/canal': 'ratio',
};

/** Smaller changes are not told. */
const LEAST: Readonly<Record<QuantityChange['unit'], number>> = {
  mm: 0.05,
  mm2: 1,
  deg: 0.05,
  percent: 0.1,
  ratio: 0.005,
};

export function unitOf(name: string): QuantityChange['unit'] {
  if (name.startsWith('lordosis') || name === 'sacral slope') return 'deg';
  return UNITS[name.split(' ').at(-1) ?? ''] ?? 'mm';
}

/** Largest first, each change in its own unit's least step. Only where millimetres hold. */
export function quantityChanges(before: SpineOutline, after: SpineOutline): QuantityChange[] {
  if (!before.millimetresValid) return [];
  const [old, now] = [quantitiesOf(before), quantitiesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => {
      const [b, a] = [old.get(name), now.get(name)];
      const unit = unitOf(name);
      const size =
        b === undefined || a === undefined ? Number.POSITIVE_INFINITY : Math.abs(a - b) / LEAST[unit];
      return {
        name,
        unit,
        size,
        ...(b !== undefined && { before: b }),
        ...(a !== undefined && { after: a }),
      };
    })
    .filter(({ size }) => size >= 1)
    .sort((a, b) => b.size - a.size)
    .map(({ size: _, ...change }) => change);
}
