/** Figures with their unit in the reader's language. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

export type FigureUnit = 'mm' | 'mm2' | 'deg' | 'ratio' | 'percent';

export interface FigureText {
  /** `12.3 mm` */
  value(value: number, unit: FigureUnit): string;
  /** `12.3 ± 1.4 mm` */
  withUncertainty(value: number, uncertainty: number, unit: FigureUnit): string;
}

export function useFigureText(): FigureText {
  const { t, i18n } = useTranslation('layers');
  const { language } = i18n;
  return useMemo(() => {
    const number = (value: number, digits: number): string =>
      new Intl.NumberFormat(language, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value);
    const digitsOf = (unit: FigureUnit): number => (unit === 'mm2' ? 0 : unit === 'ratio' ? 2 : 1);
    return {
      value: (value, unit) => t(`unit.${unit}`, { figure: number(value, digitsOf(unit)) }),
      withUncertainty: (value, uncertainty, unit) =>
        t(`unit.${unit}`, {
          figure: `${number(value, digitsOf(unit))} ± ${number(uncertainty, digitsOf(unit))}`,
        }),
    };
  }, [language, t]);
}
