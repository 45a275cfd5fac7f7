/** What stands in a row: everything that others wrote is a text node, in a direction of its own. */
import { useTranslation } from 'react-i18next';
import { calendarDay, personName, plainText } from '../look/index.ts';
import { ageAt } from './age.ts';
import { useProgress } from './reading-progress.ts';
import type { WorklistRow } from './worklist-row.ts';

/** @param date YYYYMMDD or YYYY-MM-DD */
export function useDateText(): (date: string | null | undefined) => string {
  const { t, i18n } = useTranslation('worklist');
  return (date) => calendarDay(date ?? '', i18n.language) ?? t('no-date');
}

const SEXES = ['M', 'F', 'O'];

export function PatientCell({ row }: { readonly row: WorklistRow }) {
  const { t, i18n } = useTranslation('worklist');
  const age = ageAt(row.birthDate, row.studyDate);
  const aged =
    age &&
    new Intl.NumberFormat(i18n.language, { style: 'unit', unit: age.unit, unitDisplay: 'long' }).format(
      age.count,
    );
  const sex = SEXES.includes(row.sex ?? '') ? t(`sex.${row.sex}`) : undefined;
  const name = personName(row.patientName ?? '');
  const id = plainText(row.patientId ?? '');
  return (
    <>
      <a className="row-name" href={`#/study/${row.studyInstanceUid}`} tabIndex={-1}>
        <bdi>{name === '' ? t('no-name') : name}</bdi>
      </a>
      <span className="row-soft">
        {id !== '' && <bdi>{id}</bdi>}
        {[aged, sex].filter(Boolean).map((part) => (
          <span key={part}>
            <span className="row-dot" aria-hidden="true">
              {' · '}
            </span>
            {part}
          </span>
        ))}
      </span>
    </>
  );
}

export function StudyCell({ row }: { readonly row: WorklistRow }) {
  const { t } = useTranslation('worklist');
  const description = plainText(row.description ?? '');
  return (
    <>
      <span className="row-line">
        <bdi>{description === '' ? t('no-description') : description}</bdi>
      </span>
      <span className="row-soft">
        <bdi>{row.modalities.map(plainText).join(', ')}</bdi>
        {' · '}
        {t('images', { count: row.instanceCount })}
      </span>
    </>
  );
}

export function DateCell({ row }: { readonly row: WorklistRow }) {
  const { t } = useTranslation('worklist');
  const dateText = useDateText();
  return (
    <>
      <span className="row-line">{dateText(row.studyDate)}</span>
      {row.priorCount > 0 && <span className="row-soft">{t('priors', { count: row.priorCount })}</span>}
    </>
  );
}

/** How far a study is; while it is read, with what the reading does now. */
export function StatusCell({ row }: { readonly row: WorklistRow }) {
  const { t, i18n } = useTranslation('worklist');
  const progress = useProgress(row.studyInstanceUid);
  const stage = plainText(progress?.stage ?? '');
  const key = `stage.${stage}`;
  const stageText = i18n.exists(key, { ns: 'worklist' }) ? t(key) : stage;
  const status = progress?.state === 'in-progress' && row.status !== 'signed' ? 'reading' : row.status;
  return (
    <>
      <span className={`status status-${status}`}>{t(`status.${status}`)}</span>
      {progress !== undefined && (
        <span className="row-soft">
          {progress.state === 'scheduled' ? t('waits') : stageText}
          {progress.part !== undefined && (
            <progress value={progress.part} aria-label={stageText} className="row-progress" />
          )}
        </span>
      )}
      {progress === undefined && row.status === 'not-readable' && (
        <span className="row-soft">
          {i18n.exists(`refusal.${row.refusalCode}`, { ns: 'worklist' })
            ? t(`refusal.${row.refusalCode}`)
            : t('refusal.other')}
        </span>
      )}
    </>
  );
}
