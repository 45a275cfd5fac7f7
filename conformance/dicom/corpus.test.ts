/** Every file of the corpus against pydicom and DCMTK: verdict in time, same values, same bytes back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DicomFile, parseDicom, toDicomJson, writeDicom } from '@promontory/core/dicom';
import { isFault } from '@promontory/core/fault';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareWithJson, compareWithPydicom, type Difference } from './compare.ts';
import justified from './differences.json' with { type: 'json' };
import { corpusFiles, corpusFolder, mapSome, missing, output, readWithPydicom } from './oracles.ts';
import refusedWithReason from './refused.json' with { type: 'json' };

const absent = missing();

if (absent !== undefined) {
  test('the corpus comparison can run', (context) => {
    if (process.env.CI === 'true') throw new Error(absent);
    context.skip(`skipped: ${absent}`);
  });
}

interface Verdict {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly file: DicomFile | undefined;
  readonly fault: unknown;
  readonly milliseconds: number;
}

function read(name: string): Verdict {
  const bytes = new Uint8Array(readFileSync(join(corpusFolder!, name)));
  const start = performance.now();
  try {
    const file = parseDicom(bytes);
    return { name, bytes, file, fault: undefined, milliseconds: performance.now() - start };
  } catch (fault) {
    return { name, bytes, file: undefined, fault, milliseconds: performance.now() - start };
  }
}

/** `*` stands for any characters. */
function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(text);
}

/** Differences without a written reason, as text; marks the reasons that were needed. */
function unexplained(
  oracle: string,
  name: string,
  differences: readonly Difference[],
  used: Set<unknown>,
): string[] {
  return differences.flatMap(({ path, what }) => {
    const entry = justified.find(
      (each) => each.oracle === oracle && matches(each.file, name) && matches(each.path, path),
    );
    if (entry === undefined) return [`${name} ${path}: ${what}`];
    used.add(entry);
    return [];
  });
}

describe.skipIf(absent !== undefined)('the corpus', () => {
  let verdicts: Verdict[] = [];
  const wholeVerdicts = () =>
    verdicts.flatMap((verdict) => (verdict.file === undefined ? [] : [{ ...verdict, file: verdict.file }]));

  beforeAll(() => {
    verdicts = corpusFiles(corpusFolder!).map(read);
  });

  test('every file gets a verdict within a second, and every refusal is a Fault with an offset', () => {
    expect(verdicts.length).toBeGreaterThanOrEqual(194);
    for (const { name, fault, milliseconds } of verdicts) {
      expect(milliseconds, name).toBeLessThan(1000);
      if (fault !== undefined) {
        expect(isFault(fault), `${name}: ${fault}`).toBe(true);
        expect((fault as { offset?: number }).offset, name).toBeDefined();
      }
    }
  });

  test('what DCMTK reads is not refused without a written reason', async () => {
    const refused = verdicts.filter(({ file }) => file === undefined);
    const readable = await mapSome(refused, async ({ name }) =>
      (await output('dcmdump', ['-q', join(corpusFolder!, name)])) === undefined ? [] : [name],
    );
    expect(readable.flat()).toEqual(refusedWithReason.map((each: { file: string }) => each.file));
  });

  test('values equal those of pydicom and dcm2json, but for written differences', async () => {
    const used = new Set<unknown>();
    const files = wholeVerdicts();
    const theirs = readWithPydicom(files.map(({ name }) => join(corpusFolder!, name)));
    const wrong: string[] = [];
    files.forEach(({ name, file }, i) => {
      expect(theirs[i].error, name).toBeUndefined();
      const differences = [
        ...compareWithPydicom(file.meta, theirs[i].meta),
        ...compareWithPydicom(file.dataSet, theirs[i].dataset),
      ];
      wrong.push(...unexplained('pydicom', name, differences, used));
    });
    const compared = await mapSome(files, async ({ name, file }) => {
      // dcm2json refuses compressed pixel data and some character sets: pydicom alone judges those.
      const json = await output('dcm2json', [join(corpusFolder!, name)]);
      if (json === undefined) return 0;
      const ours = toDicomJson(file.dataSet, { maxInlineBytes: Number.POSITIVE_INFINITY });
      wrong.push(...unexplained('dcm2json', name, compareWithJson(ours, JSON.parse(json)), used));
      return 1;
    });
    expect(wrong).toEqual([]);
    expect(compared.filter((count) => count === 1).length).toBeGreaterThanOrEqual(130);
    expect(justified.filter((entry) => !used.has(entry))).toEqual([]);
  });

  test('a file that was read whole is written byte for byte', () => {
    const changed = wholeVerdicts().filter(
      ({ bytes, file }) => Buffer.compare(writeDicom(file), bytes) !== 0,
    );
    expect(changed.map(({ name }) => name)).toEqual([
      'test_files/MR_truncated.dcm',
      'test_files/dicomdirtests/DICOMDIR-nooffset',
      'test_files/rtplan_truncated.dcm',
    ]);
    for (const { file } of changed) {
      expect(file.warnings.map(({ code }) => code)).toContain('FILE_TRUNCATED');
      expect(parseDicom(writeDicom(file)).warnings).toEqual([]);
    }
  });
});
