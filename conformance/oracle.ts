import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'vitest';

/** Real data beside the project; see the README. */
export const dataFolder = process.env.PROMONTORY_DATA;

const PYTHONS = [process.env.PROMONTORY_PYTHON, '/usr/bin/python3', 'python3'].filter((p) => p !== undefined);

/** The first Python that has all the modules. */
export function pythonWith(...modules: string[]): string | undefined {
  return PYTHONS.find((python) => spawnSync(python, ['-c', `import ${modules.join(',')}`]).status === 0);
}

export const hasCommand = (name: string): boolean => spawnSync('which', [name]).status === 0;

/** Where something is missing: skips with the reason, but fails when CI is set, for there nothing may be skipped. */
export function needs(missing: readonly (string | false | undefined)[]): string | undefined {
  const reasons = missing.filter((m): m is string => typeof m === 'string');
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

/** As vitest's `test`, but with what it needs; see `needs`. */
export function testWith(
  missing: string | undefined,
  name: string,
  run: () => void | Promise<void>,
  timeoutMs = 120_000,
) {
  if (missing === undefined) return test(name, run, timeoutMs);
  if (process.env.CI === 'true') {
    return test(name, () => {
      throw new Error(`cannot run in CI: ${missing}`);
    });
  }
  return test.skip(`${name} (skipped: ${missing})`, run);
}

/** The data folder, or the reason why there is none. */
export const withoutData: string | undefined =
  dataFolder !== undefined && existsSync(dataFolder) ? undefined : 'PROMONTORY_DATA is not set';
