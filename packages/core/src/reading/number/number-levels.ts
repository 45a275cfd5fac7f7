import { chainFromSacrum, type DiscLabel, type Findings, type VertebraLabel } from '../../spine/index.ts';

export type Numbering = Findings['numbering'];

/** What the numbering looks at. Discs are listed lowest first. */
export interface NumberingInput {
  /** How sure the segmenter is that each disc is the lowest, 0…1, lowest disc first. */
  readonly lowestScores: readonly number[];
  /** The same for disc-like places below the lowest disc, nearest first. */
  readonly scoresBelow: readonly number[];
  /** Whether the body of S1 was found, and right below the lowest disc. */
  readonly sacrumSeen: boolean;
  /** Lumbar vertebrae that a person said there are; 5 where nobody did. */
  readonly lumbarCount?: 4 | 5 | 6 | undefined;
}

export interface NumberedLevels {
  readonly numbering: Numbering;
  /** Names of the discs, lowest first; discs beyond T9/T10 get none. */
  readonly discs: readonly DiscLabel[];
  /** Names of the vertebrae, S1 first. */
  readonly vertebrae: readonly VertebraLabel[];
}

/**
 * How often a spine has another number of lumbar vertebrae than five: sacralised 7 %, lumbarised 11 % of 379 people.
 * Nothing on a sagittal lumbar study alone tells these from the usual count, so they stand as they are in the population.
 */
export const TRANSITIONAL_RATE = { 4: 0.07, 6: 0.11 } as const;

/** No place is ruled out wholly: a neighbour of the chosen disc keeps at least this weight. */
const LEAST_WEIGHT = 0.01;
/** Without S1 in view the lowest disc seen may be any: what the map says then counts for this share only. */
const WEIGHT_WITHOUT_SACRUM = 0.5;

/** Names discs and vertebrae by counting up from the sacrum, and says what else they might be. */
export function numberLevels(input: NumberingInput): NumberedLevels {
  const count = input.lumbarCount ?? 5;
  const vertebrae = chainFromSacrum(count);
  const discs = vertebrae.slice(1).map((upper, i): DiscLabel => `${upper}/${vertebrae[i]}`);
  const named = discs.slice(0, input.lowestScores.length);
  if (named.length === 0) {
    return { numbering: { confidence: 0, alternatives: [], evidence: [] }, discs: [], vertebrae: [] };
  }
  const [chosen, above = 0] = input.lowestScores.map((s) => Math.max(s, LEAST_WEIGHT));
  const below = Math.max(input.scoresBelow[0] ?? 0, LEAST_WEIGHT);
  const trust = input.sacrumSeen ? 1 : WEIGHT_WITHOUT_SACRUM;
  const placeRight = (chosen / (chosen + above + below)) * trust;
  const shareAbove = above / (above + below);
  const present = [...vertebrae.slice(0, named.length + 1), ...named];
  const alternative = (probability: number, relabelling: Record<string, string>) => ({
    lowestDisc: relabelling[named[0]],
    probability,
    relabelling,
  });
  const alternatives: Numbering['alternatives'] = [
    // The place called the lowest disc is really the S1/S2 remnant: every level is one lower than it is.
    alternative((1 - placeRight) * shareAbove, shifted(present, vertebrae, -1)),
    // A further disc lies below: every level is one higher.
    alternative((1 - placeRight) * (1 - shareAbove), shifted(present, vertebrae, 1)),
  ];
  let usualCount = 1;
  if (input.lumbarCount === undefined) {
    for (const other of [6, 4] as const) {
      usualCount -= TRANSITIONAL_RATE[other];
      alternatives.push(
        alternative(
          placeRight * TRANSITIONAL_RATE[other],
          renamed(present, vertebrae, chainFromSacrum(other)),
        ),
      );
    }
  }
  alternatives.sort((a, b) => b.probability - a.probability);
  return {
    numbering: {
      lowestDisc: named[0],
      confidence: placeRight * usualCount,
      ...(input.lumbarCount === undefined && {
        transitionalProbability: TRANSITIONAL_RATE[4] + TRANSITIONAL_RATE[6],
      }),
      alternatives,
      evidence: evidenceOf(input, named[0]),
    },
    discs: named,
    vertebrae: vertebrae.slice(0, named.length + 1),
  };
}

function evidenceOf(input: NumberingInput, lowest: DiscLabel): Numbering['evidence'] {
  const percent = (p: number) => `${Math.round(p * 100)} %`;
  const evidence = [
    {
      code: 'COUNTED-FROM-SACRUM',
      text: `Levels are counted upward from the sacrum; the model gives ${lowest} a score of ${percent(input.lowestScores[0])}.`,
    },
    input.sacrumSeen
      ? { code: 'SACRUM-SEEN', text: 'The body of S1 was found right below the lowest disc.' }
      : { code: 'SACRUM-NOT-SEEN', text: 'The body of S1 was not found below the lowest disc.' },
  ];
  if (input.scoresBelow.length > 0) {
    evidence.push({
      code: 'DISC-BELOW',
      text: 'There is a disc-like place below the lowest disc, as a remnant of S1/S2 or a transitional vertebra makes.',
    });
  }
  if (input.lumbarCount !== undefined) {
    evidence.push({
      code: 'COUNT-GIVEN',
      text: `The number of lumbar vertebrae (${input.lumbarCount}) was given by the person who asked.`,
    });
  } else {
    evidence.push({
      code: 'COUNT-ASSUMED',
      text: 'Five lumbar vertebrae are assumed: neither ribs nor the whole spine are seen on a lumbar study.',
    });
  }
  return evidence;
}

/** Every present name to the name `by` places nearer to the head (positive) or to the feet. */
function shifted(
  present: readonly string[],
  chain: readonly VertebraLabel[],
  by: 1 | -1,
): Record<string, string> {
  const move = (name: string) => {
    const at = chain.indexOf(name as VertebraLabel) + by;
    return at < 0 ? 'S2' : (chain[at] ?? 'T8');
  };
  return Object.fromEntries(present.map((name) => [name, name.split('/').map(move).join('/')]));
}

function renamed(
  present: readonly string[],
  chain: readonly VertebraLabel[],
  names: readonly VertebraLabel[],
): Record<string, string> {
  const rename = (name: string) => names[chain.indexOf(name as VertebraLabel)] ?? 'T8';
  return Object.fromEntries(present.map((name) => [name, name.split('/').map(rename).join('/')]));
}
