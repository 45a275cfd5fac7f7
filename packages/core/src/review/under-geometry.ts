import { type Findings, measureSpine, type SpineOutline } from '../spine/index.ts';
import { levelOfPlace } from './kept-signals.ts';
import { measureAgain } from './measured-again.ts';
import { isNameable, type Names, renumberingOf } from './renumber.ts';
import type { Geometry } from './review.ts';
import type { Renumbering, Reviewed } from './reviewed.ts';
import type { OutlineStructure } from './slot.ts';

/** A reading as it comes out under one state of outlines, landmarks and numbering. */
export interface UnderGeometry {
  /** By the reading's own names, but what spans named vertebrae (lordosis) spans those that are named so now. */
  readonly findings: Findings;
  readonly names: Names;
  readonly renumbering: Renumbering;
  readonly unusable: Reviewed['unusable'];
  isEdited(structure: OutlineStructure, label?: string): boolean;
}

/** Of so many states the results are kept: measuring takes a tenth of a second, values alone some milliseconds. */
const KEPT_STATES = 200;
const states = new WeakMap<Findings, Map<string, UnderGeometry>>();
const outlineIds = new WeakMap<SpineOutline, number>();
let lastOutlineId = 0;

function idOf(outline: SpineOutline | undefined): number {
  if (outline === undefined) return 0;
  const id = outlineIds.get(outline) ?? ++lastOutlineId;
  outlineIds.set(outline, id);
  return id;
}

/** Pure; `intervals: false` gives values without their uncertainty, for comparing. Asked again with the same objects
 * it answers from what it found before. */
export function underGeometry(
  findings: Findings,
  outline: SpineOutline | undefined,
  geometry: Geometry,
  intervals?: false,
): UnderGeometry {
  const known = states.get(findings) ?? new Map<string, UnderGeometry>();
  states.set(findings, known);
  const key = `${idOf(outline)} ${intervals} ${geometry.key}`;
  const found = known.get(key) ?? measureUnder(findings, outline, geometry, intervals);
  known.delete(key);
  known.set(key, found);
  for (const oldest of known.keys()) {
    if (known.size <= KEPT_STATES) break;
    known.delete(oldest);
  }
  return found;
}

function measureUnder(
  findings: Findings,
  outline: SpineOutline | undefined,
  geometry: Geometry,
  intervals?: false,
): UnderGeometry {
  const { renumbering, names } = renumberingOf(findings, geometry.lowestDisc);
  const places = Object.entries(geometry.landmarks);
  if (outline === undefined) {
    return {
      findings: acrossNames(findings, undefined, names),
      names,
      renumbering,
      unusable: [
        ...geometry.outlines.map(({ structure, label }) => ({
          structure,
          ...(label !== undefined && { label }),
        })),
        ...places.map(([structure]) => ({ structure })),
      ],
      isEdited: () => false,
    };
  }
  const { findings: measured, edited } = measureAgain(findings, outline, geometry, intervals);
  return {
    findings: acrossNames(measured, edited.outline, names, intervals),
    names,
    renumbering,
    unusable: [
      ...edited.unusable,
      ...places.flatMap(([structure, position]) =>
        levelOfPlace(edited.outline, position) === undefined ? [{ structure }] : [],
      ),
    ],
    isEdited: edited.isEdited,
  };
}

const SPANS = ['lordosisL1S1', 'lordosisL4S1', 'sacralSlope'] as const;
const ENDS = ['L1', 'L4', 'S1'];

/** Angles between vertebrae by name, between those that have the names now. */
function acrossNames(
  findings: Findings,
  outline: SpineOutline | undefined,
  names: Names,
  intervals?: false,
): Findings {
  if (ENDS.every((end) => (names.get(end) ?? end) === end)) return findings;
  const spans =
    outline &&
    measureSpine(renamedOutline(outline, names), { ...(intervals === false && { intervals }) }).alignment;
  const { alignment } = findings;
  const next = { ...alignment, notMeasured: { ...alignment.notMeasured } };
  for (const field of SPANS) {
    const angle = spans?.[field];
    delete next[field];
    delete next.notMeasured[field];
    if (angle !== undefined) next[field] = angle;
    else next.notMeasured[field] = spans?.notMeasured[field] ?? 'renumbered';
  }
  return { ...findings, alignment: next };
}

/** Outlines by people's names; those beyond S1 and T9 have none and are left out. */
function renamedOutline(outline: SpineOutline, names: Names): SpineOutline {
  const renamed = <T extends { readonly label: string }>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ ...item, label: names.get(item.label) ?? item.label }))
      .filter(({ label }) => isNameable(label));
  return { ...outline, bodies: renamed(outline.bodies), discs: renamed(outline.discs) };
}
