/*
 * Writes training pairs from the phantom:
 *   node scripts/phantom-slices.ts --count 1000 --spacing 1.0 --out DIR --seed 1
 * images.npy and labels.npy are uint8 [count, height, width]; index.json lists contrast, plane and disc centres (pixels).
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { phantomSlice, type SliceContrast } from '../packages/core/src/phantom/index.ts';
import { npyHeader } from './npy.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    spacing: { type: 'string', default: '1.0' },
    width: { type: 'string', default: '256' },
    height: { type: 'string', default: '320' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
    contrast: { type: 'string' },
  },
});
if (values.out === undefined) {
  process.stderr.write('phantom-slices: --out DIR is needed\n');
  process.exit(2);
}
const contrasts: readonly SliceContrast[] = ['t1', 't2', 'stir', 'space', 'random'];
const contrast = contrasts.find((c) => c === values.contrast);
if (values.contrast !== undefined && contrast === undefined) {
  process.stderr.write(`phantom-slices: --contrast is one of ${contrasts.join(', ')}\n`);
  process.exit(2);
}
const count = Number(values.count);
const width = Number(values.width);
const height = Number(values.height);
const spacingMm = Number(values.spacing);
const seed = Number(values.seed);
mkdirSync(values.out, { recursive: true });

/** 8 bits, the 98.5th percentile at 230: bright fat or fluid near the coil saturates, as in clinical pictures. */
function toBytes(image: Float32Array): Uint8Array {
  const sorted = image.filter((_, i) => i % 7 === 0).sort();
  const white = sorted[Math.floor(sorted.length * 0.985)] || 1;
  return Uint8Array.from(image, (x) => Math.min(255, Math.round((230 * x) / white)));
}

const images = openSync(join(values.out, 'images.npy'), 'w');
const labels = openSync(join(values.out, 'labels.npy'), 'w');
writeSync(images, npyHeader([count, height, width]));
writeSync(labels, npyHeader([count, height, width]));
const index: unknown[] = [];
for (let i = 0; i < count; i++) {
  const slice = phantomSlice(seed * 1_000_003 + i, {
    spacingMm,
    width,
    height,
    ...(contrast === undefined ? {} : { contrast }),
  });
  writeSync(images, toBytes(slice.image));
  writeSync(labels, slice.labels);
  const { xMm, lumbarCount, discCentres } = slice;
  index.push({ contrast: slice.contrast, xMm, lumbarCount, discCentres });
}
closeSync(images);
closeSync(labels);
writeFileSync(
  join(values.out, 'index.json'),
  JSON.stringify({
    spacingMm,
    width,
    height,
    seed,
    classes: ['background', 'body', 'disc', 's1', 'sac', 'sacrum', 'posterior'],
    slices: index,
  }),
);
