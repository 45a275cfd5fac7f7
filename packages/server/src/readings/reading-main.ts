/** Composition root of the reading process. */
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { createNodeCodecs } from '../ports/codecs/index.ts';
import { OnnxRunner } from '../ports/models/onnx-runner.ts';
import { resvgRasteriser } from '../ports/raster/index.ts';
import { serveReading } from './serve-reading.ts';

const MODELS = process.env.PROMONTORY_MODELS ?? fileURLToPath(new URL('../../../../models', import.meta.url));

await serveReading({
  version: packageJson.version,
  now: () => new Date(),
  codecs: async () => createNodeCodecs(),
  runner: async () => new OnnxRunner(MODELS),
  rasteriser: async () => resvgRasteriser(),
});
