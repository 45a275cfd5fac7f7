/** Who and what is to be seen, in the corners of each pane. Text of others goes through `plainText`. */
import { scale } from '@promontory/core/geometry';
import { useTranslation } from 'react-i18next';
import type { WindowRange } from '../images/index.ts';
import { calendarDay, personName, plainText } from '../look/index.ts';
import { directionLetters, type PanePlane } from './geometry/pane-plane.ts';
import type { ShownFrame } from './use-frame.ts';

interface Props {
  readonly shown: ShownFrame;
  readonly view: PanePlane;
  readonly window: WindowRange;
  /** `L4/L5`, `L4/L5–L5/S1`; absent where no disc is known. */
  readonly levelText?: string;
  /** Why this pane does not follow the others. */
  readonly unlinked?: string;
}

/** DA as a date of the reader's language; as it stands where it is none. */
export function dicomDate(text: string, language: string): string {
  const day = /^\d{8}$/.test(text) ? calendarDay(text, language) : undefined;
  return day ?? plainText(text);
}

const BAR_STEPS_MM = [1, 2, 5, 10, 20, 50, 100];
const BAR_AT_MOST = 0.3;

export function PaneCorners({ shown, view, window, levelText, unlinked }: Props) {
  const { t, i18n } = useTranslation('viewer');
  const { source, index, view: frame } = shown;
  const { facts } = source.images;
  const { series } = source;
  const { right, down } = view.axes;
  // Left to right by itself: in Arabic the sign would come behind the number.
  const number = (value: number, digits = 0): string =>
    `\u2066${new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits }).format(value)}\u2069`;
  const isPlaced = frame.plane.isLocated;
  const bar = BAR_STEPS_MM.findLast((mm) => mm * view.pxPerMm <= view.widthPx * BAR_AT_MOST);
  return (
    <div className="pane-corners" dir="ltr">
      <div className="corner top-start">
        <strong>
          <bdi>{personName(facts.patientName) || t('no-name')}</bdi>
        </strong>
        <span className="more">
          <bdi>{plainText(facts.patientId)}</bdi>
          {facts.patientBirthDate && <> · {dicomDate(facts.patientBirthDate, i18n.language)}</>}
          {facts.patientSex && <> · {plainText(facts.patientSex)}</>}
        </span>
        <span className={source.kind === 'prior' ? 'prior-date' : undefined}>
          {source.kind === 'prior' && `${t('prior.tag')} `}
          {facts.studyDate && dicomDate(facts.studyDate, i18n.language)}
        </span>
        <span className="more">
          <bdi>{plainText(facts.description)}</bdi>
        </span>
      </div>
      <div className="corner top-end">
        <span>
          <bdi>{plainText(series.description) || t('no-description')}</bdi>
        </span>
        <span className="more">
          {series.seriesNumber !== undefined && t('series-number', { number: series.seriesNumber })}
          {series.part !== undefined && <bdi> {plainText(series.part)}</bdi>}
        </span>
        {source.kind === 'reformatted' && source.from !== undefined && (
          <span className="told">
            {t('mpr.told', {
              step: number(source.from.stepMm ?? 0, 1),
              thickness: number(source.from.frames[0].plane.thicknessMm, 1),
            })}
          </span>
        )}
        {unlinked !== undefined && <span className="told">{unlinked}</span>}
      </div>
      <div className="corner bottom-start">
        {levelText !== undefined && <span className="slice-level">{levelText}</span>}
        <span>{t('slice', { number: index + 1, count: series.frames.length })}</span>
        <span className="more">
          {isPlaced
            ? t('place', { place: number(placeMm(shown), 1), thickness: number(frame.plane.thicknessMm, 1) })
            : t('no-place')}
        </span>
      </div>
      <div className="corner bottom-end">
        <span className="more">
          {t('window-values', {
            centre: number((window.low + window.high) / 2),
            width: number(window.high - window.low),
          })}
        </span>
        {frame.plane.isSpacingKnown && bar !== undefined ? (
          <span className="scale-bar">
            <i style={{ width: bar * view.pxPerMm }} />
            {t('millimetres', { mm: number(bar) })}
          </span>
        ) : (
          !frame.plane.isSpacingKnown && <span className="told">{t('no-size')}</span>
        )}
      </div>
      {isPlaced && (
        <>
          <span className="letter top">{directionLetters(scale(down, -1))}</span>
          <span className="letter bottom">{directionLetters(down)}</span>
          <span className="letter left">{directionLetters(scale(right, -1))}</span>
          <span className="letter right">{directionLetters(right)}</span>
        </>
      )}
    </div>
  );
}

/** Where the slice's middle lies on the patient's axis that it cuts, mm. */
function placeMm({ source, view: { plane } }: ShownFrame): number {
  const axis = { sagittal: 0, coronal: 1, axial: 2 }[source.series.plane ?? 'axial'];
  const half = [(plane.columns - 1) / 2, (plane.rows - 1) / 2];
  return (
    plane.originMm[axis] +
    half[0] * plane.spacingMm[0] * plane.rowDirection[axis] +
    half[1] * plane.spacingMm[1] * plane.columnDirection[axis]
  );
}
