import {
  CANAL_CUT_POINTS_MM,
  compareWithRange,
  FRAMINGHAM_CANAL,
  type NormalRange,
  normalRange,
  type RangedMeasure,
} from '../norms/index.ts';
import { measurementInWords, sentenceCase } from '../report/index.ts';
import type { CanalFinding, Measurement, VertebraFinding, VertebraLabel } from '../spine/index.ts';
import { type Markup, markup } from './markup.ts';
import { rangeBar } from './range-bar.ts';
import { cell, cite, EXPERIMENTAL, row, type Sheet, tagOf } from './report-sheet.ts';

const PLACES = {
  within: 'within the range',
  borderline: 'at the edge of the range, within its uncertainty',
  below: 'below the range',
  above: 'above the range',
} as const;

/** `level of L1`; what is a place and no level stays as it is: `below S1`. */
const levelInWords = (level: string): string => (/^[TLS]\d/.test(level) ? `level of ${level}` : level);

/** Curves, slips and landmarks of the whole spine. */
export function alignment(sheet: Sheet): Markup {
  const { lordosisL1S1, lordosisL4S1, sacralSlope, slips, conusLevel, sacEnd } = sheet.findings.alignment;
  const slipped = slips.filter((s) => s.direction !== 'none');
  return markup`<section aria-labelledby="alignment" class="keep"><h2 id="alignment">Alignment</h2><dl class="rows">${withRange(sheet, 'Lordosis L1–S1', lordosisL1S1, 'lordosisL1S1')}${withRange(sheet, 'Lordosis L4–S1', lordosisL4S1, 'lordosisL4S1')}${
    sacralSlope &&
    row(
      'Sacral slope',
      markup`${measurementInWords(sacralSlope)}${tagOf(sacralSlope)} <span class="soft">lying; no checked range.</span>`,
    )
  }${row(
    'Slips',
    slips.length === 0
      ? 'not measured'
      : slipped.length === 0
        ? `none from 3 mm on, ${slips.length} levels measured`
        : markup`${slipped.map((s, i) => markup`${i > 0 ? '; ' : ''}${s.level} ${s.direction}, ${measurementInWords(s.slip)}, Meyerding ${s.meyerding}`)}`,
  )}${conusLevel && row('Tip of the cord', markup`${levelInWords(conusLevel.level)} ${EXPERIMENTAL}`)}${sacEnd && row('End of the dural sac', markup`${levelInWords(sacEnd.level)} ${EXPERIMENTAL}`)}</dl><p class="soft small">Measured lying in the scanner; not to be compared with standing values.</p></section>`;
}

function withRange(
  sheet: Sheet,
  name: string,
  measured: Measurement | undefined,
  measure: RangedMeasure,
): Markup | undefined {
  if (!measured) return undefined;
  const range = normalRange(measure);
  if (!range) return row(name, measurementInWords(measured));
  const place = PLACES[compareWithRange(measured.value, measured.uncertainty, range)];
  const label = `${name} ${measurementInWords(measured)}, ${place} ${range.low} to ${range.high} degrees`;
  return row(
    name,
    markup`<div class="beside"><div>${measurementInWords(measured)}${tagOf(measured)}, ${place}</div>${rangeBar({ ...measured, low: range.low, high: range.high, label })}<div class="soft small">${sourceOf(sheet, range)}</div></div>`,
  );
}

const sourceOf = (sheet: Sheet, { low, high, basis, unit, citation }: NormalRange): Markup =>
  markup`${low ?? ''}–${high ?? ''}${unit === 'deg' ? '°' : ' mm'}: ${basis}, n = ${citation.n} (${cite(sheet, citation)})`;

/** Heights of the bodies with their ranges, and their shape. */
export function vertebrae(sheet: Sheet): Markup | false {
  const measured = sheet.findings.vertebrae.filter(
    (v) => v.heights.anterior ?? v.heights.middle ?? v.heights.posterior ?? v.genant,
  );
  if (measured.length === 0) return false;
  return markup`<section aria-labelledby="vertebrae"><h2 id="vertebrae">Vertebral bodies</h2><div class="tablebox"><table><caption>Heights in mm ± half of the 95 % interval</caption><thead><tr><th scope="col">Body</th><th scope="col">Front</th><th scope="col">Middle</th><th scope="col">Back</th><th scope="col">Shape</th></tr></thead><tbody>${measured.map(
    (v) =>
      markup`<tr><th scope="row">${v.label}</th><td>${height(v, 'anterior')}</td><td>${height(v, 'middle')}</td><td>${height(v, 'posterior')}</td><td>${shape(v)}</td></tr>`,
  )}</tbody></table></div><p class="soft small">Shape: Genant grade, ${EXPERIMENTAL}. ${heightRanges(sheet, measured)}</p></section>`;
}

