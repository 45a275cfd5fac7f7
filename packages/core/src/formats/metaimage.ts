import { Fault, type Warning } from '../fault/index.ts';
import { dot, type Grid, length, scale, type Vec3 } from '../geometry/index.ts';
import { ELEMENT_BYTES, type ElementType, readElements } from './elements.ts';
import { countVoxels, DEFAULT_VOLUME_LIMITS, type VolumeLimits } from './limits.ts';
import type { VolumeFile } from './volume-file.ts';
import { unzlib } from './zlib.ts';

/** Real headers have under 2 kB; the text must end within this. */
const MAX_HEADER_BYTES = 65_536;
const SHEAR_TOLERANCE = 1e-3;

/** Element types of MetaIO. `LONG` is four bytes there (MET_LONG), eight are `LONG_LONG`. */
const TYPES: ReadonlyMap<string, ElementType> = new Map([
  ['MET_CHAR', 'int8'],
  ['MET_UCHAR', 'uint8'],
  ['MET_SHORT', 'int16'],
  ['MET_USHORT', 'uint16'],
  ['MET_INT', 'int32'],
  ['MET_UINT', 'uint32'],
  ['MET_LONG', 'int32'],
  ['MET_ULONG', 'uint32'],
  ['MET_LONG_LONG', 'int64'],
  ['MET_ULONG_LONG', 'uint64'],
  ['MET_FLOAT', 'float32'],
  ['MET_DOUBLE', 'float64'],
]);

/**
 * Reads a MetaImage (.mha) with its voxels inside, compressed or not. MetaImage is LPS mm, as everything here; each row
 * of `TransformMatrix` is the direction of one index axis (ITK's convention). Two-dimensional images become one slice.
 *
 * @throws Fault `NOT_RECOGNISED`, `TRUNCATED`, `MALFORMED`, `LIMIT_EXCEEDED`; `UNSUPPORTED` for detached voxels (.mhd).
 */
export function readMetaImage(file: Uint8Array, limits: VolumeLimits = DEFAULT_VOLUME_LIMITS): VolumeFile {
  const { fields, dataOffset } = readHeader(file);
  const rank = fields.number('NDims') ?? 3;
  if (rank !== 2 && rank !== 3) throw new Fault('UNSUPPORTED', `MetaImage with ${rank} dimensions`);
  const dims = fields.numbers('DimSize', rank) ?? [];
  const count = countVoxels(dims, limits);
  const type = TYPES.get(fields.text('ElementType') ?? '');
  if (type === undefined) throw new Fault('UNSUPPORTED', 'MetaImage of an element type that is not read');
  if ((fields.number('ElementNumberOfChannels') ?? 1) !== 1) {
    throw new Fault('UNSUPPORTED', 'MetaImage with several channels');
  }
  if (fields.flag('BinaryData') === false) throw new Fault('UNSUPPORTED', 'MetaImage with voxels as text');

  const byteCount = count * ELEMENT_BYTES[type];
  const compressed = fields.flag('CompressedData') ?? false;
  const size = compressed ? fields.number('CompressedDataSize') : undefined;
  const stored =
    size !== undefined && size > 0 ? file.subarray(dataOffset, dataOffset + size) : file.subarray(dataOffset);
  const voxels = compressed ? unzlib(stored, { ...limits, maxBytes: byteCount }) : stored;
  if (voxels.length < byteCount) {
    throw new Fault('TRUNCATED', 'the file ends before its last voxel', { offset: file.length });
  }
  const bigEndian = fields.flag('BinaryDataByteOrderMSB') ?? fields.flag('ElementByteOrderMSB') ?? false;
  const data = readElements(voxels, 0, count, type, !bigEndian);
  const { grid, warnings } = gridOf(fields, rank, dims);
  return { volume: { grid, data }, warnings };
}

interface Fields {
  text(...keys: string[]): string | undefined;
  number(key: string): number | undefined;
  /** Exactly `count` finite numbers under the first of the keys that is present. */
  numbers(keys: string | readonly string[], count: number): number[] | undefined;
  flag(key: string): boolean | undefined;
}

