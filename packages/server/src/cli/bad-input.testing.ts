/** Analyses of what must be refused, and of what is read nevertheless. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PhantomStudy } from '@promontory/core/phantom';
import type { Findings } from '@promontory/core/spine';
import { expect } from 'vitest';
import { newFolder, type Outcome, promontory } from './command-line.testing.ts';
import type { ClosableRunner } from './ports.ts';
import { truthRunner } from './truth-runner.testing.ts';

export interface Refusal extends Outcome {
  readonly error: { code: string; message: string; advice?: string; choices?: string[] };
}

/** Analyses what must be refused: twice, for the line and for the JSON; and sees that nothing was written. */
export async function refused(
  input: string,
  args: readonly string[] = [],
  runner?: ClosableRunner,
): Promise<Refusal> {
  const out = join(newFolder(), 'deep', 'results');
  const ports = runner === undefined ? {} : { runner: async () => runner };
  const asJson = await promontory(['analyze', input, '--out', out, '--json', ...args], ports);
  const asLine = await promontory(['analyze', input, '--out', out, ...args], ports);
  expect(asJson.code).toBe(asLine.code);
  expect(asJson.code).not.toBe(0);
  expect(asJson.err).toBe('');
  expect(asLine.out).toBe('');
  expect(asLine.err).toMatch(/^promontory: [^\n]+\n$/);
  expect(existsSync(join(out, '..'))).toBe(false);
  return { ...asLine, error: JSON.parse(asJson.out).error };
}

export async function read(
  input: string,
  study: Pick<PhantomStudy, 'labels'>,
  args: readonly string[] = [],
): Promise<Findings> {
  const out = join(newFolder(), 'results');
  const outcome = await promontory(['analyze', input, '--out', out, ...args], {
    runner: async () => truthRunner(study),
  });
  expect(outcome).toMatchObject({ code: 0, err: '' });
  return JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8'));
}

export const codes = (findings: Findings): string[] => findings.quality.warnings.map((w) => w.code);

/** Bytes without order, the same each time. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}
