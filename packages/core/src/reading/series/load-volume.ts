import { Fault, isFault, type Warning } from '../../fault/index.ts';
import {
  reorientVolume,
  resampleSlice,
  type Stack,
  type Volume,
  type VoxelArray,
} from '../../geometry/index.ts';
import { type CodecPort, openPixels, type PixelReader } from '../../pixels/index.ts';
import type { FrameRecord } from './frames.ts';
import type { LoadedVolume, SeriesStack } from './series.ts';

/** Offsets from the lattice below this share of a pixel are not worth an interpolation. */
const OFFSET_PIXELS = 0.1;

/**
 * Decodes the slices of a stack into one volume on its (turned) grid. Tilted stacks are squared up slice by slice.
 * @param frames what `stack.slices` point into
 * @throws the first Fault if no slice can be decoded
 */
export async function loadStack(
  stack: Stack,
  placed: SeriesStack,
  frames: readonly FrameRecord[],
  codecs: CodecPort,
  subject: string,
): Promise<LoadedVolume> {
  const [columns, rows, slices] = stack.grid.size;
  const data = new Float32Array(columns * rows * slices);
  const present: boolean[] = new Array(slices).fill(false);
  const warnings: Warning[] = [];
  const readers = new Map<object, PixelReader>();
  let firstFault: Fault | undefined;
  let constant = 0;

  for (let k = 0; k < slices; k++) {
    const index = stack.slices[k];
    if (index === undefined) continue;
    const { source, frame } = frames[index];
    try {
      let reader = readers.get(source);
      if (reader === undefined) {
        reader = openPixels(source.file, codecs);
        readers.set(source, reader);
        for (const warning of reader.warnings)
          warnings.push({ ...warning, subject: `input ${source.index}` });
      }
      const decoded = await reader.decodeFrame(frame);
      const slice = squareUp(decoded.values, stack, k);
      data.set(slice, k * columns * rows);
      present[k] = true;
      if (isConstant(slice)) constant++;
    } catch (error) {
      if (!isFault(error)) throw error;
      firstFault ??= error;
      warnings.push({
        code: 'SLICE_UNREADABLE',
        message: `A slice could not be decoded (${error.code}) and is left out.`,
        subject: `input ${source.index}`,
      });
    }
  }
  if (firstFault !== undefined && !present.includes(true)) throw firstFault;
  if (constant === slices) throw noPicture();
  if (constant > 0) {
    warnings.push({
      code: 'SLICE_CONSTANT',
      message: `${constant} of ${slices} slices have one value all over.`,
      subject,
    });
  }
  const volume = reorientVolume({ grid: stack.grid, data }, placed.mapping);
  // The slice axis stays the slice axis (see placeStack); it may only be read from the other end.
  if (placed.mapping.flip[2]) present.reverse();
  return { volume: { grid: placed.grid, data: volume.data }, present, warnings };
}

function squareUp(values: Int16Array | Float32Array, stack: Stack, k: number): Float32Array {
  const [columns, rows] = stack.grid.size;
  const [sx, sy] = stack.grid.spacingMm;
  const [dx, dy] = stack.offsetsMm[k];
  const lattice = { columns, rows, spacingMm: [sx, sy] as const, originMm: [0, 0] as const };
  if (Math.abs(dx) <= OFFSET_PIXELS * sx && Math.abs(dy) <= OFFSET_PIXELS * sy)
    return Float32Array.from(values);
  return resampleSlice(values, { ...lattice, originMm: [dx, dy] }, lattice, 'bilinear');
}

/** Volumes of other formats: converted to Float32 and turned like stacks. */
export function loadArray(source: Volume<VoxelArray>, placed: SeriesStack, subject: string): LoadedVolume {
  const data = source.data instanceof Float32Array ? source.data : Float32Array.from(source.data);
  const volume = reorientVolume({ grid: source.grid, data }, placed.mapping);
  const [columns, rows, slices] = volume.grid.size;
  let constant = 0;
  for (let k = 0; k < slices; k++) {
    if (isConstant(volume.data.subarray(k * columns * rows, (k + 1) * columns * rows))) constant++;
  }
  if (constant === slices) throw noPicture();
  const message = `${constant} of ${slices} slices have one value all over.`;
  return {
    volume: { grid: placed.grid, data: volume.data },
    present: new Array(slices).fill(true),
    warnings: constant > 0 ? [{ code: 'SLICE_CONSTANT', message, subject }] : [],
  };
}

function noPicture(): Fault {
  return new Fault('PIXELS_CONSTANT', 'The series holds no picture: every slice has one value all over.', {
    advice: 'Export the study again, or choose another series.',
  });
}

function isConstant(values: Float32Array): boolean {
  const first = values[0];
  return values.every((v) => v === first || Number.isNaN(v));
}
