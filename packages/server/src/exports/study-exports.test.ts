import { parseDicom, Tag } from '@promontory/core/dicom';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  mrFile,
  newUid,
  openTestArchive,
  partsOf,
  person,
  type TestArchive,
} from '../archive/archive.testing.ts';
import { consents } from '../consent/index.ts';
import { readAll } from '../ports/blobs/index.ts';
import { UntrustedPool } from '../ports/untrusted/index.ts';
import { DEID_WORKER, exportStudies, NoConsent, NothingToExport } from './index.ts';

const CANARY = 'CANARYNAME';
const study = { willing: newUid(), unasked: newUid(), foreign: newUid() };
const now = () => new Date('2026-11-23T12:00:00Z');
let archive: TestArchive;
let pool: UntrustedPool;
const researcher = person('researcher', 'default');
const admin = person('administrator');

beforeAll(async () => {
  archive = await openTestArchive();
  pool = new UntrustedPool({ module: DEID_WORKER, workers: 1 });
  await archive.database.query("insert into project (project_id, title) values ('other', 'O')");
  const store = (files: Uint8Array[], project = 'default') =>
    archive.recordsFor(person('technician', project)).store(partsOf(files));
  const of = (StudyInstanceUID: string, PatientID: string, extra = {}) =>
    mrFile({
      StudyInstanceUID,
      PatientID,
      PatientName: `${CANARY}^Jane`,
      AccessionNumber: 'CANARYACC',
      ...extra,
    });
  await store([
    of(study.willing, 'CANARYID-1'),
    of(study.willing, 'CANARYID-1'),
    // Text may be burnt into these.
    of(study.willing, 'CANARYID-1', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7' }),
    of(study.unasked, 'CANARYID-2'),
  ]);
  await store([of(study.foreign, 'CANARYID-3')], 'other');
  await allow('|CANARYID-1', 'given');
  await allow('|CANARYID-3', 'given');
});
afterAll(async () => {
  await pool.close();
  await archive.close();
});

const allow = (patientKey: string, state: 'given' | 'withdrawn') =>
  consents({ database: archive.database, now }).record(admin, patientKey, {
    state,
    scopes: state === 'given' ? ['research'] : [],
    formVersion: '1',
  });
const open = (
  studyUids: string[],
  given: { identity?: typeof admin; scope?: 'research' | 'teaching' } = {},
) =>
  exportStudies(
    given.identity ?? researcher,
    { studyUids, scope: given.scope ?? 'research', wishes: { retain: ['modified-dates'] } },
    {
      database: archive.database,
      recordsFor: archive.recordsFor,
      consents: consents({ database: archive.database, now }),
      pool,
      key: new Uint8Array(32).fill(7),
      version: '0.0.0-test',
      now,
    },
  );
const auditOf = (studyUid: string) =>
  archive.database.query<{ action: string; outcome: string }>(
    "select action, outcome from audit_event where study_uid = $1 and action <> 'store' order by seq",
    [studyUid],
  );

describe('an export', () => {
  test('holds the cleaned objects and a report, and nothing of whom they were', async () => {
    const made = await open([study.willing, study.unasked]);
    expect(made).toMatchObject({ studies: 1, withoutConsent: 1 });
    const bytes = await readAll(made.bytes);
    expect(Buffer.from(bytes).includes('CANARY')).toBe(false);
    const files = unzipSync(bytes);
    const { 'deidentification-report.json': report, ...images } = files;
    expect(Object.keys(images)).toHaveLength(2);
    const summary = JSON.parse(new TextDecoder().decode(report)).summary;
    expect(summary.deidentified).toBe(2);
    expect(Object.values(summary.refused)).toEqual([1]);
    for (const [path, image] of Object.entries(images)) {
      const { dataSet } = parseDicom(image);
      expect(path).toBe(
        `${dataSet.text(Tag.StudyInstanceUID)}/${dataSet.text(Tag.SeriesInstanceUID)}/${dataSet.text(Tag.SOPInstanceUID)}.dcm`,
      );
      expect(dataSet.text(Tag.StudyInstanceUID)).not.toBe(study.willing);
      expect(dataSet.text(Tag.PatientIdentityRemoved)).toBe('YES');
    }
    expect(await auditOf(study.willing)).toEqual([{ action: 'export', outcome: 'success' }]);
    expect(await auditOf(study.unasked)).toEqual([{ action: 'export', outcome: 'refused' }]);
  });

  test('gives the same pseudonyms each time', async () => {
    const names = async () =>
      Object.keys(unzipSync(await readAll((await open([study.willing])).bytes))).sort();
    expect(await names()).toEqual(await names());
  });

  test('for another use, or after the consent was withdrawn, is refused', async () => {
    await expect(open([study.willing], { scope: 'teaching' })).rejects.toBeInstanceOf(NoConsent);
    await allow('|CANARYID-1', 'withdrawn');
    await expect(open([study.willing])).rejects.toBeInstanceOf(NoConsent);
    await allow('|CANARYID-1', 'given');
  });

  test('of what is out of reach, or never was, is of nothing', async () => {
    await expect(open([study.foreign])).rejects.toBeInstanceOf(NothingToExport);
    await expect(open(['1.2.3'])).rejects.toBeInstanceOf(NothingToExport);
    await expect(open([study.willing], { identity: person('student') })).rejects.toBeInstanceOf(
      NothingToExport,
    );
    expect(await auditOf(study.foreign)).toEqual([{ action: 'refusal', outcome: 'refused' }]);
  });
});
