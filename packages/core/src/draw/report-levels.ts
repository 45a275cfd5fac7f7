import {
  binaryInWords,
  commonnessInWords,
  commonnessOf,
  type LevelReading,
  listInWords,
  measurementInWords,
  pfirrmannInWords,
  probabilityInWords,
  reasonInWords,
} from '../report/index.ts';
import { BINARY_GRADES, type DiscFinding } from '../spine/index.ts';
import { type Markup, markup, raw } from './markup.ts';
import { cell, cite, EXPERIMENTAL, row, type Sheet, tagOf } from './report-sheet.ts';

/** More cards than this are set in two columns on paper, so that the report keeps to four pages. */
const MANY = 3;

/** Levels that stand out, then those that the software could not decide, each with picture, numbers and doubt; the rest folded. */
export function levels(sheet: Sheet): Markup {
  const out = sheet.readings.filter((r) => r.standing === 'stands-out');
  const unclear = sheet.readings.filter((r) => r.standing === 'unclear');
  const calm = sheet.findings.discs.flatMap(
    (d) => sheet.readings.find((r) => r.disc === d && r.standing === 'unremarkable') ?? [],
  );
  const many = out.length + unclear.length > MANY;
  return markup`${cards(sheet, 'levels', 'Levels that stand out', 'Percentages in brackets are the software’s probabilities, ± is half of the 95 % interval. For disc heights no checked normal range exists.', out, many)}${cards(sheet, 'unclear', 'Levels left open', 'Nothing was found here, but the software could not decide on a grade: please look at the images.', unclear, many)}${calm.length > 0 && rest(calm)}`;
}

function cards(
  sheet: Sheet,
  id: string,
  title: string,
  note: string,
  readings: readonly LevelReading[],
  many: boolean,
): Markup | false {
  return (
    readings.length > 0 &&
    markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><p class="soft small">${note}</p><div class="cards${many && ' many'}">${readings.map((r) => card(sheet, r))}</div></section>`
  );
}

function card(sheet: Sheet, reading: LevelReading): Markup {
  const { disc, standing, found } = reading;
  const picture = sheet.discPictures.get(disc.label);
  return markup`<article class="card${standing === 'unclear' && ' unclear'}${!picture && ' bare'}" aria-label="Disc ${disc.label}">${
    picture && markup`<figure class="picture">${raw(picture.svg)}</figure>`
  }<div><h3>${disc.label}</h3>${
    found.length > 0 &&
    markup`<ul>${found.map(
      (f) =>
        markup`<li>${f.text}${f.probability !== undefined && ` (${probabilityInWords(f.probability)})`}${tagOf(f)}</li>`,
    )}</ul>`
  }<dl class="rows">${rows(sheet, reading)}</dl></div></article>`;
}

function rows(sheet: Sheet, reading: LevelReading): (Markup | false | undefined)[] {
  const { disc, slip, canal, doubts } = reading;
  const common = commonnessOf(reading, sheet.findings.study.patientAgeYears);
  const protrusion = disc.posteriorProtrusion?.depth;
  const share = slip && slip.direction !== 'none' ? slip.slipPercent : undefined;
  return [
    row('Pfirrmann', pfirrmannRow(disc)),
    row('Disc height', heightRow(disc)),
    protrusion &&
      row(
        'Extends back',
        markup`${measurementInWords(protrusion)} beyond the bodies${protrusion.value <= protrusion.uncertainty && ', not beyond its uncertainty'}${tagOf(protrusion)}`,
      ),
    share &&
      row(
        'Slip',
        markup`${measurementInWords({ ...share, value: Math.abs(share.value) })} of the body’s depth${tagOf(share)}`,
      ),
    canal?.sacDiameter &&
      row('Dural sac', markup`${measurementInWords(canal.sacDiameter)} front to back ${EXPERIMENTAL}`),
    common.length > 0 &&
      row(
        'Without back pain',
        markup`${common.map((p) => commonnessInWords(p, 'short')).join('; ')} (${cite(sheet, common[0].citation)})`,
      ),
    doubts.length > 0 && row('In doubt', doubts.join('; ')),
  ];
}

function pfirrmannRow(disc: DiscFinding): Markup {
  const { value, set, probabilities, abstained, reason } = disc.grades.pfirrmann;
  const possible = set && set.length > 1 ? `; possible: ${listInWords(set)}` : '';
  if (value === undefined || abstained) return markup`not graded: ${reasonInWords(reason)}${possible}`;
  const chance = probabilities ? `, ${probabilityInWords(probabilities[value - 1])}` : '';
  return markup`<strong>${value}</strong> of 5, ${pfirrmannInWords(value)}${chance}${possible}${tagOf(disc.grades.pfirrmann)}`;
}

function heightRow({ heights, heightIndex, notMeasured }: DiscFinding): Markup {
  const named = [
    { name: 'front', measured: heights.anterior },
    { name: 'middle', measured: heights.middle },
    { name: 'back', measured: heights.posterior },
    { name: 'index', measured: heightIndex },
  ].flatMap(({ name, measured }) =>
    measured
      ? [markup`${name} <span class="num">${measurementInWords(measured)}</span>${tagOf(measured)}`]
      : [],
  );
  if (named.length === 0) {
    const reason = notMeasured.heights ?? notMeasured['heights.middle'] ?? notMeasured.heightIndex;
    return markup`not measured: ${reasonInWords(reason)}`;
  }
  return markup`${named.map((p, i) => markup`${i > 0 && ', '}${p}`)}`;
}

/** The other levels: folded on the screen, a table on paper. */
function rest(readings: readonly LevelReading[]): Markup {
  const title = `Levels without a finding in what was assessed (${readings.length})`;
  const table = markup`<table><thead><tr><th scope="col">Level</th><th scope="col">Pfirrmann</th><th scope="col">Middle height, mm</th><th scope="col">Most probable of the other findings</th></tr></thead><tbody>${readings.map(
    ({ disc }) =>
      markup`<tr><th scope="row">${disc.label}</th><td>${shortGrade(disc)}</td><td>${cell(disc.heights.middle)}</td><td>${nearest(disc)}</td></tr>`,
  )}</tbody></table>`;
  return markup`<details class="screen"><summary>${title}</summary>${table}</details><section class="paper" aria-label="${title}"><h2>${title}</h2>${table}</section>`;
}

function shortGrade(disc: DiscFinding): Markup {
  const { value, set, abstained, reason } = disc.grades.pfirrmann;
  if (value === undefined || abstained) return markup`<span class="soft">${reasonInWords(reason)}</span>`;
  return markup`${value}${set && set.length > 1 && markup` <span class="soft">${listInWords(set)} possible</span>`}`;
}

/** The finding that came closest to being called, of those that were not. */
function nearest({ grades }: DiscFinding): string {
  const [first] = BINARY_GRADES.flatMap((name) => {
    const { probability, value } = grades[name];
    return probability === undefined || value === true ? [] : [{ name, probability }];
  }).sort((a, b) => b.probability - a.probability);
  return first === undefined ? '–' : `${binaryInWords(first.name)} ${probabilityInWords(first.probability)}`;
}
