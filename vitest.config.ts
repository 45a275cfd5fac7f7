import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts', 'conformance/**/*.test.ts'],
    testTimeout: 120_000,
    // An embedded database takes seconds to begin, more where other tests run beside it.
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
