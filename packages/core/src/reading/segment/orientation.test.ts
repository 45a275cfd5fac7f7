import { expect, test } from 'vitest';
import type { SliceImage } from '../../geometry/index.ts';
import type { ModelRunner, Tensor } from '../model-runner.ts';
import { type Turn, wrongTurn } from './orientation.ts';
import { scoreSlice } from './score.ts';

const SIZE = 48;

/** A slice with one bright square where S1 is when it is the right way round: down and to the right. */
function slice(turned: readonly [columns: boolean, rows: boolean]): SliceImage {
  const data = new Float32Array(SIZE * SIZE);
  for (let y = 28; y < 44; y++) {
    for (let x = 28; x < 44; x++) {
      data[(turned[1] ? SIZE - 1 - y : y) * SIZE + (turned[0] ? SIZE - 1 - x : x)] = 1;
    }
  }
  const inPlane = { columns: SIZE, rows: SIZE, spacingMm: [1, 1], originMm: [0, 0] } as const;
  return { data, inPlane } as unknown as SliceImage;
}

/** Sees S1 and the lowest disc only down on the right; elsewhere it sees a dim likeness of the disc. */
function runner(likeness: number) {
  let runs = 0;
  const port: Pick<ModelRunner, 'run'> = {
    async run(_, { image }): Promise<Record<string, Tensor>> {
      runs++;
      const n = SIZE * SIZE;
      const data = new Float32Array(9 * n);
      const right = image.data[36 * SIZE + 36] > 0.5;
      if (right) for (let at = 0; at < n; at++) if (image.data[at] > 0.5) data[3 * n + at] = 1;
      data[8 * n + 5] = right ? 0.9 : likeness;
      return { scores: { dims: [1, 9, SIZE, SIZE], data } };
    },
  };
  return { port: port as ModelRunner, runs: () => runs };
}

test.for<[Turn | undefined, [boolean, boolean]]>([
  [undefined, [false, false]],
  ['mirrored front to back', [true, false]],
  ['upside down', [false, true]],
  ['upside down and mirrored front to back', [true, true]],
])('%s', async ([turn, turned]) => {
  const { port } = runner(0.3);
  const image = slice(turned);
  expect(await wrongTurn(image, await scoreSlice(image, port), port)).toBe(turn);
});

test('an image whose junction is plain is not read again', async () => {
  const { port, runs } = runner(0.3);
  const image = slice([false, false]);
  await wrongTurn(image, await scoreSlice(image, port), port);
  expect(runs()).toBe(1);
});

test('without S1 in any orientation nothing is said: the sacrum may lie outside the image', async () => {
  const { port } = runner(0.3);
  const image = { ...slice([false, false]), data: new Float32Array(SIZE * SIZE) };
  expect(await wrongTurn(image, await scoreSlice(image, port), port)).toBeUndefined();
});

test('a junction that another orientation shows only a little more plainly convinces nobody', async () => {
  const { port } = runner(0.85);
  const image = slice([true, false]);
  expect(await wrongTurn(image, await scoreSlice(image, port), port)).toBeUndefined();
});
