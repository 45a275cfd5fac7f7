import { type DataSet, Tag } from '../../dicom/index.ts';

/** PatientSex, `undefined` where it is absent or no defined term. */
export function patientSex(dataSet: DataSet): 'F' | 'M' | 'O' | undefined {
  const sex = dataSet.text(Tag.PatientSex)?.toUpperCase();
  return sex === 'F' || sex === 'M' || sex === 'O' ? sex : undefined;
}

/** Age at the study in years: PatientAge (AS), else from birth date and study date; `undefined` where neither makes sense. */
export function patientAgeYears(dataSet: DataSet): number | undefined {
  const stated = /^(\d{1,3})([DWMY])$/.exec(dataSet.text(Tag.PatientAge)?.trim() ?? '');
  if (stated !== null) return Number(stated[1]) / YEARS_OF[stated[2] as keyof typeof YEARS_OF];
  const birth = dateOf(dataSet.text(Tag.PatientBirthDate));
  const study = dateOf(dataSet.text(Tag.StudyDate));
  if (birth === undefined || study === undefined) return undefined;
  const before = study.month < birth.month || (study.month === birth.month && study.day < birth.day);
  const years = study.year - birth.year - (before ? 1 : 0);
  return years >= 0 && years <= 130 ? years : undefined;
}

/** Units in a year. */
const YEARS_OF = { Y: 1, M: 12, W: 52.18, D: 365.25 } as const;

function dateOf(text: string | undefined): { year: number; month: number; day: number } | undefined {
  const match = /^(\d{4})[.]?(\d{2})[.]?(\d{2})$/.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  return { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}
