/** Turns of the reformatted planes, and what they are made of. */
import { dot } from '@promontory/core/geometry';
import { useTranslation } from 'react-i18next';
import type { Level } from '../geometry/levels.ts';
import { type Turns, UPRIGHT } from './reformat.ts';

interface Props {
  readonly turns: Turns;
  /** Why there is nothing to reformat. */
  readonly refused: boolean;
  readonly level?: Level;
  change(turns: Turns): void;
}

const AXES = ['tiltDeg', 'leanDeg', 'turnDeg'] as const;
const MOST_DEG = 60;

export function MprBar({ turns, refused, level, change }: Props) {
  const { t, i18n } = useTranslation('viewer');
  if (refused) return <p className="mpr-bar notice">{t('mpr.refused')}</p>;
  const degrees = new Intl.NumberFormat(i18n.language, {
    style: 'unit',
    unit: 'degree',
    maximumFractionDigits: 0,
  });
  return (
    <div className="mpr-bar">
      <strong>{t('mpr.interpolated')}</strong>
      {AXES.map((axis) => (
        <label key={axis}>
          {t(`mpr.${axis}`)}
          <input
            type="range"
            min={-MOST_DEG}
            max={MOST_DEG}
            value={turns[axis]}
            aria-valuetext={degrees.format(turns[axis])}
            onChange={(event) => change({ ...turns, [axis]: event.target.valueAsNumber })}
          />
          <output>{degrees.format(turns[axis])}</output>
        </label>
      ))}
      {level !== undefined && (
        <button type="button" className="button" onClick={() => change(alongDisc(level))}>
          {t('mpr.along-disc')}
        </button>
      )}
      <button type="button" className="button" onClick={() => change(UPRIGHT)}>
        {t('mpr.upright')}
      </button>
    </div>
  );
}

/** The axial plane along the disc: its normal lies as that of the disc, which the measured sagittal plane holds. */
export function alongDisc({ place: { normal } }: Level): Turns {
  // The head axis tilted by a about the left–right axis is (0, −sin a, cos a), then leant by b: (sin b cos a, …).
  const tilt = Math.atan2(-dot(normal, [0, 1, 0]), Math.hypot(normal[0], normal[2]));
  const lean = Math.atan2(normal[0], normal[2]);
  const whole = (radians: number) => Math.round((radians * 180) / Math.PI);
  return { tiltDeg: whole(tilt), leanDeg: whole(lean), turnDeg: 0 };
}
