import type { Tensor } from '@promontory/core/reading';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web';

export type Tensors = Readonly<Record<string, Tensor>>;

/** A network, ready to run. */
export interface OpenedModel {
  run(inputs: Tensors): Promise<Record<string, Tensor>>;
}

/** One way of running networks in this browser. */
export interface Provider {
  readonly name: 'wasm' | 'webgpu';
  readonly threads: number;
  open(model: Uint8Array): Promise<OpenedModel>;
}

/** What is used of ONNX Runtime Web; each way of running is a build of its own. */
export interface Ort {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof OrtTensor;
}

export function ortProvider(
  ort: Ort,
  name: Provider['name'],
  threads: number,
  options: InferenceSession.SessionOptions,
): Provider {
  return {
    name,
    threads,
    async open(model) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [name],
        graphOptimizationLevel: 'all',
        ...options,
      });
      return {
        async run(inputs) {
          const feeds = Object.fromEntries(
            Object.entries(inputs).map(([key, t]) => [key, new ort.Tensor('float32', t.data, t.dims)]),
          );
          const results = await session.run(feeds);
          const outputs: Record<string, Tensor> = {};
          for (const [key, tensor] of Object.entries(results)) {
            outputs[key] = { dims: tensor.dims, data: (await tensor.getData()) as Float32Array };
            tensor.dispose();
          }
          return outputs;
        },
      };
    },
  };
}
