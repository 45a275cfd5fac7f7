/** All measurements of the study, whichever images they stand on: jumped to, named, taken away. */
import { add, scale, type Vec3 } from '@promontory/core/geometry';
import type { ReviewMeasurement } from '@promontory/core/review';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, plainText } from '../../look/index.ts';
import { useRoom, useStudy } from '../../study/index.ts';
import '../layers.css';
import { selectMeasurement, useSelectedMeasurement } from './active-tool.ts';
import { useMeasurementText } from './measurements-layer.tsx';

const MOST_CAPTION = 200;

export function MeasurementList() {
  const { t } = useTranslation('layers');
  const { review } = useRoom();
  if (review.measurements.length === 0)
    return (
      <Empty title={t('list.empty')}>
        <p>{t('list.empty-how')}</p>
      </Empty>
    );
  return (
    <ul className="measurement-list" aria-label={t('list.label')}>
      {review.measurements.map((m) => (
        <Entry key={m.markId} measurement={m} />
      ))}
    </ul>
  );
}

const middleOf = (points: readonly Vec3[]): Vec3 =>
  scale(
    points.reduce((sum, p) => add(sum, p), [0, 0, 0] as Vec3),
    1 / points.length,
  );

function Entry({ measurement: m }: { readonly measurement: ReviewMeasurement }) {
  const { t, i18n } = useTranslation('layers');
  const study = useStudy();
  const { mayReview } = useRoom();
  const textOf = useMeasurementText();
  const selected = useSelectedMeasurement();
  const [caption, setCaption] = useState(m.caption ?? '');
  const [failed, setFailed] = useState(false);
  const { caption: _, ...unnamed } = m;
  const figures = textOf(unnamed).join(', ');

  const rename = (): void => {
    const wanted = caption.trim().slice(0, MOST_CAPTION);
    if (wanted === (m.caption ?? '')) return;
    const { tool, seriesInstanceUid, sopInstanceUid, frame, pointsMm, value, unit, uncertainty } = m;
    const measured = { tool, seriesInstanceUid, sopInstanceUid, frame, pointsMm, value, unit, uncertainty };
    study
      .mark({
        kind: 'measurement',
        ...measured,
        ...(wanted !== '' && { caption: wanted }),
        instead: m.markId,
      })
      .then(
        () => setFailed(false),
        () => setFailed(true),
      );
  };
  const jump = (): void => {
    study.moveFocus({ pointMm: middleOf(m.pointsMm) });
    selectMeasurement(m.firstMarkId);
  };
  const made = new Intl.DateTimeFormat(i18n.language, { dateStyle: 'short', timeStyle: 'short' });
  return (
    <li aria-current={selected === m.firstMarkId}>
      <strong>
        {t(`tool.${m.tool}`)}: {figures}
      </strong>
      <input
        className="field"
        value={caption}
        maxLength={MOST_CAPTION}
        placeholder={t('list.caption')}
        aria-label={t('list.caption-of', { tool: t(`tool.${m.tool}`), figures })}
        readOnly={!mayReview}
        onChange={(event) => setCaption(event.target.value)}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === 'Enter') rename();
        }}
      />
      <p>
        {t('list.by', { name: plainText(m.byName), at: made.format(new Date(m.at)) })}
        {m.inConflict && ` · ${t('list.conflict')}`}
      </p>
      {failed && <p role="alert">{t('told.not-kept')}</p>}
      <div className="measurement-list-actions">
        <button type="button" className="button" onClick={jump}>
          {t('list.jump')}
        </button>
        <button
          type="button"
          className="button quiet"
          disabled={!mayReview}
          aria-label={t('list.remove-what', { tool: t(`tool.${m.tool}`), figures })}
          onClick={() => {
            study.mark({ kind: 'remove', mark: m.markId }).catch(() => setFailed(true));
          }}
        >
          {t('list.remove')}
        </button>
      </div>
    </li>
  );
}
