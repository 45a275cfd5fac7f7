import { probabilityInWords } from '../report/index.ts';
import type { PfirrmannGrade } from '../spine/index.ts';
import { coordinate, type Markup, markup } from './markup.ts';
import { PFIRRMANN_COLOURS } from './tokens.ts';

/** Colours of a chart: hexadecimal for a raster, `var(--…)` on a page. */
export interface ChartInk {
  readonly ink: string;
  readonly inkSoft: string;
  readonly line: string;
}

/**
 * Pfirrmann 1–5 as five columns whose height is the probability; a frame encloses the grades that remain possible.
 * Drawn into the box at (x, y), user units. Without probabilities it says why not.
 */
export function probabilityStrip(
  grade: PfirrmannGrade,
  reasonText: string,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  colours: ChartInk,
): Markup {
  const size = box.height * 0.24;
  const { probabilities, set = [] } = grade;
  if (!probabilities) {
    return markup`<text x="${coordinate(box.x)}" y="${coordinate(box.y + box.height * 0.6)}" font-size="${coordinate(size)}" fill="${colours.inkSoft}">${reasonText}</text>`;
  }
  const gap = box.width * 0.02;
  const cell = (box.width - gap * 4) / 5;
  const barRoom = box.height - size * 2.5;
  const baseline = box.y + size * 1.15 + barRoom;
  return markup`${probabilities.map((p, i) => {
    const x = box.x + i * (cell + gap);
    const h = Math.max(box.height * 0.015, p * barRoom);
    const possible = set.includes(i + 1);
    return markup`<rect x="${coordinate(x)}" y="${coordinate(baseline - h)}" width="${coordinate(cell)}" height="${coordinate(h)}" fill="${PFIRRMANN_COLOURS[i].fill}" stroke="${colours.line}" stroke-width="${coordinate(size * 0.06)}"/><rect x="${coordinate(x)}" y="${coordinate(baseline + size * 0.12)}" width="${coordinate(cell)}" height="${coordinate(size * 1.2)}" fill="${possible ? colours.ink : 'none'}" fill-opacity="0.16" stroke="${possible ? colours.ink : 'none'}" stroke-width="${coordinate(size * 0.08)}"/><text x="${coordinate(x + cell / 2)}" y="${coordinate(baseline + size * 1.06)}" font-size="${coordinate(size)}" font-weight="${possible ? 700 : 400}" text-anchor="middle" fill="${possible ? colours.ink : colours.inkSoft}">${i + 1}</text><text x="${coordinate(x + cell / 2)}" y="${coordinate(baseline - h - size * 0.25)}" font-size="${coordinate(size * 0.86)}" text-anchor="middle" fill="${p >= 0.1 ? colours.ink : colours.inkSoft}">${probabilityInWords(p)}</text>`;
  })}`;
}
