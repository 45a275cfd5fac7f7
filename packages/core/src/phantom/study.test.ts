import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseDicom, Tag } from '../dicom/index.ts';
import { phantomStudy } from './study.ts';

const OPTIONS = {
  seed: 11,
  ageYears: 54,
  sex: 'F',
  statureCm: 167,
  sagittalSlices: 3,
  series: ['sagittal-t1', 'sagittal-t2'],
} as const;
const study = phantomStudy(OPTIONS);
const hashOf = (s: typeof study) => {
  const h = createHash('sha256');
  for (const f of s.files) h.update(f.name).update(f.bytes);
  return h.update(JSON.stringify(s.truth)).update(s.labels!.labels).digest('hex');
};

describe('a study', () => {
  test('is the same for the same seed, byte for byte', () => {
    const hash = hashOf(study);
    expect(hashOf(phantomStudy(OPTIONS))).toBe(hash);
    expect(hashOf(phantomStudy({ ...OPTIONS, seed: 12 }))).not.toBe(hash);
  });

  test('pixels, labels and truth are those written down', () => {
    // Changes with every change of the phantom: take the new value over after looking at the pictures.
    const h = createHash('sha256').update(JSON.stringify(study.truth)).update(study.labels!.labels);
    // Pixel Data comes last in every file.
    for (const f of study.files) h.update(f.bytes.subarray(-2 * 448 * 448));
    expect(h.digest('hex')).toBe(GOLDEN);
  });

  test('reads back with geometry, one study, distinct instances', () => {
    const sets = study.files.map((f) => parseDicom(f.bytes).dataSet);
    expect(sets).toHaveLength(6);
    expect(new Set(sets.map((d) => d.text(Tag.StudyInstanceUID))).size).toBe(1);
    expect(new Set(sets.map((d) => d.text(Tag.SeriesInstanceUID))).size).toBe(2);
    expect(new Set(sets.map((d) => d.text(Tag.SOPInstanceUID))).size).toBe(6);
    for (const d of sets) {
      expect(d.text(Tag.PatientName)).toBe('PHANTOM^LUMBAR');
      expect(d.text(Tag.SOPInstanceUID)).toMatch(/^2\.25\.[1-9][0-9]{5,38}$/);
      expect(d.numbers(Tag.ImageOrientationPatient)).toEqual([0, 1, 0, 0, 0, -1]);
    }
    const x = sets.slice(0, 3).map((d) => d.numbers(Tag.ImagePositionPatient)[0]);
    expect(x[0] - x[1]).toBeCloseTo(4.4, 6);
    expect(x[1]).toBeCloseTo(0, 6);
  });

  test('truth is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(study.truth))).toEqual(study.truth);
    expect(study.truth.patient).toEqual({ ageYears: 54, sex: 'F', statureCm: 167 });
  });
});

const GOLDEN = '7f05ce90a3b175f9f42efbab28bbfc08575b638e5005b657c6b07019edd74863';
