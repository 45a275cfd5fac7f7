/** Numbers as the chosen language writes them. */
export const bytesInWords = (bytes: number, language: string): string =>
  new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'megabyte',
    maximumFractionDigits: bytes < 1e7 ? 1 : 0,
  }).format(bytes / 1e6);

export const secondsInWords = (seconds: number, language: string): string =>
  new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'second',
    maximumFractionDigits: seconds < 10 && !Number.isInteger(seconds) ? 1 : 0,
  }).format(seconds);
