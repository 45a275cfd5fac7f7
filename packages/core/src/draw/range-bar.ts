import { coordinate, type Markup, markup } from './markup.ts';

/** What a range bar shows; lengths in the unit of the value. */
export interface RangeBar {
  readonly value: number;
  readonly uncertainty: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** The whole in words, for those who cannot see it. */
  readonly label: string;
}

const WIDTH = 240;
const HEIGHT = 36;
const PAD = 12;
const TYPE = 12;

/**
 * A normal range as a band, the patient's value as a dot with its 95 % interval as whiskers. A side without a bound
 * runs open to the edge. Colours come from the page (`--mark`, `--range`, `--ink-soft`, `--line`).
 */
export function rangeBar({ value, uncertainty, low, high, label }: RangeBar): Markup {
  const known = [value - uncertainty, value + uncertainty, low, high].filter((x) => x !== undefined);
  const span = Math.max(Math.max(...known) - Math.min(...known), Math.abs(value) * 0.1, 1e-6);
  const from = Math.min(...known) - span * (low === undefined ? 0.3 : 0.12);
  const to = Math.max(...known) + span * (high === undefined ? 0.3 : 0.12);
  const x = (v: number): number => coordinate(PAD + ((v - from) / (to - from)) * (WIDTH - 2 * PAD));
  const left = low === undefined ? 0 : x(low);
  const right = high === undefined ? WIDTH : x(high);
  const middle = 10;
  const bound = (v: number | undefined): Markup | undefined =>
    v === undefined
      ? undefined
      : markup`<text x="${x(v)}" y="${HEIGHT - 4}" font-size="${TYPE}" text-anchor="middle" fill="var(--ink-soft)">${v}</text>`;
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${label}"><line x1="0" x2="${WIDTH}" y1="${middle}" y2="${middle}" stroke="var(--line)"/><rect x="${left}" y="${middle - 6}" width="${coordinate(right - left)}" height="12" rx="2" fill="var(--range)"/><line x1="${x(value - uncertainty)}" x2="${x(value + uncertainty)}" y1="${middle}" y2="${middle}" stroke="var(--mark)" stroke-width="2"/><circle cx="${x(value)}" cy="${middle}" r="5" fill="var(--mark)"/>${bound(low)}${bound(high)}</svg>`;
}
