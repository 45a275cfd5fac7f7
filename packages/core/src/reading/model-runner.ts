/** A dense tensor, row-major. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Identity of a model as its card states it. */
export interface ModelIdentity {
  readonly id: string;
  readonly version: string;
  /** Hex SHA-256 of the ONNX file. */
  readonly sha256: string;
}

/** What the JSON beside an ONNX file must say; the rest of a card is for people. */
export interface ModelCard extends ModelIdentity {
  readonly file: string;
  /** Temperatures, thresholds and scales that the reading needs with the model. */
  readonly constants?: unknown;
}

/**
 * The port through which the reading runs its networks: ONNX Runtime in Node worker threads, ONNX Runtime Web in a browser.
 * @throws Fault `MODEL_UNAVAILABLE` if the model is missing or its hash is not that of its card.
 */
export interface ModelRunner {
  identify(modelId: string): Promise<ModelIdentity>;
  run(modelId: string, inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Calibration and other constants that travel with the model (temperatures, thresholds), from its card. */
  constants(modelId: string): Promise<unknown>;
}
