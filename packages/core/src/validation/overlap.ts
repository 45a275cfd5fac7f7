import { type Grid, toIndex, toPatient, type Vec3, type Volume } from '../geometry/index.ts';
import { CANAL_VALUE, VERTEBRA_VALUE } from '../spine/index.ts';
import { surfaceDistances } from './surface.ts';
import type { Mask } from './truth.ts';

export interface StructureAgreement {
  readonly kind: 'disc' | 'body' | 'canal';
  /** 1 = lowest; absent for the canal. */
  readonly number?: number;
  /** Dice; for a body against a whole vertebra the share of the body that lies in it. */
  readonly overlap: number;
  /** 95th percentile and mean of the distances between both surfaces, mm; absent where one side is empty or bodies meet whole vertebrae. */
  readonly hd95Mm?: number;
  readonly assdMm?: number;
}

export interface MaskAgreement {
  readonly structures: readonly StructureAgreement[];
  /** Centre of each disc of the mask by its number. */
  readonly discCentresMm: ReadonlyMap<number, Vec3>;
}

/** Vertebrae above S1 by number, lowest first: the order of the chain, without knowing how many are lumbar. */
const KEY = { disc: 0, body: 1000, canal: 2000 } as const;

/**
 * Compares a segmentation with a mask on the segmentation's grid, voxel centres taken from the mask by nearest neighbour.
 * @param discValues values of the segmentation's discs, lowest first
 */
export function compareMasks(
  segmentation: Volume<Uint8Array>,
  { volume, scheme }: Mask,
  discValues: readonly number[],
): MaskAgreement {
  const { grid, data } = segmentation;
  const bodyNumber = bodyNumbers(discValues);
  const ownKey = (value: number): number => {
    const disc = discValues.indexOf(value);
    if (disc >= 0) return KEY.disc + disc + 1;
    if (value === CANAL_VALUE) return KEY.canal;
    const body = bodyNumber.get(value);
    return body === undefined ? -1 : KEY.body + body;
  };
  const truthKey = (value: number): number => {
    const disc = scheme.discNumber(value);
    if (disc !== undefined) return KEY.disc + disc;
    if (scheme.isCanal(value)) return KEY.canal;
    const vertebra = scheme.vertebraNumber(value);
    return vertebra === undefined ? -1 : KEY.body + vertebra;
  };
  const truth = sampleNearest(volume, grid);
  const voxels = new Map<number, { own: number[]; truth: number[]; both: number }>();
  const of = (key: number) => {
    const known = voxels.get(key) ?? { own: [], truth: [], both: 0 };
    voxels.set(key, known);
    return known;
  };
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0 && truth[at] === 0) continue;
    const mine = data[at] === 0 ? -1 : ownKey(data[at]);
    const theirs = truth[at] === 0 ? -1 : truthKey(truth[at]);
    if (mine > 0) of(mine).own.push(at);
    if (theirs > 0) of(theirs).truth.push(at);
    if (mine > 0 && mine === theirs) of(mine).both++;
  }
  const structures: StructureAgreement[] = [];
  const discCentresMm = new Map<number, Vec3>();
  for (const [key, { own, truth: theirs, both }] of [...voxels].sort((a, b) => a[0] - b[0])) {
    const kind = key >= KEY.canal ? 'canal' : key >= KEY.body ? 'body' : 'disc';
    const number = kind === 'canal' ? undefined : key - KEY[kind];
    if (kind === 'disc' && theirs.length > 0) discCentresMm.set(key, centreOf(theirs, grid));
    if (theirs.length === 0) continue;
    const inside = kind === 'body' && scheme.wholeVertebrae;
    if (inside && own.length === 0) continue;
    const distances = inside || own.length === 0 ? undefined : surfaceDistances(own, theirs, grid);
    structures.push({
      kind,
      ...(number !== undefined && { number }),
      overlap: inside ? both / own.length : (2 * both) / (own.length + theirs.length),
      ...distances,
    });
  }
  return { structures, discCentresMm };
}

/** Body above disc n is vertebra n, whatever it is called. */
function bodyNumbers(discValues: readonly number[]): Map<number, number> {
  const known = new Set<number>(Object.values(VERTEBRA_VALUE));
  return new Map(discValues.map((v, i) => [v - 100, i + 1] as const).filter(([v]) => known.has(v)));
}

/** Values of a volume at the voxel centres of a grid; 0 outside of it. */
function sampleNearest({ grid: from, data }: Mask['volume'], to: Grid): Float32Array {
  const origin = toIndex(from, to.originMm);
  const steps = [0, 1, 2].map((a) => {
    const unit: Vec3 = [Number(a === 0), Number(a === 1), Number(a === 2)];
    const at = toIndex(from, toPatient(to, unit));
    return [at[0] - origin[0], at[1] - origin[1], at[2] - origin[2]] as const;
  });
  const [columns, rows, slices] = to.size;
  const [m, n, o] = from.size;
  const result = new Float32Array(columns * rows * slices);
  let at = 0;
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      const row = [0, 1, 2].map((a) => origin[a] + j * steps[1][a] + k * steps[2][a]);
      for (let i = 0; i < columns; i++, at++) {
        const x = Math.round(row[0] + i * steps[0][0]);
        const y = Math.round(row[1] + i * steps[0][1]);
        const z = Math.round(row[2] + i * steps[0][2]);
        if (x < 0 || y < 0 || z < 0 || x >= m || y >= n || z >= o) continue;
        result[at] = data[x + m * (y + n * z)];
      }
    }
  }
  return result;
}

function centreOf(voxels: readonly number[], grid: Grid): Vec3 {
  const [columns, rows] = grid.size;
  let [x, y, z] = [0, 0, 0];
  for (const at of voxels) {
    x += at % columns;
    y += Math.floor(at / columns) % rows;
    z += Math.floor(at / (columns * rows));
  }
  const n = voxels.length;
  return toPatient(grid, [x / n, y / n, z / n]);
}
