import { defineConfig } from 'vitest/config';

/** The shipped models on real scans: slower than a test run should be. `npm run test:models`. */
export default defineConfig({
  test: { include: ['conformance/**/*.slow.ts'], testTimeout: 900_000, maxWorkers: 1 },
});
