/** While a border is pulled: what is measured on it, before and after. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { type FigureUnit, useFigureText } from '../figure-text.ts';
import { changeReach, LEAST_REACH_MM, MOST_REACH_MM, useEditMode } from './edit-mode.ts';
import type { QuantityChange } from './preview.ts';

/** More than these are not read while the hand moves. */
const MOST_ROWS = 5;

interface Props {
  readonly changes: readonly QuantityChange[];
  readonly structure: string | undefined;
  nameOf(label: string): string;
  end(): void;
}

export function PreviewTable({ changes, nameOf, end }: Props) {
  const { t } = useTranslation('layers');
  const figure = useFigureText();
  const { reachMm, chosen } = useEditMode();
  const told = (value: number | undefined, unit: FigureUnit): string =>
    value === undefined ? t('preview.none') : figure.value(value, unit);
  return (
    <section className="layers-editing" aria-label={t('editing.label')} dir="auto">
      <div className="layers-editing-bar">
        <label>
          {t('editing.reach', { figure: figure.value(reachMm, 'mm') })}
          <input
            type="range"
            min={LEAST_REACH_MM}
            max={MOST_REACH_MM}
            step={1}
            value={reachMm}
            onChange={(event) => changeReach(event.target.valueAsNumber)}
          />
        </label>
        <button type="button" className="button" onClick={end}>
          {t('editing.end')}
        </button>
      </div>
      {changes.length === 0 ? (
        <p>{t(chosen === undefined ? 'editing.hint-choose' : 'editing.hint')}</p>
      ) : (
        <table>
          <caption className="visually-hidden">{t('preview.label')}</caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{t('preview.what')}</th>
              <th scope="col">{t('preview.before')}</th>
              <th scope="col">{t('preview.after')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, MOST_ROWS).map(({ name, before, after, unit }) => (
              <tr key={name}>
                <th scope="row">{quantityName(name, nameOf, t)}</th>
                <td>{told(before, unit)}</td>
                <td>
                  <span aria-hidden="true">→ </span>
                  {told(after, unit)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {changes.length > MOST_ROWS && <p>{t('preview.more', { count: changes.length - MOST_ROWS })}</p>}
    </section>
  );
}

/** `L4/L5 wedge` → the level as it is called now, and the field's word. */
function quantityName(name: string, nameOf: (label: string) => string, t: TFunction<'layers'>): string {
  const [level, field] = name.split(' ');
  if (level === 'lordosis') return t('quantity.lordosis', { levels: field ?? '' });
  if (level === 'sacral') return t('quantity.sacral-slope');
  return t(`quantity.${field}`, { level: nameOf(level ?? '') });
}
