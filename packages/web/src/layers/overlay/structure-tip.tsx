/** Name and figures of what is pointed at, and whose word they are. */
import type { Reviewed, ReviewedEntry } from '@promontory/core/review';
import { useTranslation } from 'react-i18next';
import { useFigureText } from '../figure-text.ts';
import type { Place } from '../pointer.ts';
import type { PaneProjection } from '../projection.ts';
import { figuresOf } from './figures.ts';
import type { DrawnOutline } from './use-outlines.ts';

interface Props {
  readonly name: string;
  readonly outline: DrawnOutline;
  readonly reviewed: Reviewed | undefined;
  readonly place: Place;
  readonly pane: PaneProjection;
}

export function StructureTip({ name, outline, reviewed, place, pane }: Props) {
  const { t, i18n } = useTranslation('layers');
  const figure = useFigureText();
  const text = ({ value, unit, uncertainty, probability }: ReviewedEntry): string => {
    if (typeof value !== 'number' || unit === undefined) {
      const plain = String(value);
      if (probability === undefined) return plain;
      const percent = new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(probability);
      return t('tip.probability', { value: plain, percent });
    }
    return uncertainty === undefined || uncertainty === 0
      ? figure.value(value, unit)
      : figure.withUncertainty(value, uncertainty, unit);
  };
  const entries = figuresOf(outline, reviewed);
  const isEnd = place.x > pane.widthPx / 2;
  return (
    <div
      className={isEnd ? 'layers-tip layers-tip-end' : 'layers-tip'}
      dir="auto"
      style={{
        [isEnd ? 'right' : 'left']: isEnd ? pane.widthPx - place.x + 14 : place.x + 14,
        top: Math.min(place.y + 14, Math.max(0, pane.heightPx - 130)),
      }}
    >
      <strong>{name}</strong>
      {entries.map((entry) => (
        <span key={entry.target}>
          {t(`figure.${entry.field}`)}: {text(entry)}{' '}
          <em>
            {t(`status.${entry.status}`)}
            {entry.experimental && ` · ${t('experimental')}`}
          </em>
        </span>
      ))}
      {entries.length === 0 && <em>{outline.isEdited ? t('tip.edited') : t('status.unreviewed')}</em>}
    </div>
  );
}
