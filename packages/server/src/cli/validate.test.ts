/** `validate` on phantoms whose truth is known: own layout with DICOM, SPIDER's with MetaImage. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNiftiGz } from '@promontory/core/formats';
import type { Volume } from '@promontory/core/geometry';
import type { PhantomStudy } from '@promontory/core/phantom';
import { assembleStudy } from '@promontory/core/reading';
import { VERTEBRA_VALUE } from '@promontory/core/spine';
import type { Validation } from '@promontory/core/validation';
import { afterAll, describe, expect, test } from 'vitest';
import { createNodeCodecs } from '../ports/codecs/index.ts';
import {
  asFiles,
  filesBelow,
  folderWith,
  newFolder,
  promontory,
  removeFolders,
  smallPhantom,
} from './command-line.testing.ts';
import { truthRunner } from './truth-runner.testing.ts';

afterAll(removeFolders);

const studies: readonly PhantomStudy[] = [smallPhantom(), smallPhantom({ seed: 11 })];

/** One truth runner per study in the order of reading; the last call only asks for the names of the models. */
function runners(order: readonly PhantomStudy[]) {
  let call = 0;
  return async () => truthRunner(order[Math.min(call++, order.length - 1)]);
}

const under = (folder: string, study: PhantomStudy): Record<string, Uint8Array> =>
  Object.fromEntries(Object.entries(asFiles(study)).map(([name, bytes]) => [`${folder}/${name}`, bytes]));

const maskOf = ({ labels }: PhantomStudy): Volume<Uint8Array> => ({
  grid: labels!.grid,
  data: labels!.labels,
});

const LABELS = `study,patient,sex,disc,pfirrmann,modic,narrowing
one,p1,F,L5/S1,3,0,0
one,p1,F,L4/L5,3,0,1
two,p2,M,1,5,2,1
two,p2,M,2,3,0,0
gone,p3,M,1,1,0,0
`;

async function validate(folder: string, args: readonly string[], order = studies) {
  const out = join(newFolder(), 'deep', 'validation');
  const outcome = await promontory(['validate', folder, '--out', out, ...args], { runner: runners(order) });
  const read = (name: string) => readFileSync(join(out, name), 'utf8');
  return { out, outcome, read, json: () => JSON.parse(read('validation.json')) as Validation };
}

describe('our own layout', () => {
  const folder = folderWith({
    'labels.csv': LABELS,
    ...under('studies/one', studies[0]),
    ...under('studies/two', studies[1]),
    'masks/one.nii.gz': writeNiftiGz(maskOf(studies[0])),
    'masks/two.nii.gz': writeNiftiGz(maskOf(studies[1])),
  });

  test('scores every study, lists the one without images, and writes three files', async () => {
    const { out, outcome, json, read } = await validate(folder, []);
    expect(outcome).toMatchObject({ code: 0, err: '' });
    expect(filesBelow(out)).toEqual(['discs.csv', 'validation.html', 'validation.json']);
    const { dataset, figures } = json();
    expect(dataset).toEqual({
      layout: 'own',
      studies: 3,
      failed: [{ study: 'gone', patient: 'p3', code: 'NOTHING_FOUND' }],
    });
    expect(figures).toMatchObject({ studies: 2, patients: 2 });
    // The runner answers with the truth, but on pixels of 1 mm: its outlines are those of the mask within a pixel.
    expect(figures.numbering?.allRight.value).toBe(1);
    expect(figures.segmentation?.disc?.overlap.value).toBeGreaterThan(0.85);
    expect(figures.segmentation?.body?.overlap.value).toBeGreaterThan(0.93);
    expect(figures.segmentation?.body?.hd95Mm?.median).toBeLessThan(1.5);
    // It grades every disc III.
    expect(figures.pfirrmann?.confusion.map((row) => row[2])).toEqual([0, 0, 3, 0, 1]);
    expect(figures.pfirrmann?.exact.value).toBeCloseTo(0.75);
    expect(figures.subgroups.sex.F.studies).toBe(1);
    expect(read('discs.csv').split('\n')).toHaveLength(1 + 4 + 1);
    expect(read('discs.csv')).toContain('\none,p1,1,L5/S1,3,3,0.0500,');
    expect(read('validation.html')).toContain('gone: not read (NOTHING_FOUND)');
  });

  test('--studies chooses, and a study that is not there is refused without naming it', async () => {
    const { json } = await validate(folder, ['--studies', 'two'], [studies[1]]);
    expect(json().figures.studies).toBe(1);
    const { out, outcome } = await validate(folder, ['--studies', 'two,DOE']);
    expect(outcome).toMatchObject({ code: 2, err: expect.not.stringContaining('DOE') });
    expect(existsSync(out)).toBe(false);
  });

  test('one numbering too high is seen: discs lie elsewhere, and each is compared with its neighbour', async () => {
    const shifted = folderWith({
      'labels.csv': LABELS.split('\n').slice(0, 3).join('\n'),
      ...under('studies/one', studies[0]),
      'masks/one.nii.gz': writeNiftiGz(oneHigher(maskOf(studies[0]))),
    });
    const { json } = await validate(shifted, []);
    const { figures } = json();
    expect(figures.numbering?.allRight.value).toBe(0);
    expect(figures.numbering?.notRight[0].farthestMm).toBeGreaterThan(20);
    expect(figures.segmentation?.disc?.overlap.value).toBeLessThan(0.05);
  });
});

