/** What the parts of the web benchmark share: a browser to measure in, and how a part is told. */
import type { Browser } from '@playwright/test';

export interface Bench {
  readonly browser: Browser;
  /** The built folder of the web package. */
  readonly built: string;
  /** For what is made on the way. */
  readonly scratch: string;
  readonly runs: number;
  readonly say: (text: string) => void;
}

/** Each measure may have a target of the project. */
export interface Measure {
  readonly what: string;
  readonly value: string;
  readonly target?: string;
  readonly met?: boolean;
}

export interface Section {
  readonly title: string;
  /** How it was measured. */
  readonly text: string;
  readonly measures: readonly Measure[];
  /** Further tables, as Markdown. */
  readonly more?: string;
}

export type MeasureSection = (bench: Bench) => Promise<Section>;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

export function sectionText({ title, text, measures, more }: Section): string {
  const rows = measures.map(
    ({ what, value, target, met }) =>
      `| ${what} | ${value} | ${target ?? ''} | ${met === undefined ? '' : met ? 'yes' : '**no**'} |`,
  );
  return [`## ${title}`, '', text, '', '| | measured | target | met |', '|---|---|---|---|', ...rows, '']
    .concat(more === undefined ? [] : [more, ''])
    .join('\n');
}
