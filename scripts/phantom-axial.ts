/*
 * Writes axial training pairs from the phantom, T1 and T2 by turns:
 *   node scripts/phantom-axial.ts --persons 30 --out DIR --seed 500
 * images.npy and labels.npy are uint8 [count, rows, columns]; the pixel size is that of the protocol.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  AXIAL_T2,
  phantomShape,
  renderAxial,
  SAGITTAL_T1,
  samplePatient,
} from '../packages/core/src/phantom/index.ts';
import { npyHeader } from './npy.ts';

const { values } = parseArgs({
  options: {
    persons: { type: 'string', default: '30' },
    out: { type: 'string' },
    seed: { type: 'string', default: '500' },
  },
});
if (values.out === undefined) {
  process.stderr.write('phantom-axial: --out DIR is needed\n');
  process.exit(2);
}
mkdirSync(values.out, { recursive: true });

const images: Uint8Array[] = [];
const labels: Uint8Array[] = [];
for (let i = 0; i < Number(values.persons); i++) {
  const seed = Number(values.seed) + i;
  const sequence = i % 2 === 0 ? AXIAL_T2.sequence : SAGITTAL_T1.sequence;
  const { slices, kinds } = renderAxial(
    phantomShape(samplePatient({ seed })),
    { ...AXIAL_T2, sequence },
    seed,
  );
  for (const [k, { pixels }] of slices.entries()) {
    // Every second slice of a block: neighbours hardly differ.
    if (k % 2 === 1) continue;
    const sorted = pixels.slice().sort();
    const white = sorted[Math.floor(sorted.length * 0.995)] || 1;
    images.push(Uint8Array.from(pixels, (v) => Math.min(255, Math.round((255 * v) / white))));
    labels.push(kinds[k]);
  }
}
const shape = [images.length, AXIAL_T2.rows, AXIAL_T2.columns];
for (const [name, planes] of [
  ['images', images],
  ['labels', labels],
] as const) {
  writeFileSync(join(values.out, `${name}.npy`), Buffer.concat([npyHeader(shape), ...planes]));
}
process.stdout.write(`${images.length} slices of ${AXIAL_T2.pixelMm} mm\n`);
