import type { Calibration, Interval } from '../validation/index.ts';
import { coordinate, type Markup, markup } from './markup.ts';

const TYPE = 12;

/** Given grade by read grade; the darker, the larger the share of the given grade. */
export function confusionChart(confusion: readonly (readonly number[])[], names: readonly string[]): Markup {
  const [cell, left, top] = [44, 52, 36];
  const size = names.length * cell;
  const most = confusion.map((row) =>
    Math.max(
      1,
      row.reduce((a, b) => a + b, 0),
    ),
  );
  const cells = confusion.flatMap((row, r) =>
    row.map((count, c) => {
      const share = count / most[r];
      const [x, y] = [left + c * cell, top + r * cell];
      return markup`<rect x="${x}" y="${y}" width="${cell - 2}" height="${cell - 2}" rx="2" fill="var(--mark)" fill-opacity="${coordinate(0.06 + 0.5 * share)}"${r === c && markup` stroke="var(--ink)" stroke-width="1.5"`}/><text x="${x + cell / 2 - 1}" y="${y + cell / 2 + 3}" font-size="${TYPE + 1}" text-anchor="middle" fill="var(--ink)">${count}</text>`;
    }),
  );
  const labels = names.map(
    (name, i) =>
      markup`<text x="${left + i * cell + cell / 2 - 1}" y="${top - 6}" font-size="${TYPE}" text-anchor="middle" fill="var(--ink-soft)">${name}</text><text x="${left - 8}" y="${top + i * cell + cell / 2 + 3}" font-size="${TYPE}" text-anchor="end" fill="var(--ink-soft)">${name}</text>`,
  );
  const words = confusion
    .map((row, r) => `given ${names[r]}: ${row.map((n, c) => `${n} read ${names[c]}`).join(', ')}`)
    .join('; ');
  return markup`<svg class="chart" viewBox="0 0 ${left + size} ${top + size}" width="${left + size}" height="${top + size}" role="img" aria-label="${words}"><text x="${left}" y="12" font-size="${TYPE}" fill="var(--ink-soft)">read →</text><text x="0" y="${top - 6}" font-size="${TYPE}" fill="var(--ink-soft)">given ↓</text>${cells}${labels}</svg>`;
}

/** Share that came true against the forecast, dots as large as their bin is full; the diagonal is a perfect model. */
export function reliabilityChart({ bins, n }: Calibration): Markup {
  const [pad, side] = [32, 200];
  const x = (v: number): number => coordinate(pad + v * side);
  const y = (v: number): number => coordinate(8 + (1 - v) * side);
  const dots = bins.map(
    (b) =>
      markup`<circle cx="${x(b.said)}" cy="${y(b.came)}" r="${coordinate(2.5 + 9 * Math.sqrt(b.n / n))}" fill="var(--mark)" fill-opacity="0.55"/>`,
  );
  const ticks = [0, 0.5, 1].map(
    (t) =>
      markup`<text x="${x(t)}" y="${y(0) + 16}" font-size="${TYPE}" text-anchor="middle" fill="var(--ink-soft)">${t}</text><text x="${pad - 6}" y="${y(t) + 4}" font-size="${TYPE}" text-anchor="end" fill="var(--ink-soft)">${t}</text>`,
  );
  const words = bins
    .map((b) => `forecast ${b.said.toFixed(2)}, came true ${b.came.toFixed(2)}, n ${b.n}`)
    .join('; ');
  return markup`<svg class="chart" viewBox="0 0 ${pad + side + 16} ${side + 44}" width="${pad + side + 16}" height="${side + 44}" role="img" aria-label="${words}"><rect x="${x(0)}" y="${y(1)}" width="${side}" height="${side}" fill="none" stroke="var(--line)"/><line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="var(--ink-soft)" stroke-dasharray="4 4"/>${dots}${ticks}<text x="${x(0.5)}" y="${side + 40}" font-size="${TYPE}" text-anchor="middle" fill="var(--ink-soft)">forecast (up: came true)</text></svg>`;
}

/** A share or an agreement on a scale from `from` to 1, with its interval. */
export function intervalBar({ value, low, high }: Interval, from: number): Markup {
  const [width, height, pad] = [160, 20, 6];
  const x = (v: number): number =>
    coordinate(pad + ((Math.max(from, v) - from) / (1 - from)) * (width - 2 * pad));
  return markup`<svg class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true"><line x1="${x(from)}" x2="${x(1)}" y1="10" y2="10" stroke="var(--line)"/><line x1="${x(low)}" x2="${x(high)}" y1="10" y2="10" stroke="var(--mark)" stroke-width="2"/><circle cx="${x(value)}" cy="10" r="4" fill="var(--mark)"/></svg>`;
}
