import { type Prevalence, type PrevalenceFinding, prevalence } from '../norms/index.ts';
import type { LevelReading } from './level-reading.ts';

const NAMES: Readonly<Record<PrevalenceFinding, string>> = {
  'disc-degeneration': 'disc degeneration',
  'signal-loss': 'signal loss',
  'height-loss': 'height loss',
  bulge: 'bulge',
  protrusion: 'protrusion',
  'annular-fissure': 'annular fissure',
  'facet-degeneration': 'facet degeneration',
  spondylolisthesis: 'slip',
};
export const prevalenceName = (finding: PrevalenceFinding): string => NAMES[finding];

/** Pfirrmann grade from which a disc counts as degenerated in prevalence tables. */
const DEGENERATED_FROM = 3;

/** How common each finding of this level is at this age without back pain; empty where no checked figure exists. */
export function commonnessOf({ disc, slip }: LevelReading, ageYears: number | undefined): Prevalence[] {
  const { grades } = disc;
  const wanted: PrevalenceFinding[] = [];
  const yes = (grade: { value?: boolean | undefined; abstained: boolean }): boolean =>
    grade.value === true && !grade.abstained;
  if (grades.pfirrmann.value !== undefined && grades.pfirrmann.value >= DEGENERATED_FROM)
    wanted.push('disc-degeneration');
  if (yes(grades.narrowing)) wanted.push('height-loss');
  if (yes(grades.bulging)) wanted.push('bulge');
  if (yes(grades.herniation)) wanted.push('protrusion');
  if (yes(grades.spondylolisthesis) || (slip && slip.direction !== 'none')) wanted.push('spondylolisthesis');
  return wanted.flatMap((finding) => prevalence(finding, ageYears) ?? []);
}

/** `about 55 %`, `60–84 %`, or the last checked figure with its age where this one lies beyond it. */
export function percentInWords(p: Prevalence, length: 'full' | 'short' = 'full'): string {
  const { percent, rangePercent, knownAgesYears, beyondKnownAges } = p;
  if (beyondKnownAges) {
    const figure = `${rangePercent[1]} % at ${knownAgesYears[1]}`;
    return length === 'short' ? figure : `${figure}, the oldest age with a checked figure`;
  }
  if (percent !== undefined) return `about ${percent} %`;
  return `${rangePercent[0]}–${rangePercent[1]} %`;
}

/** `bulge about 55 %`. */
export const commonnessInWords = (p: Prevalence, length: 'full' | 'short' = 'full'): string =>
  `${prevalenceName(p.finding)} ${percentInWords(p, length)}`;
