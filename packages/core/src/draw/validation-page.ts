import { listInWords, sentenceCase } from '../report/index.ts';
import {
  type BinaryFigures,
  type Calibration,
  type Interval,
  type OverlapFigures,
  type PfirrmannFigures,
  PUBLISHED,
  type SubgroupFigures,
  type Validation,
} from '../validation/index.ts';
import { type Markup, markup, raw } from './markup.ts';
import { REPORT_POLICY } from './report-page.ts';
import { REPORT_STYLE } from './report-style.ts';
import { confusionChart, intervalBar, reliabilityChart } from './validation-charts.ts';

const GRADES = ['I', 'II', 'III', 'IV', 'V'] as const;
const BINARY_WORDS: Readonly<Record<string, string>> = {
  narrowing: 'narrowing (disc height)',
  bulging: 'bulging',
  herniation: 'herniation',
  upperEndplate: 'upper endplate change',
  lowerEndplate: 'lower endplate change',
  spondylolisthesis: 'slip',
};

/** What `promontory validate` found, as one HTML file that needs nothing else. */
export function renderValidation(validation: Validation): string {
  const { figures, dataset, models, software, createdAt } = validation;
  const parts = [
    markup`<header><h1>Validation of the reading</h1><p class="lead">${figures.studies} studies of ${figures.patients} patients read${dataset.failed.length > 0 && `, ${dataset.failed.length} not read`}.</p><p class="notice"><strong>These figures hold for this collection and these models.</strong> Labels of one reader carry that reader's errors. Studies that a model was trained on say nothing about it: give the others with --studies. Intervals are 95 %; those of grades draw whole patients.</p></header><main>`,
    headline(validation),
    figures.pfirrmann && pfirrmann(figures.pfirrmann),
    yesOrNo(figures.binary),
    figures.segmentation && segmentation(figures.segmentation),
    subgroups(figures.subgroups),
    failures(validation),
    published(),
    markup`<section aria-labelledby="made"><h2 id="made">How it was made</h2><ul class="small"><li>${software.name} ${software.version}, ${createdAt}</li>${models.map((m) => markup`<li>Model ${m.id} ${m.version}, SHA-256 <span class="code">${m.sha256}</span></li>`)}<li>A disc that was not found counts as grade III and as even odds; one that was abstained from counts by its likeliest grade.</li></ul></section></main>`,
  ];
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${raw(REPORT_POLICY)}"><meta name="referrer" content="no-referrer"><title>Validation of the reading</title><style>${raw(REPORT_STYLE)}${raw(PAGE_STYLE)}</style></head><body><div class="wrap">${parts}<footer class="small soft"><p>Research and decision support; not a medical device.</p></footer></div></body></html>
`.markup;
}

const PAGE_STYLE =
  '.scroll{overflow-x:auto}.scroll tbody th{white-space:normal;min-width:96px}.pair figure{margin-top:8px}.tablebox+h3{margin-top:16px}';

const figure = (x: number, digits = 3): string => (Number.isFinite(x) ? x.toFixed(digits) : '–');
const percent = (x: number): string => (Number.isFinite(x) ? `${(100 * x).toFixed(1)} %` : '–');
const withInterval = (i: Interval, show: (x: number) => string = figure): Markup =>
  markup`<span class="num">${show(i.value)}</span> <span class="soft num">${show(i.low)}–${show(i.high)}</span>`;
const table = (head: readonly string[], rows: readonly Markup[]): Markup =>
  markup`<div class="tablebox scroll"><table><thead><tr>${head.map((h) => markup`<th>${h}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;

function headline({ figures }: Validation): Markup {
  const { pfirrmann: p, binary, numbering, segmentation: s, modicAny, secondsPerStudy } = figures;
  const line = (name: string, interval: Interval | undefined, from: number, show = figure): Markup | false =>
    interval !== undefined &&
    markup`<tr><th>${name}</th><td>${withInterval(interval, show)}</td><td>${intervalBar(interval, from)}</td><td class="num">${interval.n}</td></tr>`;
  const rows = [
    line('All levels right', numbering?.allRight, 0.5, percent),
    line('Discs, overlap (Dice)', s?.disc?.overlap, 0.5),
    line('Bodies, overlap', s?.body?.overlap, 0.5),
    line('Pfirrmann, quadratic-weighted κ', p?.qwk, 0),
    line('Pfirrmann within one grade', p?.withinOne, 0.5, percent),
    line('Narrowing, AUC', binary.narrowing?.auc, 0.5),
    line('Bulging, AUC', binary.bulging?.auc, 0.5),
    line('Any Modic change, AUC', modicAny?.auc, 0.5),
  ].filter((r) => r !== false);
  return markup`<section aria-labelledby="short"><h2 id="short">In short</h2>${table(['', 'value, 95 % interval', '', 'n'], rows)}<p class="soft small">A study took ${figure(secondsPerStudy.median, 1)} s in the median, ${figure(secondsPerStudy.most, 1)} s at most.</p></section>`;
}

function pfirrmann(p: PfirrmannFigures): Markup {
  const reasons = Object.entries(p.reasons).map(([why, n]) => `${why.replaceAll('-', ' ')} ${n}`);
  return markup`<section aria-labelledby="pfirrmann"><h2 id="pfirrmann">Pfirrmann grades</h2><p>${p.discs} graded discs, ${p.found} found. Exactly right ${withInterval(p.exact, percent)}, within one grade ${withInterval(p.withinOne, percent)}. Abstained ${withInterval(p.abstained, percent)}${reasons.length > 0 && ` (${reasons.join(', ')})`}; κ of the discs that were graded ${withInterval(p.qwkOfGraded)}. With the given grades shuffled among the discs κ is ${figure(p.qwkPermuted)}.</p><div class="pair"><figure>${confusionChart(p.confusion, GRADES)}<figcaption>Discs by given and read grade.</figcaption></figure><figure>${reliabilityChart(p.calibration)}<figcaption>Forecasts that a grade is above I, II, III, IV. ${calibrationWords(p.calibration)}</figcaption></figure></div>${table(
    ['grade', 'found right', 'prediction set holds it'],
    GRADES.map(
      (name, i) =>
        markup`<tr><th>${name}</th><td>${share(p.recall[i])}</td><td>${share(p.sets.coverage[i])}</td></tr>`,
    ),
  )}<p class="small soft">Prediction sets hold ${figure(p.sets.meanSize, 2)} grades in the mean.</p>${
    p.contradicted.patients.length > 0 &&
    markup`<p>In ${listInWords([...p.contradicted.patients], 'and')} the given grade does not rise as the signal of the disc falls, as the scale has it; without ${p.contradicted.patients.length > 1 ? 'them' : 'it'} κ is ${withInterval(p.contradicted.qwkWithout)}.</p>`
  }</section>`;
}

const share = (interval: Interval | undefined): Markup =>
  interval === undefined ? markup`<span class="soft">none given</span>` : withInterval(interval, percent);

const calibrationWords = (c: Calibration): string =>
  `Calibration slope ${figure(c.slope, 2)}; expected calibration error ${figure(c.ece.value)} (${figure(c.ece.low)}–${figure(c.ece.high)}), of a perfect model ${figure(c.eceOfPerfect)}.`;

function yesOrNo(binary: Readonly<Partial<Record<string, BinaryFigures>>>): Markup | false {
  const known = Object.entries(binary).flatMap(([name, f]) => (f === undefined ? [] : [{ name, f }]));
  if (known.length === 0) return false;
  const charts = known.filter(({ f }) => f.calibration !== undefined);
  return markup`<section aria-labelledby="binary"><h2 id="binary">Yes-or-no findings</h2>${table(
    ['finding', 'AUC', 'sensitivity', 'specificity', 'undecided', 'with it'],
    known.map(
      ({ name, f }) =>
        markup`<tr><th>${BINARY_WORDS[name] ?? name}</th><td>${withInterval(f.auc)}</td><td>${withInterval(f.sensitivity, percent)}</td><td>${withInterval(f.specificity, percent)}</td><td>${percent(f.abstained.value)}</td><td class="num">${f.positives} of ${f.discs}</td></tr>`,
    ),
  )}<p class="small soft">An undecided disc counts neither as found nor as cleared. Few examples make wide intervals.</p>${
    charts.length > 0 &&
    markup`<div class="pair">${charts.map(({ name, f }) => markup`<figure>${reliabilityChart(f.calibration as Calibration)}<figcaption>${sentenceCase(BINARY_WORDS[name] ?? name)}. ${calibrationWords(f.calibration as Calibration)}</figcaption></figure>`)}</div>`
  }</section>`;
}

const KINDS: Readonly<Record<string, string>> = { disc: 'discs', body: 'vertebral bodies', canal: 'canal' };

function segmentation(kinds: Readonly<Partial<Record<string, OverlapFigures>>>): Markup {
  const rows = Object.entries(kinds).flatMap(([kind, f]) =>
    f === undefined
      ? []
      : [
          markup`<tr><th>${KINDS[kind] ?? kind}</th><td>${withInterval(f.overlap)}</td><td class="num">${figure(f.worstDecile)}</td><td class="num">${f.hd95Mm ? `${figure(f.hd95Mm.median, 1)}; ${figure(f.hd95Mm.worstDecile, 1)}` : '–'}</td><td class="num">${f.assdMm === undefined ? '–' : figure(f.assdMm, 2)}</td><td class="num">${f.structures}</td></tr>`,
        ],
  );
  return markup`<section aria-labelledby="segmentation"><h2 id="segmentation">Segmentation in 3-D</h2>${table(['', 'Dice', 'worst tenth below', 'HD95 mm: median; worst tenth', 'mean surface distance mm', 'n'], rows)}<p class="small soft">Against masks of whole vertebrae the figure for bodies is the share of each body that lies inside its vertebra, since arch and processes are not segmented. The canal of a mask may be the bony canal, ours is the dural sac.</p></section>`;
}

const TRAITS: Readonly<Record<string, string>> = {
  sex: 'sex',
  fieldT: 'field, tesla',
  manufacturer: 'manufacturer',
  sequence: 'series that gave the grid',
  images: 'images',
};

function subgroups(groups: Validation['figures']['subgroups']): Markup | false {
  const traits = Object.entries(groups).filter(([, values]) => Object.keys(values).length > 1);
  if (traits.length === 0) return false;
  const optional = (i: Interval | undefined): Markup =>
    i === undefined ? markup`<span class="soft">too few</span>` : withInterval(i);
  const row = (value: string, f: SubgroupFigures): Markup =>
    markup`<tr><th>${value}</th><td class="num">${f.studies}</td><td>${optional(f.qwk)}</td><td>${optional(f.narrowingAuc)}</td><td>${optional(f.bulgingAuc)}</td><td>${optional(f.discDice)}</td></tr>`;
  return markup`<section aria-labelledby="groups"><h2 id="groups">Subgroups</h2>${traits.map(
    ([trait, values]) =>
      markup`<h3>By ${TRAITS[trait] ?? trait}</h3>${table(
        ['', 'studies', 'Pfirrmann κ', 'narrowing AUC', 'bulging AUC', 'disc Dice'],
        Object.entries(values).map(([value, f]) => row(value, f)),
      )}`,
  )}</section>`;
}

function failures({ dataset, figures }: Validation): Markup {
  const notRight = figures.numbering?.notRight ?? [];
  const items = [
    ...dataset.failed.map((f) => markup`<li>${f.study}: not read (${f.code}).</li>`),
    ...notRight.map(
      (n) =>
        markup`<li>${n.study}: ${n.farthestMm === undefined ? 'a level was not found' : `a disc lies ${n.farthestMm.toFixed(1)} mm from the mask's disc of its number`}.</li>`,
    ),
  ];
  return markup`<section aria-labelledby="failures"><h2 id="failures">Failures</h2>${items.length > 0 ? markup`<ul>${items}</ul>` : markup`<p>Every study was read${figures.numbering && ', and every level of a masked study lies where its mask has it'}.</p>`}</section>`;
}

function published(): Markup {
  return markup`<section aria-labelledby="published"><h2 id="published">What others have published</h2>${table(
    ['figure', 'value', 'source', 'differs in'],
    PUBLISHED.map(
      (p) =>
        markup`<tr><th>${p.figure}</th><td>${p.value}</td><td>${p.source}</td><td>${p.differs}</td></tr>`,
    ),
  )}</section>`;
}
