/**
 * Builds the workbench before a start, as `npm run build` does. Where the tools are not installed (`npm ci --omit=dev`)
 * what was built before is served; without it the server still starts, and says under `/workbench/` what is missing.
 *
 *   node scripts/build-workbench.ts
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'packages/web/dist/index.html');

const isMissing = (error: unknown): boolean => (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND';

const vite = await import('vite').catch((error: unknown) => {
  if (isMissing(error)) return undefined;
  throw error;
});
if (vite !== undefined)
  await vite.build({ configFile: join(ROOT, 'packages/web/vite.config.ts'), logLevel: 'warn' });
else if (!existsSync(BUILT))
  process.stderr.write(
    'The workbench is not built: run npm ci && npm run build, then npm prune --omit=dev if you like.\n',
  );
