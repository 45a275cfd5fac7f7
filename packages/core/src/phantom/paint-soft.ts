import type { PlanePoint } from '../spine/index.ts';
import type { Blob } from './anatomy.ts';
import type { PhantomShape } from './phantom-shape.ts';
import { roundedBox } from './polygon.ts';
import { fill, type Target } from './raster.ts';
import { lateralShare } from './section.ts';
import { BOTTOM_V, between, TOP_V } from './soft-shape.ts';
import {
  AIR,
  BACK_MUSCLE,
  BLOOD,
  BOWEL,
  BOWEL_FLUID,
  FASCIA,
  GAS,
  INTERSPINOUS,
  LIGAMENT,
  MESENTERY,
  MUSCLE,
  ORGAN,
  SKIN,
  SUBCUTANEOUS,
  URINE,
  VESSEL_WALL,
  VISCERAL_FAT,
} from './tissue.ts';

const BLOB_TISSUE: Readonly<Record<Blob['kind'], number>> = {
  bowel: BOWEL,
  fluid: BOWEL_FLUID,
  gas: GAS,
  organ: ORGAN,
  bladder: URINE,
  mesentery: MESENTERY,
};

/** Air, skin, fat under the skin, belly wall, fat of the belly, muscles. */
export function paintTrunk(shape: PhantomShape, x: number, target: Target): void {
  const { soft, anatomy, spine } = shape;
  target.data.fill(AIR);
  const ax = x < 0 ? -x : x;
  // The trunk is rounded to the sides; a furrow in the middle over the spinous processes.
  const skin = (i: number) => soft.skin[i] + (ax < 14 ? -1.2 * (1 - ax / 14) : 0) - 0.0022 * ax * ax;
  const lateral = Math.max(0, ax - 46);
  const fascia = (i: number) =>
    Math.min(
      skin(i) - 4,
      soft.fascia[i] + (ax > 4 ? Math.min(9, 0.45 * (ax - 4)) : 0) - 0.016 * lateral * lateral,
    );
  const belly = (i: number) => soft.belly[i] + 0.0024 * ax * ax;
  fill(target, between(belly, skin), SKIN);
  fill(
    target,
    between(
      (i) => belly(i) + 1.6,
      (i) => skin(i) - 1.8,
    ),
    SUBCUTANEOUS,
  );
  const wall = 0.55 * anatomy.subcutaneousFatMm;
  fill(
    target,
    between((i) => belly(i) + wall, fascia),
    MUSCLE,
  );
  fill(
    target,
    between(
      (i) => belly(i) + wall + 8,
      (i) => fascia(i) - 1,
    ),
    VISCERAL_FAT,
  );
  const l1 = spine.bodies[anatomy.lumbarCount - 1].centre[1];
  const l4 = spine.bodies[1].centre[1];
  if (ax > 17) paintSideMuscles(shape, ax, l1, l4, target);
  // Back muscles behind the plane of the transverse processes; in the middle what lies between the spines.
  const middle = ax < 3.5;
  const start = (i: number) =>
    middle ? soft.front[i] + 8 : soft.rear[i] + (ax < 14 ? 0 : 9 - 0.003 * (ax - 17) * (ax - 17));
  fill(target, between(start, fascia), middle ? LIGAMENT : FASCIA);
  const rim = middle ? 2.2 : 0.9;
  fill(
    target,
    between(start, (i) => fascia(i) - rim),
    middle ? INTERSPINOUS : BACK_MUSCLE,
  );
  // The furrow of fat between multifidus and erector.
  if (ax > 24 && ax < 30)
    fill(
      target,
      between(
        (i) => fascia(i) - 16 + 2 * (ax - 24),
        (i) => fascia(i) - 14.4 + 2 * (ax - 24),
      ),
      SUBCUTANEOUS,
    );
}

/** Psoas and quadratus lumborum: bodies of elliptical cross-section that grow towards the feet. */
function paintSideMuscles(shape: PhantomShape, ax: number, l1: number, l4: number, target: Target): void {
  const { soft } = shape;
  const muscle = (
    middleX: (grown: number) => number,
    halfX: (grown: number) => number,
    halfU: (grown: number) => number,
    offset: number,
    toV: number,
  ) => {
    const share = (i: number): number => {
      const v = i + soft.topV;
      const grown = Math.min(1.3, Math.max(0, (v - l1 + 25) / (l4 - l1 + 25)));
      const q = (ax - middleX(grown)) / halfX(grown);
      return grown > 0 && q * q < 1 ? halfU(grown) * Math.sqrt(1 - q * q) : 0;
    };
    const at = (i: number) => soft.rear[i] + offset;
    fill(
      target,
      between(
        (i) => at(i) - share(i),
        (i) => at(i) + share(i),
        l1 - 24,
        toV,
      ),
      MUSCLE,
    );
  };
  muscle(
    (g) => 24 + 13 * g,
    (g) => 8 + 13 * g,
    (g) => 9 + 11 * g,
    -9,
    l4 + 80,
  );
  muscle(
    () => 62,
    (g) => 14 + 5 * g,
    (g) => 5 + 3 * g,
    2,
    l4 + 12,
  );
}

