import { defineConfig } from '@playwright/test';

/** End-to-end tests of the workbench in a real Chromium against the real server: `npm run test:e2e`. */
export default defineConfig({
  testDir: 'e2e',
  projects: [
    { name: 'workbench', testMatch: '**/*.e2e.ts' },
    // The pictures of the documentation: `npm run pictures`.
    { name: 'pictures', testMatch: '**/*.pictures.ts' },
  ],
  globalSetup: './e2e/harness/prepare.ts',
  outputDir: 'out/e2e/results',
  // Images are drawn by the processor here; one browser and one server fill two cores.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    actionTimeout: 20_000,
    trace: 'retain-on-failure',
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    },
  },
});
