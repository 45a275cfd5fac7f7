export type { ModelIdentity, ModelRunner, Tensor } from './model-runner.ts';
