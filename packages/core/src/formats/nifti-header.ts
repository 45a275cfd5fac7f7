import { Fault } from '../fault/index.ts';
import { type AffineRas, affineFromQuaternion } from './affine.ts';
import { ELEMENT_BYTES, type ElementType } from './elements.ts';
import { countVoxels, type VolumeLimits } from './limits.ts';

/** The header of nifti1.h is 348 bytes; four bytes that announce extensions follow. */
export const HEADER_BYTES = 348;

/** Datatype codes of nifti1.h. */
export const DATATYPES: ReadonlyMap<number, ElementType> = new Map([
  [2, 'uint8'],
  [4, 'int16'],
  [8, 'int32'],
  [16, 'float32'],
  [64, 'float64'],
  [256, 'int8'],
  [512, 'uint16'],
  [768, 'uint32'],
  [1024, 'int64'],
  [1280, 'uint64'],
]);

/** What the header says, checked for consistency. */
export interface NiftiHeader {
  readonly littleEndian: boolean;
  readonly size: readonly [number, number, number];
  /** Volumes along the fourth and further dimensions. */
  readonly volumeCount: number;
  readonly type: ElementType;
  readonly voxelOffset: number;
  /** Slope 1 and intercept 0 where the header asks for no scaling. */
  readonly slope: number;
  readonly intercept: number;
  readonly pixelSizeMm: readonly [number, number, number];
  /** Present where the header declares it (code > 0). */
  readonly sform: AffineRas | undefined;
  readonly qform: AffineRas | undefined;
}

/** @throws Fault `NOT_RECOGNISED`, `TRUNCATED`, `UNSUPPORTED`, `MALFORMED`, `LIMIT_EXCEEDED`. */
export function readNiftiHeader(bytes: Uint8Array, limits: VolumeLimits): NiftiHeader {
  const littleEndian = byteOrder(bytes);
  if (bytes.length < HEADER_BYTES)
    throw new Fault('TRUNCATED', 'the NIfTI header is cut off', { offset: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const short = (at: number) => view.getInt16(at, littleEndian);
  const float = (at: number) => view.getFloat32(at, littleEndian);
  const magic = String.fromCharCode(...bytes.subarray(344, 347));
  if (magic === 'ni1') {
    throw new Fault('UNSUPPORTED', 'a NIfTI header whose voxels lie in a second file', {
      offset: 344,
      advice: 'Save the .hdr/.img pair as one .nii file.',
    });
  }
  if (magic !== 'n+1') throw new Fault('NOT_RECOGNISED', 'not a NIfTI-1 file', { offset: 344 });

  const rank = short(40);
  if (rank < 1 || rank > 7) throw new Fault('MALFORMED', `NIfTI with ${rank} dimensions`, { offset: 40 });
  const dims = Array.from({ length: rank }, (_, i) => short(42 + 2 * i));
  countVoxels(dims, limits);
  const code = short(70);
  const type = DATATYPES.get(code);
  if (type === undefined) {
    throw new Fault('UNSUPPORTED', `NIfTI datatype ${code}`, {
      offset: 70,
      advice: 'Convert it to float32 or int16.',
    });
  }
  const voxelOffset = float(108);
  if (!Number.isInteger(voxelOffset) || voxelOffset < HEADER_BYTES) {
    throw new Fault('MALFORMED', 'the NIfTI voxel offset lies inside the header', { offset: 108 });
  }
  const mm = unitMm(bytes[123]);
  const pixelSizeMm = [float(80) * mm, float(84) * mm, float(88) * mm] as const;
  const slope = float(112);
  const intercept = float(116);
  const scaled = Number.isFinite(slope) && Number.isFinite(intercept) && slope !== 0;
  const sform = (at: number) =>
    [float(at) * mm, float(at + 4) * mm, float(at + 8) * mm, float(at + 12) * mm] as const;
  return {
    littleEndian,
    size: [dims[0], dims[1] ?? 1, dims[2] ?? 1],
    volumeCount: dims.slice(3).reduce((product, n) => product * n, 1),
    type,
    voxelOffset,
    slope: scaled ? slope : 1,
    intercept: scaled ? intercept : 0,
    pixelSizeMm,
    sform: short(254) > 0 ? [sform(280), sform(296), sform(312)] : undefined,
    qform:
      short(252) > 0
        ? affineFromQuaternion(
            { b: float(256), c: float(260), d: float(264), qfac: float(76) < 0 ? -1 : 1 },
            pixelSizeMm,
            [float(268) * mm, float(272) * mm, float(276) * mm],
          )
        : undefined,
  };
}

/** Bytes from the start of the file to the end of the voxels. */
export const niftiFileBytes = (header: NiftiHeader): number =>
  header.voxelOffset +
  header.volumeCount * header.size[0] * header.size[1] * header.size[2] * ELEMENT_BYTES[header.type];

function byteOrder(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4));
  const [little, big] = bytes.length < 4 ? [0, 0] : [view.getInt32(0, true), view.getInt32(0, false)];
  if (little === HEADER_BYTES) return true;
  if (big === HEADER_BYTES) return false;
  if (little === 540 || big === 540) {
    throw new Fault('UNSUPPORTED', 'NIfTI-2 is not read', { offset: 0, advice: 'Save it as NIfTI-1.' });
  }
  throw new Fault('NOT_RECOGNISED', 'not a NIfTI file', { offset: 0 });
}

/** Spatial units of xyzt_units: metres, millimetres, micrometres; unknown counts as millimetres. */
function unitMm(xyztUnits: number): number {
  const space = xyztUnits & 7;
  return space === 1 ? 1000 : space === 3 ? 0.001 : 1;
}
