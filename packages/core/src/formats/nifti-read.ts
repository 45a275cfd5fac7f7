import { Fault, type Warning } from '../fault/index.ts';
import type { Grid } from '../geometry/index.ts';
import { gridFromAffine } from './affine.ts';
import { ELEMENT_BYTES, type ElementArray, readElements } from './elements.ts';
import { gunzip, memberStart } from './gzip.ts';
import { inflateHead } from './inflate.ts';
import { DEFAULT_VOLUME_LIMITS, type VolumeLimits } from './limits.ts';
import { type NiftiHeader, niftiFileBytes, readNiftiHeader } from './nifti-header.ts';
import type { VolumeFile } from './volume-file.ts';

/** Header extensions and padding that may come on top of the voxels. */
const SLACK_BYTES = 1 << 20;

/**
 * Reads a NIfTI-1 volume, `.nii` or `.nii.gz`. RAS becomes LPS here and nowhere else. The sform is preferred, then the
 * qform, as nibabel does; a sheared sform gives way to a qform. With neither, the lattice is centred and lies along
 * the patient axes (nibabel's fallback, left and right unknown) and `ORIENTATION_MISSING` is left.
 * Values are exact for 8 and 16 bits; scaled values and wider types become Float32.
 *
 * @throws Fault `NOT_RECOGNISED`, `TRUNCATED`, `MALFORMED`, `UNSUPPORTED`, `LIMIT_EXCEEDED`.
 */
export function readNifti(file: Uint8Array, limits: VolumeLimits = DEFAULT_VOLUME_LIMITS): VolumeFile {
  const bytes = file[0] === 0x1f && file[1] === 0x8b ? gunzipNifti(file, limits) : file;
  const header = readNiftiHeader(bytes, limits);
  if (header.volumeCount > 1) {
    throw new Fault('UNSUPPORTED', `the file holds ${header.volumeCount} volumes`, {
      advice: 'Extract one volume into its own file.',
    });
  }
  const [columns, rows, slices] = header.size;
  const count = columns * rows * slices;
  if (header.voxelOffset + count * ELEMENT_BYTES[header.type] > bytes.length) {
    throw new Fault('TRUNCATED', 'the file ends before its last voxel', { offset: bytes.length });
  }
  const stored = readElements(bytes, header.voxelOffset, count, header.type, header.littleEndian);
  const { grid, warnings } = gridOf(header);
  return { volume: { grid, data: rescale(stored, header) }, warnings };
}

/** Only as much is inflated as the header, seen first, declares. */
function gunzipNifti(file: Uint8Array, limits: VolumeLimits): Uint8Array {
  const start = memberStart(file);
  const head = start === undefined ? new Uint8Array(0) : inflateHead(file.subarray(start));
  const needed = niftiFileBytes(readNiftiHeader(head, limits)) + SLACK_BYTES;
  return gunzip(file, { ...limits, maxBytes: Math.min(needed, limits.maxBytes) });
}

function rescale(stored: ElementArray, { slope, intercept }: NiftiHeader): ElementArray {
  if (slope === 1 && intercept === 0) return stored;
  const values = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) values[i] = stored[i] * slope + intercept;
  return values;
}

function gridOf(header: NiftiHeader): { grid: Grid; warnings: Warning[] } {
  for (const affine of [header.sform, header.qform]) {
    const grid = affine && gridFromAffine(affine, header.size);
    if (grid) return { grid, warnings: [] };
  }
  if (header.sform ?? header.qform) {
    throw new Fault('UNSUPPORTED', 'the axes of the NIfTI file are sheared or degenerate', {
      offset: 252,
      advice: 'Resample the volume to a rectangular lattice.',
    });
  }
  const warnings: Warning[] = [
    { code: 'ORIENTATION_MISSING', message: 'The NIfTI file does not say how it lies in the patient.' },
  ];
  if (!header.pixelSizeMm.every((s) => s > 0 && Number.isFinite(s))) {
    warnings.push({
      code: 'SPACING_MISSING',
      message: 'The NIfTI file gives no voxel size; 1 mm stands in for it.',
    });
  }
  const [sx, sy, sz] = header.pixelSizeMm.map((s) => (s > 0 && Number.isFinite(s) ? s : 1));
  const [nx, ny, nz] = header.size;
  const grid: Grid = {
    size: header.size,
    spacingMm: [sx, sy, sz],
    originMm: [-(sx * (nx - 1)) / 2, (sy * (ny - 1)) / 2, -(sz * (nz - 1)) / 2],
    axes: [
      [1, 0, 0],
      [0, -1, 0],
      [0, 0, 1],
    ],
  };
  return { grid, warnings };
}
