import { describe, expect, it } from 'vitest';
import { guessContrast } from './index.ts';

const COLUMNS = 150;
const ROWS = 200;
const grid = { columns: COLUMNS, rows: ROWS, spacingMm: [1.5, 1.5], originMm: [0, 0] } as const;

/** Bodies with dark discs, behind them a smooth sac, behind that muscle and skin fat; shaded from back to front. */
function drawSpine(sac: number): Float32Array {
  const data = new Float32Array(COLUMNS * ROWS);
  for (let y = 0; y < ROWS; y++) {
    const bend = Math.round(6 * Math.sin((y / ROWS) * Math.PI));
    for (let x = 0; x < COLUMNS; x++) {
      const u = x - 70 + bend;
      let value = 60 + 10 * Math.sin(x * 0.7) * Math.sin(y * 0.5);
      if (u >= -12 && u < 10) value = y % 24 < 5 ? 35 : 110;
      else if (u >= 10 && u < 13) value = 70;
      else if (u >= 13 && u < 22) value = sac;
      else if (u >= 22 && u < 50) value = 75 + 15 * Math.sin(y * 0.9);
      else if (u >= 50 && u < 62) value = 240;
      else if (u >= 62) value = 3;
      data[y * COLUMNS + x] = value * (0.4 + (0.6 * x) / COLUMNS);
    }
  }
  return data;
}

describe('guessContrast', () => {
  it('reads a bright sac as T2 and a dark one as T1', () => {
    expect(guessContrast(drawSpine(220), grid)).toMatchObject({ contrast: 't2' });
    expect(guessContrast(drawSpine(30), grid)).toMatchObject({ contrast: 't1' });
  });

  it('does not depend on the scale of intensity or of the image', () => {
    const bright = drawSpine(220);
    const scaled = bright.map((v) => v * 37 + 5);
    expect(guessContrast(scaled, grid)?.contrast).toBe('t2');
    const other = guessContrast(bright, { ...grid, spacingMm: [0.3, 0.3] });
    expect(other).toEqual(guessContrast(bright, grid));
  });

  it('has no opinion on constant or tiny images', () => {
    expect(guessContrast(new Float32Array(COLUMNS * ROWS).fill(7), grid)).toBeUndefined();
    expect(guessContrast(new Float32Array(100), { ...grid, columns: 10, rows: 10 })).toBeUndefined();
  });
});