/** Bowel, organs, bladder: ellipsoids cut by the plane. */
export function paintBlobs(shape: PhantomShape, x: number, target: Target): void {
  const { soft, anatomy } = shape;
  for (const b of anatomy.blobs) {
    const q = (x - b.x) / b.rx;
    if (q * q >= 1) continue;
    const share = Math.sqrt(1 - q * q);
    const at = Math.min(BOTTOM_V, Math.max(TOP_V, Math.round(b.v))) - TOP_V;
    const near = soft.front[at] - 6;
    const far = soft.belly[at] + 0.6 * anatomy.subcutaneousFatMm + 8;
    const centre: PlanePoint = [near + (far - near) * b.depth, b.v];
    const outline = roundedBox(centre, [1, 0], b.ru * share, b.rv * share, 0.2);
    const inside = BLOB_TISSUE[b.kind];
    // Never over the back or the wall: only where there is fat of the belly or another loop.
    const solid = b.kind === 'organ' || b.kind === 'mesentery';
    const rim = solid ? inside : b.kind === 'bladder' ? MUSCLE : VESSEL_WALL;
    for (const under of [VISCERAL_FAT, MESENTERY, BOWEL, ORGAN]) fill(target, outline, rim, under);
    if (!solid) {
      const inner = roundedBox(
        centre,
        [1, 0],
        Math.max(0.5, b.ru * share - 1.8),
        Math.max(0.5, b.rv * share - 1.8),
        0.2,
      );
      fill(target, inner, inside, rim);
    }
  }
}

/** In front of the spine: ligament, fat, great vessels; psoas to the sides; fat before the sacrum. */
export function paintFront(shape: PhantomShape, x: number, target: Target): void {
  const { soft, anatomy, spine } = shape;
  const fat = anatomy.prevertebralFatMm;
  const front = (i: number) => soft.front[i];
  const ax = x < 0 ? -x : x;
  // No loop lies on the spine itself.
  const near = Math.sqrt(Math.max(0, 1 - (ax / 22) * (ax / 22)));
  if (ax < 22)
    fill(
      target,
      between(
        (i) => front(i) - (fat + 4) * near + 4,
        (i) => front(i) + 10 + 4 * near,
      ),
      VISCERAL_FAT,
    );
  const l4 = spine.bodies[1].centre[1];
  const vessel = (centreX: number, half: number, depth: number, toV: number) => {
    const q = (x - centreX) / half;
    if (q * q >= 1) return;
    const share = Math.sqrt(1 - q * q);
    const middle = (i: number) => front(i) - 2.5 - depth;
    // Closes to a rounded end at the bifurcation.
    const reach = (i: number, wallMm: number) =>
      Math.max(0, depth * share * Math.sqrt(Math.min(1, Math.max(0, (toV - TOP_V - i) / 14))) - wallMm);
    for (const [wallMm, inside] of [
      [0, VESSEL_WALL],
      [1.1, BLOOD],
    ] as const)
      fill(
        target,
        between(
          (i) => middle(i) - reach(i, wallMm),
          (i) => middle(i) + reach(i, wallMm),
          TOP_V,
          toV,
        ),
        inside,
      );
  };
  vessel(anatomy.aortaX, anatomy.aortaMm / 2, anatomy.aortaMm / 2, l4);
  vessel(anatomy.aortaX - anatomy.aortaMm - 8, 11, 7.5, l4 + 14);
  // Anterior longitudinal ligament, on the rounded fronts.
  if (ax < 14) {
    const recede =
      0.5 *
      spine.bodies[1].anatomy.upperDepthMm *
      (1 - lateralShare((2 * ax) / spine.bodies[1].anatomy.widthMm));
    fill(
      target,
      between(
        (i) => front(i) + recede - 0.9,
        (i) => front(i) + recede + 3,
      ),
      LIGAMENT,
    );
  }
}
