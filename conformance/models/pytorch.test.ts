/** The shipped ONNX files answer as the PyTorch modules did that they were exported from. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { OnnxRunner } from '../../packages/server/src/ports/models/onnx-runner.ts';

interface Card {
  readonly pytorch: {
    readonly inputs: Readonly<Record<string, number[]>>;
    readonly outputs: Readonly<
      Record<string, { readonly every: number; readonly values: readonly number[] }>
    >;
  };
}

/** As `pattern` in training/provenance.py: exact in doubles. */
const pattern = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => ((i * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31);

const runner = new OnnxRunner('models');
afterAll(() => runner.close());

test.for(['sagittal-segmenter', 'disc-grader', 'axial-segmenter'])('%s', async (id) => {
  const { pytorch } = JSON.parse(readFileSync(`models/${id}.json`, 'utf8')) as Card;
  const inputs = Object.fromEntries(
    Object.entries(pytorch.inputs).map(([name, dims]) => [
      name,
      { dims, data: pattern(dims.reduce((a, b) => a * b, 1)) },
    ]),
  );
  const outputs = await runner.run(id, inputs);
  for (const [name, { every, values }] of Object.entries(pytorch.outputs)) {
    for (const [i, value] of values.entries()) {
      expect(outputs[name].data[i * every], `${name} ${i}`).toBeCloseTo(value, 4);
    }
  }
});
