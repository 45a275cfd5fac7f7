import { type LevelReading, listInWords } from '../report/index.ts';
import { coordinate, type Markup, markup } from './markup.ts';
import { PFIRRMANN_COLOURS } from './tokens.ts';

const CELL = 44;
const GAP = 4;
const SWATCH = 36;
const TYPE = 13;

/**
 * All levels in a row, head on the left: the Pfirrmann grade as colour and numeral, `?` where it was not graded, and a
 * mark under the levels that stand out. One user unit is one CSS px, so lettering keeps its size on a phone.
 * @param readings head to feet
 */
export function spineStrip(readings: readonly LevelReading[]): Markup {
  const width = Math.max(1, readings.length) * CELL;
  const height = SWATCH + TYPE * 2.6 + 18;
  const cells = readings.map(({ disc, standing }, i) => {
    const { value, abstained } = disc.grades.pfirrmann;
    const graded = value !== undefined && !abstained;
    const colour = graded ? PFIRRMANN_COLOURS[value - 1] : undefined;
    const x = i * CELL + GAP / 2;
    const middle = coordinate(i * CELL + CELL / 2);
    const [above, below] = disc.label.split('/');
    const text = (content: string, y: number, weight: number): Markup =>
      markup`<text x="${middle}" y="${coordinate(y)}" font-size="${TYPE}" font-weight="${weight}" text-anchor="middle" fill="var(--ink)">${content}</text>`;
    return markup`<rect x="${x}" y="1" width="${CELL - GAP}" height="${SWATCH - 2}" rx="4" fill="${colour?.fill ?? 'none'}" stroke="var(--ink-soft)"${graded ? undefined : markup` stroke-dasharray="3 3"`}/><text x="${middle}" y="${SWATCH * 0.68}" font-size="18" font-weight="600" text-anchor="middle" fill="${colour?.ink ?? 'var(--ink-soft)'}">${graded ? value : '?'}</text>${text(above, SWATCH + TYPE * 1.2, 400)}${text(below, SWATCH + TYPE * 2.3, 400)}${
      standing === 'stands-out' &&
      markup`<path d="M${middle} ${coordinate(SWATCH + TYPE * 2.6 + 4)}l6 10h-12z" fill="var(--mark)"/>`
    }`;
  });
  return markup`<svg class="chart" viewBox="0 0 ${width} ${coordinate(height)}" width="${width}" height="${coordinate(height)}" role="img" aria-label="${stripInWords(readings)}">${cells}</svg>`;
}

function stripInWords(readings: readonly LevelReading[]): string {
  const grades = readings.map(({ disc }) => {
    const { value, abstained } = disc.grades.pfirrmann;
    return `${disc.label} ${value === undefined || abstained ? 'not graded' : value}`;
  });
  const out = readings.filter((r) => r.standing === 'stands-out').map((r) => r.disc.label);
  return `Pfirrmann grades: ${grades.join(', ')}. Standing out: ${out.length > 0 ? listInWords(out, 'and') : 'none'}.`;
}
