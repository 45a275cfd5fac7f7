/** A reading process for tests: knows the phantom's labels instead of running the networks. */
import { truthRunner } from '../cli/truth-runner.testing.ts';
import { createNodeCodecs } from '../ports/codecs/index.ts';
import { testPhantom } from './readings.testing.ts';
import { serveReading } from './serve-reading.ts';

await serveReading({
  version: '0.0.0-test',
  now: () => new Date('2026-01-02T03:04:05Z'),
  codecs: async () => createNodeCodecs(),
  runner: async () => truthRunner(testPhantom()),
  rasteriser: async () => ({ toPng: () => Uint8Array.of(0x89, 0x50, 0x4e, 0x47) }),
});