function readHeader(file: Uint8Array): { fields: Fields; dataOffset: number } {
  const values = new Map<string, string>();
  let at = 0;
  while (at < Math.min(file.length, MAX_HEADER_BYTES)) {
    const end = file.subarray(at, MAX_HEADER_BYTES).indexOf(0x0a);
    if (end < 0) break;
    const line = String.fromCharCode(...file.subarray(at, at + Math.min(end, 4096))).trim();
    const equals = line.indexOf('=');
    if (equals < 0) throw new Fault('NOT_RECOGNISED', 'not a MetaImage header', { offset: at });
    const key = line.slice(0, equals).trim();
    values.set(key, line.slice(equals + 1).trim());
    at += end + 1;
    if (key !== 'ElementDataFile') continue;
    if (!values.has('DimSize'))
      throw new Fault('NOT_RECOGNISED', 'a MetaImage without DimSize', { offset: 0 });
    if (values.get(key)?.toUpperCase() !== 'LOCAL') {
      throw new Fault('UNSUPPORTED', 'a MetaImage header whose voxels lie in a second file', {
        offset: at,
        advice: 'Save the .mhd/.raw pair as one .mha file.',
      });
    }
    return { fields: fieldsOf(values), dataOffset: at };
  }
  // A detached header may end without a line feed after its last line.
  const whole = String.fromCharCode(...file.subarray(at, at + 512));
  if (/^ElementDataFile\s*=\s*(?!LOCAL)/i.test(whole)) {
    throw new Fault('UNSUPPORTED', 'a MetaImage header whose voxels lie in a second file', {
      offset: at,
      advice: 'Save the .mhd/.raw pair as one .mha file.',
    });
  }
  throw new Fault('NOT_RECOGNISED', 'a MetaImage header without ElementDataFile', { offset: at });
}

function fieldsOf(values: ReadonlyMap<string, string>): Fields {
  const text = (...keys: string[]) => keys.map((key) => values.get(key)).find((v) => v !== undefined);
  const numbers = (keys: string | readonly string[], count: number) => {
    const found = text(...(typeof keys === 'string' ? [keys] : keys));
    if (found === undefined) return undefined;
    const list = found.split(/\s+/).map(Number);
    if (list.length !== count || !list.every(Number.isFinite)) {
      throw new Fault('MALFORMED', `MetaImage: ${keys} needs ${count} numbers`);
    }
    return list;
  };
  return {
    text,
    numbers,
    number: (key) => numbers(key, 1)?.[0],
    flag: (key) => {
      const found = text(key);
      return found === undefined ? undefined : /^(true|1|yes)$/i.test(found);
    },
  };
}

function gridOf(fields: Fields, rank: 2 | 3, dims: readonly number[]): { grid: Grid; warnings: Warning[] } {
  const warnings: Warning[] = [];
  const declared = fields.numbers(['ElementSpacing', 'ElementSize'], rank);
  if (declared === undefined) {
    warnings.push({
      code: 'SPACING_MISSING',
      message: 'The MetaImage gives no voxel size; 1 mm stands in for it.',
    });
  } else if (!declared.every((s) => s > 0)) {
    throw new Fault('MALFORMED', 'MetaImage: ElementSpacing must be positive');
  }
  const matrix = fields.numbers(['TransformMatrix', 'Rotation', 'Orientation'], rank * rank);
  if (matrix === undefined || rank === 2) {
    warnings.push({
      code: 'ORIENTATION_MISSING',
      message: 'The MetaImage does not say how it lies in the patient.',
    });
  }
  const origin = fields.numbers(['Offset', 'Position', 'Origin'], rank) ?? [0, 0, 0];
  const identity: [Vec3, Vec3, Vec3] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const axis = (i: number): Vec3 => {
    if (matrix === undefined || rank === 2) return identity[i];
    const v: Vec3 = [matrix[3 * i], matrix[3 * i + 1], matrix[3 * i + 2]];
    if (!(length(v) > 0)) throw new Fault('MALFORMED', 'MetaImage: an axis of TransformMatrix is zero');
    return scale(v, 1 / length(v));
  };
  const axes: [Vec3, Vec3, Vec3] = [axis(0), axis(1), axis(2)];
  const cosines = [dot(axes[0], axes[1]), dot(axes[1], axes[2]), dot(axes[2], axes[0])];
  if (cosines.some((c) => Math.abs(c) > SHEAR_TOLERANCE)) {
    throw new Fault('UNSUPPORTED', 'the axes of the MetaImage are sheared', {
      advice: 'Resample the volume to a rectangular lattice.',
    });
  }
  const [sx, sy, sz] = declared ?? [1, 1, 1];
  const grid: Grid = {
    size: [dims[0], dims[1], dims[2] ?? 1],
    spacingMm: [sx, sy, sz ?? 1],
    originMm: [origin[0], origin[1], origin[2] ?? 0],
    axes,
  };
  return { grid, warnings };
}
