import { gzipSync } from 'fflate';
import { Fault } from '../fault/index.ts';
import type { Volume, VoxelArray } from '../geometry/index.ts';
import { affineFromGrid, quaternionFromAffine } from './affine.ts';
import { HEADER_BYTES } from './nifti-header.ts';

/** Four zero bytes follow the header: no extensions. */
const VOXEL_OFFSET = HEADER_BYTES + 4;
const MAX_DIMENSION = 32_767;
/** NIFTI_XFORM_SCANNER_ANAT */
const SCANNER = 1;
const MILLIMETRES = 2;

/**
 * A NIfTI-1 file (.nii) of a volume: little endian, datatype of the array, sform and qform both set to the same
 * LPS→RAS affine, in mm. The affine is rounded to float32, as the format holds it.
 *
 * @throws Fault `UNSUPPORTED` for more than 32,767 voxels along an axis, `PIXELS_INCONSISTENT` when the array does not
 * fill the grid.
 */
export function writeNifti(volume: Volume<VoxelArray>): Uint8Array {
  const { grid, data } = volume;
  if (grid.size.some((n) => n > MAX_DIMENSION)) {
    throw new Fault('UNSUPPORTED', 'NIfTI-1 holds at most 32,767 voxels along an axis');
  }
  if (data.length !== grid.size[0] * grid.size[1] * grid.size[2]) {
    throw new Fault('PIXELS_INCONSISTENT', `${data.length} voxels do not fill the grid`);
  }
  const file = new Uint8Array(VOXEL_OFFSET + data.byteLength);
  const view = new DataView(file.buffer);
  const short = (at: number, value: number) => view.setInt16(at, value, true);
  const float = (at: number, value: number) => view.setFloat32(at, value, true);
  view.setInt32(0, HEADER_BYTES, true);
  [3, ...grid.size, 1, 1, 1, 1].forEach((n, i) => {
    short(40 + 2 * i, n);
  });
  short(70, datatype(data));
  short(72, 8 * data.BYTES_PER_ELEMENT);
  const affine = affineFromGrid(grid);
  const q = quaternionFromAffine(affine);
  [q.qfac, ...grid.spacingMm, 1, 1, 1, 1].forEach((s, i) => {
    float(76 + 4 * i, s);
  });
  float(108, VOXEL_OFFSET);
  float(112, 1); // scl_slope
  view.setUint8(123, MILLIMETRES);
  short(252, SCANNER);
  short(254, SCANNER);
  [q.b, q.c, q.d, ...affine.map((row) => row[3]), ...affine.flat()].forEach((x, i) => {
    float(256 + 4 * i, x);
  });
  file.set([0x6e, 0x2b, 0x31, 0], 344); // "n+1"
  writeLittleEndian(data, view);
  return file;
}

/** The same, gzipped (.nii.gz). The same volume gives the same bytes: no time and no name are written. */
export function writeNiftiGz(volume: Volume<VoxelArray>): Uint8Array {
  return gzipSync(writeNifti(volume), { level: 6, mtime: 0 });
}

function datatype(data: VoxelArray): number {
  if (data instanceof Uint8Array) return 2;
  if (data instanceof Int16Array) return 4;
  return data instanceof Uint16Array ? 512 : 16;
}

function writeLittleEndian(data: VoxelArray, view: DataView): void {
  if (data instanceof Uint8Array) {
    new Uint8Array(view.buffer).set(data, VOXEL_OFFSET);
  } else if (data instanceof Float32Array) {
    for (let i = 0; i < data.length; i++) view.setFloat32(VOXEL_OFFSET + 4 * i, data[i], true);
  } else {
    for (let i = 0; i < data.length; i++) view.setInt16(VOXEL_OFFSET + 2 * i, data[i], true);
  }
}
