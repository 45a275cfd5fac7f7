import { foldMarks, type KeptMark, type ReportContent, reportContent } from '@promontory/core/review';
import { expect, test } from 'vitest';
import { whatIsSigned } from './attested.ts';

const written = (text: string, sequence: number): KeptMark => ({
  markId: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
  madeAt: '2026-01-01T00:00:00.000Z',
  seen: 0,
  deed: { kind: 'text', section: 'findings', text },
  sequence,
  author: 'anna',
  authorName: 'Anna',
  receivedAt: '2026-01-01T00:00:00.000Z',
});
const content = (marks: Parameters<typeof foldMarks>[0], given: Partial<ReportContent> = {}) => ({
  ...reportContent({ review: foldMarks(marks), reports: [], language: 'en' }),
  ...given,
});

test('own words that reach the server meanwhile are still what was attested', () => {
  const { sequence: _, receivedAt: __, ...pending } = written('a', 1);
  expect(whatIsSigned(content([pending]))).toBe(whatIsSigned(content([written('a', 1)])));
  const unsaid: KeptMark = { ...written('', 2), deed: { kind: 'text', section: 'technique', text: '' } };
  expect(whatIsSigned(content([written('a', 1), unsaid]))).toBe(whatIsSigned(content([written('a', 1)])));
});

test('what somebody changed since is not', () => {
  const attested = whatIsSigned(content([written('a', 1)]));
  const others: KeptMark = { ...written('b', 2), seen: 1, author: 'berta', authorName: 'Berta' };
  expect(whatIsSigned(content([written('a', 1), others]))).not.toBe(attested);
  expect(whatIsSigned(content([written('a', 1)], { version: 2, kind: 'amended' }))).not.toBe(attested);
  expect(whatIsSigned(content([written('a', 1)], { language: 'de' }))).not.toBe(attested);
});
