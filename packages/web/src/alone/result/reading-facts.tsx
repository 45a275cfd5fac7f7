import { listInWords, otherLowestDiscs, probabilityInWords, roleInWords } from '@promontory/core/report';
import type { Findings, SeriesRole } from '@promontory/core/spine';
import { type ChangeEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngineWords } from '../engine-words.ts';
import { bytesInWords, secondsInWords } from '../numbers.ts';
import type { Result } from '../reading/messages.ts';
import type { ReadingSession } from '../reading-session.ts';

interface Props {
  readonly result: Result;
  readonly session: ReadingSession;
}

/** Whose images, how the levels were counted, with what and in what time. */
export function ReadingFacts({ result, session }: Props) {
  const { t, i18n } = useTranslation('alone');
  const { findings, engine, totalMs, input } = result;
  const engineWords = useEngineWords();
  const countId = useId();
  const used = findings.study.series.filter((each) => each.used);
  return (
    <dl className="result-facts" aria-label={t('result.facts')}>
      <dt>{t('result.patient')}</dt>
      <dd lang="en" dir="ltr">
        {patientInWords(findings.study)}
      </dd>
      <dt>{t('result.images')}</dt>
      <dd lang="en" dir="ltr">
        {used.map(({ role, sliceCount }) => seriesInWords(role, sliceCount)).join(', ')}
      </dd>
      <dt>{t('result.numbering')}</dt>
      <dd>
        <Numbering findings={findings} />
      </dd>
      <dt>
        <label htmlFor={countId}>{t('result.recount')}</label>
      </dt>
      <dd>
        <select
          id={countId}
          className="field"
          value={session.lumbarCount ?? ''}
          onChange={({ target }: ChangeEvent<HTMLSelectElement>) => session.recount(countOf(target.value))}
        >
          <option value="">{t('result.recount.found')}</option>
          {[4, 5, 6].map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </select>
      </dd>
      <dt>{t('result.how')}</dt>
      <dd>{engineWords(engine).join('; ')}</dd>
      <dt>{t('result.time')}</dt>
      <dd>
        {secondsInWords(totalMs / 1000, i18n.language)};{' '}
        {t('reading.input', { count: input.files, size: bytesInWords(input.bytes, i18n.language) })}
      </dd>
    </dl>
  );
}

const seriesInWords = (role: SeriesRole, count: number | undefined): string =>
  count === undefined
    ? roleInWords(role)
    : `${roleInWords(role)} (${count} ${count === 1 ? 'slice' : 'slices'})`;

const countOf = (text: string): 4 | 5 | 6 | undefined => ([4, 5, 6] as const).find((n) => String(n) === text);

const SEX = { F: 'female', M: 'male', O: 'other sex' };

const patientInWords = ({ patientSex, patientAgeYears }: Findings['study']): string =>
  [
    patientSex === undefined ? 'sex not stated' : SEX[patientSex],
    patientAgeYears === undefined ? 'age not stated' : `${Math.floor(patientAgeYears)} years`,
  ].join(', ');

function Numbering({ findings: { numbering } }: { readonly findings: Findings }) {
  const { t } = useTranslation('alone');
  const { lowestDisc, confidence } = numbering;
  if (lowestDisc === undefined) return t('result.numbering.none');
  const others = otherLowestDiscs(numbering);
  const taken = t('result.numbering.as', { level: lowestDisc, confidence: probabilityInWords(confidence) });
  return others.length === 0
    ? taken
    : `${taken}; ${t('result.numbering.other', { others: listInWords(others) })}`;
}
