/** Completed years at the study, or months of those under two years: what a reader needs to judge what is usual. */
export interface Age {
  readonly unit: 'year' | 'month';
  readonly count: number;
}

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})/;

/** @param birthDate @param studyDate YYYY-MM-DD or DICOM's YYYYMMDD; nothing where one is absent, no date, or before birth */
export function ageAt(
  birthDate: string | null | undefined,
  studyDate: string | null | undefined,
): Age | undefined {
  const [born, then] = [DATE.exec(birthDate ?? ''), DATE.exec(studyDate ?? '')];
  if (born === null || then === null) return undefined;
  const [bornYear, bornMonth, bornDay] = born.slice(1).map(Number);
  const [year, month, day] = then.slice(1).map(Number);
  const months = (year - bornYear) * 12 + month - bornMonth - (day < bornDay ? 1 : 0);
  if (months < 0) return undefined;
  return months < 24 ? { unit: 'month', count: months } : { unit: 'year', count: Math.floor(months / 12) };
}
