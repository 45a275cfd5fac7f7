import type { Blob } from './anatomy.ts';
import type { Random } from './random.ts';

/**
 * What fills belly and pelvis in front of the spine: bowel loops, a lobe of liver or stomach at the top, bladder at the
 * bottom. v is counted from the middle of the S1 endplate towards the feet.
 */
export function drawBlobs(random: Random): Blob[] {
  const blobs: Blob[] = [];
  const loops = 190 + Math.floor(random.uniform() * 130);
  for (let i = 0; i < loops; i++) {
    const size = random.between(4.5, 15);
    const kind = random.weighted([0.5, 0.1, 0.12, 0.28]);
    blobs.push({
      kind: (['bowel', 'fluid', 'gas', 'mesentery'] as const)[kind],
      x: random.between(-95, 95),
      depth: random.between(0.08, 1),
      v: random.between(-290, 150),
      rx: size * random.between(0.9, 2.2),
      ru: size * random.between(0.7, 1.5),
      rv: size * random.between(0.7, 1.8),
      shade: random.uniform(),
    });
  }
  blobs.push({
    kind: 'organ',
    x: random.between(-60, -10),
    depth: random.between(0.45, 0.85),
    v: random.between(-270, -215),
    rx: 60,
    ru: random.between(30, 55),
    rv: random.between(40, 75),
    shade: random.uniform(),
  });
  blobs.push({
    kind: 'bladder',
    x: random.between(-8, 8),
    depth: random.between(0.55, 0.9),
    v: random.between(75, 110),
    rx: random.between(20, 40),
    ru: random.between(16, 34),
    rv: random.between(12, 30),
    shade: random.uniform(),
  });
  return blobs;
}
