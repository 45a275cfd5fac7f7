/** For tests of everything around the models: answers with a phantom's own label map, and with set grades. */
import { type InPlaneGrid, inPlaneGridAt } from '@promontory/core/geometry';
import type { PhantomStudy } from '@promontory/core/phantom';
import {
  AXIAL_CLASSES,
  AXIAL_SEGMENTER,
  CLASS_COUNT,
  FEATURES,
  GRADER,
  SEGMENTER,
  type Tensor,
} from '@promontory/core/reading';
import { BINARY_GRADES, CANAL_VALUE, CORD_VALUE, VERTEBRA_VALUE } from '@promontory/core/spine';
import type { ClosableRunner } from './ports.ts';

const CHANNELS = CLASS_COUNT + 2;
const CLASS_OF = (label: number): number => {
  if (label >= 100) return 2;
  if (label === VERTEBRA_VALUE.S1) return 3;
  if (label === CORD_VALUE || label === CANAL_VALUE) return 4;
  return label >= VERTEBRA_VALUE.T9 && label < VERTEBRA_VALUE.S1 ? 1 : 0;
};
const SIGMA_MM = 3;

/** The study's sagittal T2 must be read first, slice by slice; whatever follows is taken for its middle slice. */
export function truthRunner(study: Pick<PhantomStudy, 'labels'>): ClosableRunner {
  const labels = study.labels!;
  const count = labels.grid.size[2];
  let call = 0;
  return {
    identify: async (id) => ({ id, version: '0.0.0', sha256: '0'.repeat(64) }),
    constants: async () => ({
      relativeUncertainty: { sacArea: 0.1, sacExtent: 0.1, psoas: 0.1, multifidus: 0.1, erectorSpinae: 0.1 },
      featureScales: Object.fromEntries(FEATURES.map((name) => [name, { mean: 0, sd: 1 }])),
      pfirrmannCuts: [1.5, 2.5, 3.5, 4.5],
      pfirrmannSetThresholds: [0.1, 0.1, 0.1, 0.1, 0.1],
      modicSetThresholds: [0.1, 0.1, 0.1, 0.1],
      pfirrmannLargestSet: 3,
      binaryThresholds: Object.fromEntries(BINARY_GRADES.map((name) => [name, 0.5])),
    }),
    run: async (id, inputs): Promise<Record<string, Tensor>> => {
      if (id === GRADER) return grades(inputs.crops.dims[0]);
      if (id === AXIAL_SEGMENTER) return emptySlice(inputs.image.dims);
      if (id !== SEGMENTER) throw new Error(`no model ${id}`);
      const k = call < count ? call : Math.floor(count / 2);
      call++;
      return {
        scores: scoresOf(labels.labels, labels.grid.size, labels.grid.spacingMm, k, inputs.image.dims),
      };
    },
    close: async () => {},
  };
}

/** An axial slice on which nothing is seen. */
function emptySlice([, , height, width]: readonly number[]): Record<string, Tensor> {
  const data = new Float32Array(AXIAL_CLASSES.length * width * height).fill(1, 0, width * height);
  return { scores: { dims: [1, AXIAL_CLASSES.length, height, width], data } };
}

function grades(n: number): Record<string, Tensor> {
  const repeat = (row: readonly number[]): Tensor => ({
    dims: [n, row.length],
    data: Float32Array.from({ length: n * row.length }, (_, i) => row[i % row.length]),
  });
  return {
    pfirrmann: repeat([0.05, 0.1, 0.7, 0.1, 0.05]),
    modic: repeat([0.85, 0.05, 0.05, 0.05]),
    binary: repeat([0.1, 0.2, 0.3, 0.2, 0.1, 0.1]),
  };
}

function scoresOf(
  labels: Uint8Array,
  size: readonly number[],
  spacingMm: readonly number[],
  k: number,
  dims: readonly number[],
): Tensor {
  const [columns, rows] = size;
  const native: InPlaneGrid = { columns, rows, spacingMm: [spacingMm[0], spacingMm[1]], originMm: [0, 0] };
  const lattice = inPlaneGridAt(native, 1);
  const [, , height, width] = dims;
  const n = width * height;
  const data = new Float32Array(CHANNELS * n);
  const centres = new Map<number, { x: number; y: number; n: number }>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = Math.round((lattice.originMm[0] + x) / spacingMm[0]);
      const j = Math.round((lattice.originMm[1] + y) / spacingMm[1]);
      const inside = i >= 0 && j >= 0 && i < columns && j < rows;
      const label = inside ? labels[i + columns * (j + rows * k)] : 0;
      data[CLASS_OF(label) * n + y * width + x] = 1;
      if (label >= 100) {
        const c = centres.get(label) ?? { x: 0, y: 0, n: 0 };
        centres.set(label, { x: c.x + x, y: c.y + y, n: c.n + 1 });
      }
    }
  }
  const lowest = Math.max(...centres.keys());
  for (const [label, { x, y, n: pixels }] of centres) {
    for (const channel of label === lowest ? [CLASS_COUNT, CLASS_COUNT + 1] : [CLASS_COUNT]) {
      bump(data.subarray(channel * n, (channel + 1) * n), width, x / pixels, y / pixels);
    }
  }
  return { dims: [1, CHANNELS, height, width], data };
}

function bump(map: Float32Array, width: number, x: number, y: number): void {
  map.forEach((v, at) => {
    const d2 = ((at % width) - x) ** 2 + (Math.floor(at / width) - y) ** 2;
    map[at] = Math.max(v, Math.exp(-d2 / (2 * SIGMA_MM * SIGMA_MM)));
  });
}
