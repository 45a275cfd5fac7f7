import {
  type LevelReading,
  listInWords,
  measurementInWords,
  pfirrmannInWords,
  probabilityInWords,
  readLevels,
  reasonInWords,
} from '@promontory/core/report';
import type { DiscFinding, Findings } from '@promontory/core/spine';
import { useTranslation } from 'react-i18next';
import { Experimental } from './experimental.tsx';
import { Remarks } from './remarks.tsx';

/** Every disc, head to feet. */
export function LevelTable({ findings }: { readonly findings: Findings }) {
  const { t } = useTranslation('alone');
  const readings = readLevels(findings);
  const headFirst = findings.discs.flatMap((disc) => readings.find((each) => each.disc === disc) ?? []);
  const columns = ['level', 'pfirrmann', 'found', 'height', 'doubt'] as const;
  return (
    <section aria-labelledby="levels-title">
      <h2 id="levels-title">{t('result.levels')}</h2>
      <p className="result-note">{t('result.levels.note')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a group, and no landmark within the section */}
      <div className="result-table" role="group" tabIndex={0} aria-label={t('result.levels')}>
        <table>
          <thead>
            <tr>
              {columns.map((each) => (
                <th key={each} scope="col">
                  {t(`result.${each}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {headFirst.map((reading) => (
              <Row key={reading.disc.label} reading={reading} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ reading: { disc, standing, found, doubts } }: { readonly reading: LevelReading }) {
  const { t } = useTranslation('alone');
  const { middle } = disc.heights;
  return (
    <tr data-standing={standing}>
      <th scope="row">
        {disc.label}
        <span className="result-standing">{t(`result.standing.${standing}`)}</span>
      </th>
      <td lang="en" dir="ltr" data-column={t('result.pfirrmann')}>
        <Pfirrmann disc={disc} />
      </td>
      <td lang="en" dir="ltr" data-column={t('result.found')} data-empty={found.length === 0}>
        {found.length > 0 ? <Remarks remarks={found} /> : '–'}
      </td>
      <td lang="en" dir="ltr" className="result-number" data-column={t('result.height')}>
        {middle ? measurementInWords(middle) : reasonInWords(disc.notMeasured['heights.middle'])}
        {middle?.experimental && <Experimental />}
      </td>
      <td lang="en" dir="ltr" data-column={t('result.doubt')} data-empty={doubts.length === 0}>
        {doubts.length > 0 ? doubts.join('; ') : '–'}
      </td>
    </tr>
  );
}

function Pfirrmann({ disc }: { readonly disc: DiscFinding }) {
  const { t } = useTranslation('alone');
  const { value, set, probabilities, abstained, reason, experimental } = disc.grades.pfirrmann;
  const possible =
    set !== undefined && set.length > 1 ? t('result.possible', { grades: listInWords(set) }) : undefined;
  if (value === undefined || abstained) {
    return [reasonInWords(reason), possible].filter((each) => each !== undefined).join('; ');
  }
  const probability = probabilities?.[value - 1];
  return (
    <>
      <strong>{value}</strong>, {pfirrmannInWords(value)}
      {probability !== undefined && ` (${probabilityInWords(probability)})`}
      {possible !== undefined && <span className="result-soft">; {possible}</span>}
      {experimental && <Experimental />}
    </>
  );
}
