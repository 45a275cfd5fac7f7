import {
  chainFromSacrum,
  type DiscLabel,
  discValue,
  type Findings,
  VERTEBRA_VALUE,
  VERTEBRAE,
  type VertebraLabel,
} from '../spine/index.ts';
import type { Renumbering, RenumberingRefusal } from './reviewed.ts';

/** From a reading's names to people's. */
export type Names = ReadonlyMap<string, string>;

type Outcome = { readonly names: Names } | { readonly refused: RenumberingRefusal };

const PRESENT_COUNT: Readonly<Record<string, 4 | 5 | 6>> = { 'L4/S1': 4, 'L6/S1': 6 };

/**
 * New names for everything, if the reading's lowest disc is `wanted`: by the reading's own hypothesis where it has one,
 * else by counting on from there.
 *
 * @example namesWith(findings, 'L6/S1') // 'L5/S1' → 'L6/S1', 'L4/L5' → 'L5/L6', …
 */
export function namesWith(findings: Findings, wanted: string): Outcome {
  const { lowestDisc, alternatives } = findings.numbering;
  if (lowestDisc === undefined) return { refused: 'nothing-to-number' };
  const hypothesis = alternatives.find((a) => a.lowestDisc === wanted);
  if (hypothesis !== undefined) return { names: new Map(Object.entries(hypothesis.relabelling)) };
  const present = chainFromSacrum(PRESENT_COUNT[lowestDisc] ?? 5);
  const [upper, lower] = wanted.split('/');
  const isSacral = lower === 'S1';
  const count = isSacral ? { L4: 4, L5: 5, L6: 6 }[upper] : wanted.includes('L6') ? 6 : 5;
  if (lower === 'S2') return { refused: 'out-of-range' };
  if (count === undefined) return { refused: 'not-a-disc' };
  const chain = chainFromSacrum(count as 4 | 5 | 6);
  const place = chain.indexOf(lower as VertebraLabel);
  if (place < 0 || chain[place + 1] !== upper) return { refused: 'not-a-disc' };
  const by = place - present.indexOf(lowestDisc.split('/')[1] as VertebraLabel);
  const names = new Map<string, string>();
  for (const label of labelsOf(findings)) {
    const parts = label.split('/').map((part) => chain[present.indexOf(part as VertebraLabel) + by]);
    if (parts.includes(undefined as never)) return { refused: 'out-of-range' };
    names.set(label, parts.join('/'));
  }
  return { names };
}

/** All vertebrae and discs that a document names. */
function labelsOf(findings: Findings): Set<string> {
  const discs = [
    ...findings.discs.map((d) => d.label),
    ...findings.canal.map((c) => c.level),
    ...(findings.axial ?? []).map((a) => a.level),
  ];
  return new Set([
    ...findings.vertebrae.map((v) => v.label),
    ...discs,
    ...discs.flatMap((d) => d.split('/')),
  ]);
}

const isVertebra = (name: string): name is VertebraLabel => (VERTEBRAE as readonly string[]).includes(name);
/** Names that a document can have: S2 and T8 lie beyond it. */
export const isNameable = (name: string): boolean => name.split('/').every(isVertebra);

/** Each vertebra in a name, also of names that stand in no list: `below S1`, `segmental.L4/L5`. */
export const renamed = (names: Names, text: string): string =>
  text.replace(/\b(?:T\d+|L\d|S\d)\b/g, (vertebra) => names.get(vertebra) ?? vertebra);

/** From people's names back to the reading's. */
export const inverse = (names: Names): Names => new Map([...names].map(([from, to]) => [to, from]));

/** A document by people's names. What would lie above T9 or below S1 is not in it any more. */
export function relabelled(findings: Findings, names: Names, lowestDisc: string): Findings {
  const name = (label: string): string => names.get(label) ?? renamed(names, label);
  const levelled = <T extends { readonly level: string }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, level: name(item.level) })).filter((item) => isNameable(item.level));
  const { alignment } = findings;
  const place = (at: typeof alignment.conusLevel) => at && { ...at, level: renamed(names, at.level) };
  const conusLevel = place(alignment.conusLevel);
  const sacEnd = place(alignment.sacEnd);
  return {
    ...findings,
    numbering: {
      // Of the document's own range; where the lowest disc lies beyond it, that is only among the names.
      ...(isNameable(lowestDisc) && { lowestDisc }),
      confidence: 1,
      alternatives: [],
      evidence: [{ code: 'NAMED-BY-REVIEWER', text: 'A person named the levels.' }],
    },
    vertebrae: findings.vertebrae.flatMap((v) => {
      const label = name(v.label);
      return isVertebra(label) ? [{ ...v, label, segmentationValue: VERTEBRA_VALUE[label] }] : [];
    }),
    discs: findings.discs.flatMap((d) => {
      const label = name(d.label);
      return isNameable(label) ? [{ ...d, label, segmentationValue: discValue(label as DiscLabel) }] : [];
    }),
    canal: levelled(findings.canal),
    ...(findings.axial && { axial: levelled(findings.axial) }),
    alignment: {
      ...alignment,
      segmental: levelled(alignment.segmental),
      slips: levelled(alignment.slips),
      ...(conusLevel && { conusLevel }),
      ...(sacEnd && { sacEnd }),
      notMeasured: Object.fromEntries(
        Object.entries(alignment.notMeasured).map(([field, why]) => [renamed(names, field), why]),
      ),
    },
  };
}

/** What to do about the lowest disc's name that people gave. */
export function renumberingOf(
  findings: Findings,
  wanted: string | undefined,
): { readonly renumbering: Renumbering; readonly names: Names } {
  const none: Names = new Map();
  if (wanted === undefined || wanted === findings.numbering.lowestDisc)
    return { renumbering: { state: 'as-read' }, names: none };
  const outcome = namesWith(findings, wanted);
  return 'names' in outcome
    ? { renumbering: { state: 'shifted', lowestDisc: wanted }, names: outcome.names }
    : { renumbering: { state: 'refused', lowestDisc: wanted, reason: outcome.refused }, names: none };
}
