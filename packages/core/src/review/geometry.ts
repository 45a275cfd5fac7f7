import type { AnyMark } from './any-mark.ts';
import type { Geometry, OutlineValue, PointMm } from './review.ts';
import { type SlotName, slotOf } from './slot.ts';
import { Standing } from './standing.ts';

/** A mark that sets an outline, a landmark or the numbering, or takes one back. */
export interface GeometryMark {
  readonly mark: AnyMark;
  /** Among all marks of the study, in their order. */
  readonly place: number;
  readonly name: Extract<SlotName, { kind: 'outline' | 'landmark' | 'renumber' }>;
  readonly value: unknown;
}

/** Those that the maker of a mark had before the eyes: own ones made before it, and of others what had been seen. */
export const seenBy = (mark: AnyMark, place: number, marks: readonly GeometryMark[]): GeometryMark[] =>
  marks.filter(
    ({ mark: m, place: at }) =>
      at < place && (m.author === mark.author || (m.sequence !== undefined && m.sequence <= mark.seen)),
  );

export function geometryOf(marks: readonly GeometryMark[]): Geometry {
  const slots = new Map<string, { name: GeometryMark['name']; standing: Standing<unknown> }>();
  for (const { mark, name, value } of marks) {
    const key = JSON.stringify(name);
    const slot = slots.get(key) ?? { name, standing: new Standing<unknown>() };
    slots.set(key, slot);
    slot.standing.set(mark, value);
  }
  const outlines: Geometry['outlines'][number][] = [];
  const landmarks: Partial<Record<'conusLevel' | 'sacEnd', PointMm>> = {};
  const keys: string[] = [];
  let lowestDisc: string | undefined;
  for (const [key, { name, standing }] of slots) {
    const slot = slotOf(standing.claims);
    if (slot.state !== 'set') continue;
    keys.push(`${key} ${JSON.stringify(slot.value)}`);
    // The values of a slot are those of its kind: no other deed sets it.
    if (name.kind === 'renumber') lowestDisc = slot.value as string;
    else if (name.kind === 'landmark') landmarks[name.name] = slot.value as PointMm;
    else {
      const { structure, label } = name;
      outlines.push({
        structure,
        ...(label !== undefined && { label }),
        outline: slot.value as OutlineValue,
      });
    }
  }
  return {
    key: keys.sort().join('\n'),
    outlines,
    landmarks,
    ...(lowestDisc !== undefined && { lowestDisc }),
  };
}