/** The ranges that the heights were held against: those of the flagged ones in numbers. */
function heightRanges(sheet: Sheet, measured: readonly VertebraFinding[]): Markup {
  const example = normalRange('bodyHeightAnterior', 'L3');
  if (!example || !measured.some((v) => v.heights.anterior && normalRange('bodyHeightAnterior', v.label))) {
    return markup`No checked range applies to these heights.`;
  }
  const outside = measured.flatMap((v) =>
    (['anterior', 'middle', 'posterior'] as const).flatMap((where) => {
      const range = normalRange(HEIGHT_MEASURE[where], v.label);
      return range && outsideWord(v, where)
        ? [`${v.label} ${HEIGHT_WORD[where]} ${range.low ?? ''}–${range.high ?? ''} mm`]
        : [];
    }),
  );
  return markup`L1–L5 were held against ${example.basis} of ${example.citation.population}, n = ${example.citation.n} (${cite(sheet, example.citation)}), whatever the stature. “Low” and “high”: the whole interval lies outside${outside.length > 0 && ` (${outside.join('; ')})`}.`;
}

const HEIGHT_MEASURE = {
  anterior: 'bodyHeightAnterior',
  middle: 'bodyHeightMiddle',
  posterior: 'bodyHeightPosterior',
} as const;

const HEIGHT_WORD = { anterior: 'front', middle: 'middle', posterior: 'back' } as const;

function outsideWord(
  { label, heights }: VertebraFinding,
  where: keyof typeof HEIGHT_MEASURE,
): string | undefined {
  const measured = heights[where];
  const range = normalRange(HEIGHT_MEASURE[where], label);
  if (!measured || !range) return undefined;
  const place = compareWithRange(measured.value, measured.uncertainty, range);
  return place === 'below' ? 'low' : place === 'above' ? 'high' : undefined;
}

function height(vertebra: VertebraFinding, where: keyof typeof HEIGHT_MEASURE): Markup {
  const word = outsideWord(vertebra, where);
  return markup`${cell(vertebra.heights[where])}${word && markup` <strong class="small">${word}</strong>`}`;
}

function shape({ genant, heightLoss }: VertebraFinding): Markup {
  if (!genant) return markup`<span class="soft">–</span>`;
  if (genant.value === 0) return markup`regular`;
  return markup`${sentenceCase(genant.shape)}, Genant ${genant.value}${heightLoss && markup` <span class="soft">loss ${measurementInWords(heightLoss)}</span>`}`;
}

/** Canal and dural sac at every level: measurements, never a grade. */
export function canal(sheet: Sheet): Markup | false {
  const rows = sheet.findings.canal.filter(
    (c) => c.canalDiameter ?? c.sacDiameter ?? c.sacToCanalRatio ?? c.csfFraction,
  );
  if (rows.length === 0) return false;
  return markup`<section aria-labelledby="canal"><h2 id="canal">Canal ${EXPERIMENTAL}</h2><div class="tablebox"><table><caption>Front-to-back diameters in the mid-sagittal plane, mm ± half of the 95 % interval</caption><thead><tr><th scope="col">Level</th><th scope="col">Canal</th><th scope="col">Dural sac</th><th scope="col">Sac to canal</th></tr></thead><tbody>${rows.map(
    (c) =>
      markup`<tr><th scope="row">${c.level}</th><td>${cell(c.canalDiameter)}</td><td>${cell(c.sacDiameter)}</td><td>${cell(c.sacToCanalRatio, 2)}</td></tr>`,
  )}</tbody></table></div><p class="soft small">Measurements only: narrowing is not graded, and lateral recesses and foramina are not seen in this plane. ${limits(sheet, rows)} Published cut-points of the bony canal on CT, never used here to grade: ${CANAL_CUT_POINTS_MM.relative} and ${CANAL_CUT_POINTS_MM.absolute} mm (${cite(sheet, FRAMINGHAM_CANAL)}).</p></section>`;
}

/** The limits that are known for these rows, said once below the table. */
function limits(sheet: Sheet, rows: readonly CanalFinding[]): Markup[] {
  return rows.flatMap(({ level, canalDiameter }) => {
    const above = level.split('/')[0] as VertebraLabel;
    const range = normalRange('canalDiameter', above, sheet.findings.study.patientSex);
    if (!canalDiameter || !range) return [];
    const place = PLACES[compareWithRange(canalDiameter.value, canalDiameter.uncertainty, range)];
    return [
      markup` At ${above} the ${range.basis} is ${range.low ?? ''} mm (${cite(sheet, range.citation)}): ${place}.`,
    ];
  });
}
