import { defineConfig } from 'vitest/config';

/** Black-box suites against the running server: `npm run conformance`. */
export default defineConfig({
  test: {
    include: ['conformance/archive/**/*.suite.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
