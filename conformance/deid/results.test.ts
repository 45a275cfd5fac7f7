/** Results of the de-identification, read by pydicom and judged by dciodvfy (dicom3tools). */
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeidOptions, deidentify } from '@promontory/core/deid';
import {
  buildDataSet,
  DataSetBuilder,
  parseDicom,
  Tag,
  withDataSet,
  writeDicom,
} from '@promontory/core/dicom';
import { phantomStudy } from '@promontory/core/phantom';
import { afterAll, describe, expect } from 'vitest';
import { corpusFiles, messages, readWithPydicom } from '../dicom/oracles.ts';
import { dataFolder, hasCommand, needs, pythonWith, testWith, withoutData } from '../oracle.ts';
import { violations } from './rules.ts';

const withoutPydicom = pythonWith('pydicom') === undefined ? 'pydicom is not installed' : undefined;
const withoutDciodvfy = hasCommand('dciodvfy') ? undefined : 'dciodvfy is not installed';
const folder = mkdtempSync(join(tmpdir(), 'promontory-deid-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keyedHash = (text: string) => createHmac('sha256', 'conformance').update(text).digest();
const CANARY = 'Zyxwvutsky';

interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

let count = 0;
/** The object before and after, as files; `undefined` where it is refused. */
function caseOf(name: string, bytes: Uint8Array, options: Partial<DeidOptions> = {}): Case | undefined {
  const outcome = deidentify(parseDicom(bytes), { keyedHash, ...options });
  if (outcome.outcome === 'refused') return undefined;
  const [before, after] = ['before', 'after'].map((when) => join(folder, `${count}-${when}.dcm`));
  count++;
  writeFileSync(before, bytes);
  writeFileSync(after, outcome.bytes);
  return { name, before, after };
}

/** A phantom's image with as much of a patient in it as a valid image can hold. */
function loaded(bytes: Uint8Array): Uint8Array {
  const file = parseDicom(bytes);
  const dataSet = new DataSetBuilder(file.dataSet)
    .set(Tag.PatientName, `${CANARY}^Quentin`)
    .set(Tag.PatientID, `${CANARY}-1`)
    .set(Tag.PatientBirthDate, '19550607')
    .set(Tag.ReferringPhysicianName, `Doctor^${CANARY}`)
    .set(Tag.OperatorsName, [`${CANARY}^A`, `${CANARY}^B`])
    .set(Tag.InstitutionName, `${CANARY} Hospital`)
    .set(Tag.StudyDescription, `Spine of ${CANARY}`)
    .set(Tag.PatientComments, CANARY)
    .set(Tag.AccessionNumber, 'ACC12345')
    .set(Tag.DeviceSerialNumber, '4711')
    .set(Tag.OtherPatientIDsSequence, [buildDataSet({ PatientID: `${CANARY}-2`, TypeOfPatientID: 'TEXT' })])
    .set(Tag.RequestAttributesSequence, [
      buildDataSet({
        RequestedProcedureID: 'R1',
        ScheduledProcedureStepID: 'S1',
        ScheduledProcedureStepDescription: CANARY,
      }),
    ])
    .set(Tag.ReferencedImageSequence, [
      buildDataSet({
        ReferencedSOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
        ReferencedSOPInstanceUID: '1.2.276.0.7230010.3.1.4.77',
      }),
    ])
    .setPrivate(
      0x0029,
      'SIEMENS CSA HEADER',
      0x10,
      Uint8Array.from(CANARY, (c) => c.charCodeAt(0)),
      'OB',
    )
    .build();
  return writeDicom(withDataSet(file, dataSet));
}

const phantoms = (options: Partial<DeidOptions> = {}): Case[] =>
  phantomStudy({ seed: 3, sagittalSlices: 2, series: ['sagittal-t1', 'sagittal-t2', 'axial-t2'] })
    .files.slice(0, 8)
    .flatMap(({ name, bytes }) => caseOf(name, loaded(bytes), options) ?? []);

/** Every fourth file of the folder that is not refused, and how many were. */
function fixtures(below: string): { cases: Case[]; refused: number } {
  const root = join(dataFolder!, below);
  const names = corpusFiles(root).filter((_, i) => below !== 'dicom' || i % 4 === 0);
  let refused = 0;
  const cases = names.flatMap((name) => {
    try {
      const made = caseOf(name, new Uint8Array(readFileSync(join(root, name))));
      if (made === undefined) refused++;
      return made ?? [];
    } catch {
      return []; // no DICOM file, or one that the reader refuses: the corpus test judges that
    }
  });
  return { cases, refused };
}

function judge(cases: readonly Case[]): string[] {
  const before = readWithPydicom(cases.map((one) => one.before));
  const after = readWithPydicom(cases.map((one) => one.after));
  return cases.flatMap(({ name }, i) => {
    if (after[i].error !== undefined) return [`${name}: ${after[i].error}`];
    return violations(before[i], after[i]).map((what) => `${name} ${what}`);
  });
}

/** Errors of dciodvfy that the original does not have. */
async function newErrors(cases: readonly Case[]): Promise<string[]> {
  const errors = async (path: string) =>
    (await messages('dciodvfy', [path])).split('\n').filter((line) => line.startsWith('Error'));
  const found: string[] = [];
  for (const { name, before, after } of cases) {
    const known = new Set(await errors(before));
    for (const line of await errors(after)) if (!known.has(line)) found.push(`${name}: ${line}`);
  }
  return found;
}

describe('phantom images', () => {
  testWith(withoutPydicom, 'hold nothing that table E.1-1 removes, read by pydicom', () => {
    const cases = phantoms();
    expect(cases).toHaveLength(8);
    expect(judge(cases)).toEqual([]);
    // The judge does find what is there.
    const untouched = judge([{ ...cases[0], after: cases[0].before }]);
    expect(untouched.length).toBeGreaterThan(15);
    for (const { after } of cases) expect(readFileSync(after, 'latin1')).not.toContain(CANARY);
  });

  testWith(withoutDciodvfy, 'stay valid, with and without options', async () => {
    const options: Partial<DeidOptions> = {
      retain: ['modified-dates', 'characteristics', 'device'],
      cleanDescriptors: true,
      cleanPixels: { regions: [{ x: 0, y: 0, width: 20, height: 20 }] },
    };
    expect(await newErrors([...phantoms(), ...phantoms(options)])).toEqual([]);
  });
});

describe('images of others', () => {
  const missing = needs([withoutData, withoutPydicom, withoutDciodvfy]);
  testWith(missing, 'series of lumbar spines: clean and no less valid', async () => {
    const { cases, refused } = fixtures('dicom');
    expect(cases.length).toBeGreaterThan(20);
    expect(refused).toBe(0);
    expect(judge(cases)).toEqual([]);
    expect(await newErrors(cases.filter((_, i) => i % 3 === 0))).toEqual([]);
  });

  testWith(missing, 'the odd files of the corpus: clean or refused', () => {
    const { cases, refused } = fixtures('dicom-corpus');
    expect(cases.length).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(20);
    expect(judge(cases)).toEqual([]);
  });
});
