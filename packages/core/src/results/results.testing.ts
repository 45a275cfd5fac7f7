/** A phantom's reading as results: unreviewed, and signed with every result accepted. */
import { foldMarks, reportContent, reviewedFindings, type Subject, targetsOf } from '../review/index.ts';
import { judge, kept, measurement, READING, readPatient, text } from '../review/review.testing.ts';
import { resultsOfFindings, resultsOfReport } from './index.ts';
import type { ResultSet } from './result.ts';

export const SUBJECT: Subject = {
  patientName: 'Phantom^Lumbar',
  patientId: 'PH-1',
  patientBirthDate: '19790312',
  patientSex: 'F',
  accessionNumber: 'A-17',
  studyDate: '20260102',
  studyDescription: 'MR lumbar spine',
};

export const { findings: FINDINGS, outline: OUTLINE } = readPatient();

export const readResults = (): ResultSet => resultsOfFindings(FINDINGS, SUBJECT, READING);

export function signedResults(): ResultSet {
  const marks = kept([
    ...targetsOf(FINDINGS)
      .filter(({ value }) => value !== undefined)
      .map(({ target }) => ({ by: 'dr.who', deed: judge(target) })),
    { by: 'dr.who', deed: measurement(12) },
    { by: 'dr.who', deed: text('impression', 'In words.') },
  ]);
  const review = foldMarks(marks, { readingId: READING });
  const reviewed = reviewedFindings(FINDINGS, OUTLINE, review);
  const content = reportContent({
    reviewed,
    review,
    reports: [],
    language: 'en',
    findingsSha256: 'ab'.repeat(32),
  });
  return resultsOfReport(
    { ...content, subject: SUBJECT },
    {
      reportId: '5f0c2a52-6d0e-4b5c-9d0e-0000000000aa',
      signedByName: 'Dr Who',
      signedBy: 'dr.who',
      signedAt: '2026-01-02T10:00:00.000Z',
      sha256: 'cd'.repeat(32),
    },
  );
}
