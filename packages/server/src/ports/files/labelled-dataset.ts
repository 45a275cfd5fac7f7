import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@promontory/core/fault';
import type { SeriesRole } from '@promontory/core/spine';
import {
  type CsvRow,
  type MaskScheme,
  OWN_MASKS,
  ownTruths,
  parseCsv,
  SPIDER_MASKS,
  type StudyTruth,
  spiderTruths,
  withoutPlaceholders,
} from '@promontory/core/validation';

/** A study of a dataset: its labels and where its files lie. */
export interface LabelledStudy {
  readonly truth: StudyTruth;
  /** Files or one folder, sorted; the place in this list is the number of the input. */
  readonly images: readonly LabelledImage[];
  /** Masks in the patient's space, best first. */
  readonly masks: readonly string[];
}

export interface LabelledImage {
  readonly path: string;
  /** What the dataset says of the image; absent where the file says it itself. */
  readonly role?: SeriesRole;
  /** Name without folder and ending, which a mask of the same image shares. */
  readonly name: string;
}

export interface LabelledDataset {
  readonly layout: 'spider' | 'own';
  readonly scheme: MaskScheme;
  readonly studies: readonly LabelledStudy[];
}

const MOST_TABLE_BYTES = 64 << 20;
const SPIDER_TABLES = ['radiological_gradings.csv', 'gradings.csv'];
const ENDING = /\.(mha|nii|nii\.gz|dcm|zip)$/i;
const SPIDER_ROLES: readonly (readonly [RegExp, SeriesRole])[] = [
  [/_t2_space$/i, 'sagittal-space'],
  [/_t2$/i, 'sagittal-t2'],
  [/_t1$/i, 'sagittal-t1'],
];

/**
 * Finds the studies of a labelled dataset, in SPIDER's layout or ours (docs/validation.md).
 * @throws Fault `NOTHING_FOUND` where the folder is neither, `MALFORMED` for tables that cannot be understood
 */
export function openDataset(folder: string): LabelledDataset {
  const names = namesIn(folder);
  if (names.includes('labels.csv')) return openOwn(folder);
  const table = SPIDER_TABLES.find((name) => names.includes(name));
  if (table !== undefined && names.includes('images')) return openSpider(folder, table, names);
  throw new Fault('NOTHING_FOUND', 'The folder holds no labelled dataset.', {
    advice: 'Give one with labels.csv and studies/, or SPIDER as published; see docs/validation.md.',
  });
}

function openOwn(folder: string): LabelledDataset {
  const entries = namesIn(join(folder, 'studies'));
  const masks = namesIn(join(folder, 'masks'));
  const studies = ownTruths(tableIn(folder, 'labels.csv')).map((truth): LabelledStudy => {
    const own = entries.filter((name) => name.replace(ENDING, '') === truth.study);
    return {
      truth,
      images: own.map((name) => ({ path: join(folder, 'studies', name), name: name.replace(ENDING, '') })),
      masks: masks
        .filter((name) => name.replace(ENDING, '') === truth.study)
        .map((m) => join(folder, 'masks', m)),
    };
  });
  return { layout: 'own', scheme: OWN_MASKS, studies };
}

function openSpider(folder: string, table: string, names: readonly string[]): LabelledDataset {
  const overview = names.includes('overview.csv') ? tableIn(folder, 'overview.csv') : [];
  const truths = new Map(spiderTruths(tableIn(folder, table), overview).map((t) => [t.patient, t]));
  const images = namesIn(join(folder, 'images')).filter((name) => ENDING.test(name));
  const masks = namesIn(join(folder, 'masks'));
  const byPatient = Map.groupBy(images, (name) => name.split('_')[0]);
  const studies = [...byPatient].map(([patient, own]): LabelledStudy => {
    const files = own.toSorted().map((name): LabelledImage => {
      const plain = name.replace(ENDING, '');
      const role = SPIDER_ROLES.find(([pattern]) => pattern.test(plain))?.[1];
      return { path: join(folder, 'images', name), name: plain, ...(role && { role }) };
    });
    const has = (...roles: SeriesRole[]) => files.some((f) => f.role !== undefined && roles.includes(f.role));
    const truth = truths.get(patient) ?? { study: patient, patient, discs: [], traits: {} };
    return {
      truth: withoutPlaceholders(truth, {
        t1: has('sagittal-t1'),
        t2: has('sagittal-t2', 'sagittal-space'),
      }),
      images: files,
      masks: masks
        .filter((m) => files.some((f) => f.name === m.replace(ENDING, '')))
        .map((m) => join(folder, 'masks', m)),
    };
  });
  return {
    layout: 'spider',
    scheme: SPIDER_MASKS,
    studies: studies.sort((a, b) => a.truth.study.localeCompare(b.truth.study, 'en', { numeric: true })),
  };
}

/** Names in a folder, sorted; none where it is not there. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function tableIn(folder: string, name: string): CsvRow[] {
  const path = join(folder, name);
  if (statSync(path).size > MOST_TABLE_BYTES) {
    throw new Fault('LIMIT_EXCEEDED', 'A table of the dataset has more than 64 MiB.');
  }
  return parseCsv(readFileSync(path, 'utf8'));
}
