/** A reading process that does what stands in its first file, having told its process number as its progress. */
import { readFrames } from './frames.ts';

process.on('disconnect', () => process.exit(1));
const [order] = await readFrames(process.stdin, 2 ** 20);
const what = new TextDecoder().decode(order);
process.send?.(
  { kind: 'progress', stage: `${process.pid} ${Object.keys(process.env).sort().join(' ')}` },
  () => {
    if (what.includes('wait')) setInterval(() => {}, 1000);
    if (what.includes('hang')) for (;;);
    if (what.includes('crash')) process.abort();
    if (what.includes('silent')) process.exit(0);
    if (what.includes('memory')) {
      const held: Buffer[] = [];
      setInterval(() => held.push(Buffer.alloc(20 * 2 ** 20, 1)), 10);
    }
    if (what.includes('path'))
      process.send?.({ kind: 'file', name: '../evil', mediaType: 'text/html', bytes: order });
  },
);