/** Every disc of a mask under the name of the one above. */
function oneHigher({ grid, data }: Volume<Uint8Array>): Volume<Uint8Array> {
  const disc = (v: number) => v >= 100 + VERTEBRA_VALUE.T9 + 1;
  return { grid, data: data.map((v) => (disc(v) ? v - 1 : v)) };
}

describe("SPIDER's layout", () => {
  test('reads MetaImage files by their names, with masks in its own values', async () => {
    const [study] = studies;
    const image = await imageOf(study);
    const discs = [124, 123, 122, 121, 120, 119, 118, 117];
    const inItsValues = maskOf(study).data.map((v) => {
      const disc = discs.indexOf(v);
      const body = discs.indexOf(v + 100);
      return disc >= 0 ? 201 + disc : body >= 0 ? 1 + body : v === 61 || v === 60 ? 100 : 0;
    });
    const folder = folderWith({
      'images/7_t2.mha': metaImage(image),
      'masks/7_t2.mha': metaImage({ grid: image.grid, data: inItsValues }),
      'radiological_gradings.csv':
        'Patient,IVD label,Modic,UP endplate,LOW endplate,Spondylolisthesis,Disc herniation,Disc narrowing,Disc bulging,Pfirrman grade\n7,1,0,0,0,0,0,1,1,3\n7,2,0,0,0,0,0,0,0,2\n',
      'overview.csv': 'new_file_name,sex\n7_t2,F\n',
    });
    const { outcome, json } = await validate(folder, [], [study]);
    expect(outcome).toMatchObject({ code: 0, err: '' });
    const { figures, dataset } = json();
    expect(dataset).toMatchObject({ layout: 'spider', failed: [] });
    expect(figures.numbering?.allRight.value).toBe(1);
    expect(figures.segmentation?.disc?.overlap.value).toBeGreaterThan(0.85);
    expect(figures.segmentation?.body?.overlap.value).toBeGreaterThan(0.9);
    expect(figures.segmentation?.body?.hd95Mm).toBeUndefined();
    expect(figures.pfirrmann?.discs).toBe(2);
  });
});

/** The phantom's sagittal T2 as a volume on the grid of its label map. */
async function imageOf(study: PhantomStudy): Promise<Volume<Float32Array>> {
  const inputs = study.files.map(({ bytes }, index) => ({ index, bytes }));
  const loaded = await assembleStudy(inputs, { codecs: createNodeCodecs() });
  return (await loaded.series[0].loadVolume()).volume;
}

function metaImage({ grid, data }: Volume<Float32Array | Uint8Array>): Uint8Array {
  const head = [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    `TransformMatrix = ${grid.axes.flat().join(' ')}`,
    `Offset = ${grid.originMm.join(' ')}`,
    `ElementSpacing = ${grid.spacingMm.join(' ')}`,
    `DimSize = ${grid.size.join(' ')}`,
    `ElementType = ${data instanceof Uint8Array ? 'MET_UCHAR' : 'MET_FLOAT'}`,
    'ElementDataFile = LOCAL\n',
  ].join('\n');
  return Buffer.concat([Buffer.from(head), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

test.for([
  [{ 'notes.txt': 'x' }, 3, 'NOTHING_FOUND'],
  [{ 'labels.csv': 'study,disc,pfirrmann\nDOE,1,9\n' }, 5, 'MALFORMED'],
  [{ 'labels.csv': 'study,disc,pfirrmann\nDOE,1,3\n' }, 3, 'NOTHING_FOUND'],
] as const)('a folder with %o ends with exit code %i', async ([files, code, name]) => {
  const { out, outcome } = await validate(folderWith(files), ['--json']);
  expect(outcome.code).toBe(code);
  expect(JSON.parse(outcome.out)).toMatchObject({ error: { code: name } });
  expect(outcome.out).not.toContain('DOE');
  expect(existsSync(out)).toBe(false);
});
