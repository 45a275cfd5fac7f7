/** Composition root of the command line: the only place that knows which adapters stand behind the ports. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import type { Ports } from './ports.ts';
import { run } from './run.ts';
import { showFile } from './show-file.ts';

const MODELS = process.env.PROMONTORY_MODELS ?? fileURLToPath(new URL('../../../../models', import.meta.url));

const CONFIG = join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'promontory');

const ports: Ports = {
  version: packageJson.version,
  now: () => new Date(),
  configFolder: CONFIG,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  errIsTerminal: process.stderr.isTTY === true,
  codecs: async () => (await import('../ports/codecs/index.ts')).createNodeCodecs(),
  runner: async () => new (await import('../ports/models/onnx-runner.ts')).OnnxRunner(MODELS),
  rasteriser: async () => (await import('../ports/raster/index.ts')).resvgRasteriser(),
  show: showFile,
};

// Whoever reads the output may stop early (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), ports);
