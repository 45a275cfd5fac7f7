import type { BinaryGradeName, CanalFinding, DiscFinding, Findings, SlipFinding } from '../spine/index.ts';
import { measurementInWords, probabilityInWords, reasonInWords } from './words.ts';

/**
 * `stands-out`: something abnormal was found. `unclear`: nothing found, but the software abstained where it matters.
 * `unremarkable`: nothing found in what could be assessed.
 */
export type Standing = 'stands-out' | 'unclear' | 'unremarkable';

/** One thing said about a level. */
export interface Remark {
  readonly text: string;
  /** Of a graded finding, 0–1. */
  readonly probability?: number;
  /** Not yet validated on real images: shown with that word. */
  readonly experimental: boolean;
}

/** Everything the document holds about one level, sorted into what was found and what is in doubt. */
export interface LevelReading {
  readonly disc: DiscFinding;
  readonly slip?: SlipFinding;
  readonly canal?: CanalFinding;
  readonly standing: Standing;
  readonly found: readonly Remark[];
  /** Findings other than Pfirrmann's grade that were not decided; that grade carries its own set and reason. */
  readonly doubts: readonly string[];
  /** Order of importance, larger first; has no meaning beyond this order. */
  readonly weight: number;
}

/** A disc from this Pfirrmann grade on stands out; grade 3 alone is mentioned, not emphasised. */
export const PFIRRMANN_STANDS_OUT = 4;
/** An abstained yes-or-no grade with at least this probability leaves the level unclear. */
const UNCLEAR_PROBABILITY = 0.3;

const FOUND: Readonly<Record<BinaryGradeName, { text: string; weight: number }>> = {
  spondylolisthesis: { text: 'slip of the upper vertebra', weight: 3 },
  herniation: { text: 'disc herniation', weight: 3 },
  narrowing: { text: 'disc height reduced', weight: 1.5 },
  bulging: { text: 'disc bulge', weight: 1 },
  upperEndplate: { text: 'endplate change above', weight: 0.5 },
  lowerEndplate: { text: 'endplate change below', weight: 0.5 },
};

const PFIRRMANN_WORDS = [
  '',
  'bright, even disc',
  'bright disc',
  'grey disc',
  'dark disc',
  'dark disc of much reduced height',
];
/** Pfirrmann's grades in few words (mid-sagittal T2). */
export const pfirrmannInWords = (grade: number): string => PFIRRMANN_WORDS[grade] ?? '';

/** All levels, the most important first; equals are ordered from the lowest level upward. */
export function readLevels(findings: Findings): LevelReading[] {
  return findings.discs
    .map((disc, index) => ({ reading: readLevel(findings, disc), index }))
    .sort((a, b) => b.reading.weight - a.reading.weight || b.index - a.index)
    .map(({ reading }) => reading);
}

function readLevel(findings: Findings, disc: DiscFinding): LevelReading {
  const { grades } = disc;
  const found: Remark[] = [];
  const doubts: string[] = [];
  let weight = 0;
  const slip = findings.alignment.slips.find((s) => s.level === disc.label);
  const canal = findings.canal.find((c) => c.level === disc.label);

  const { pfirrmann, modic } = grades;
  if (pfirrmann.value !== undefined && pfirrmann.value >= PFIRRMANN_STANDS_OUT) {
    weight += pfirrmann.value - 2;
    found.push({
      text: `${pfirrmannInWords(pfirrmann.value)} (Pfirrmann ${pfirrmann.value} of 5)`,
      experimental: pfirrmann.experimental === true,
    });
  }
  if (slip && slip.direction !== 'none') {
    weight += FOUND.spondylolisthesis.weight;
    const way = slip.direction === 'anterolisthesis' ? 'forward' : 'backward';
    const magnitude = { ...slip.slip, value: Math.abs(slip.slip.value) };
    const grade = slip.meyerding > 0 ? `, Meyerding ${slip.meyerding}` : '';
    found.push({
      text: `${way} slip of ${measurementInWords(magnitude)}${grade}`,
      experimental: slip.slip.experimental === true,
    });
  }
  for (const name of Object.keys(FOUND) as BinaryGradeName[]) {
    const grade = grades[name];
    const measured = name === 'spondylolisthesis' && slip !== undefined && slip.direction !== 'none';
    if (grade.value === true && !grade.abstained && !measured) {
      weight += FOUND[name].weight;
      found.push({
        text: FOUND[name].text,
        ...(grade.probability === undefined ? {} : { probability: grade.probability }),
        experimental: grade.experimental === true,
      });
    } else if (grade.abstained) {
      const chance = grade.probability === undefined ? '' : ` (${probabilityInWords(grade.probability)})`;
      doubts.push(`${binaryInWords(name)} not decided${chance}: ${reasonInWords(grade.reason)}`);
    }
  }
  if (modic.value !== undefined && modic.value > 0 && !modic.abstained) {
    weight += 1;
    found.push({
      text: `Modic type ${modic.value}`,
      ...(modic.probabilities ? { probability: modic.probabilities[modic.value] } : {}),
      experimental: modic.experimental === true,
    });
  }

  const standing: Standing = found.length > 0 ? 'stands-out' : isUnclear(disc) ? 'unclear' : 'unremarkable';
  return { disc, ...(slip ? { slip } : {}), ...(canal ? { canal } : {}), standing, found, doubts, weight };
}

/** The software abstained on something that another image would not have settled. */
function isUnclear({ grades }: DiscFinding): boolean {
  const undecided = (reason: string | undefined): boolean => !reason?.startsWith('needs-');
  if (grades.pfirrmann.abstained && undecided(grades.pfirrmann.reason)) return true;
  return (Object.keys(FOUND) as BinaryGradeName[]).some((name) => {
    const { abstained, reason, probability } = grades[name];
    return abstained && undecided(reason) && (probability ?? 0) >= UNCLEAR_PROBABILITY;
  });
}

const BINARY_WORDS: Readonly<Record<BinaryGradeName, string>> = {
  narrowing: 'Loss of disc height',
  bulging: 'Bulge',
  herniation: 'Herniation',
  upperEndplate: 'Endplate above',
  lowerEndplate: 'Endplate below',
  spondylolisthesis: 'Slip',
};
export const binaryInWords = (name: BinaryGradeName): string => BINARY_WORDS[name];
