import { describe, expect, it } from 'vitest';
import { buildDataSet } from '../../dicom/index.ts';
import { patientAgeYears, patientSex } from './patient.ts';

describe('patientAgeYears', () => {
  it('reads stated ages in every unit', () => {
    const age = (PatientAge: string) => patientAgeYears(buildDataSet({ PatientAge }));
    expect(age('045Y')).toBe(45);
    expect(age('018M')).toBe(1.5);
    expect(age('000Y')).toBe(0);
  });

  it('counts from birth to study, the birthday included', () => {
    const age = (PatientBirthDate: string, StudyDate: string) =>
      patientAgeYears(buildDataSet({ PatientBirthDate, StudyDate }));
    expect(age('19700615', '20200614')).toBe(49);
    expect(age('19700615', '20200615')).toBe(50);
    expect(age('20200101', '19990101')).toBeUndefined();
    expect(patientAgeYears(buildDataSet({}))).toBeUndefined();
  });
});

describe('patientSex', () => {
  it('keeps defined terms only', () => {
    expect(patientSex(buildDataSet({ PatientSex: 'F' }))).toBe('F');
    expect(patientSex(buildDataSet({ PatientSex: 'X' }))).toBeUndefined();
  });
});
