import { BRINJIKJI_2015, NUMBERING_ERROR, PFIRRMANN_2001 } from '../norms/index.ts';
import {
  commonnessInWords,
  countInWords,
  listInWords,
  otherLowestDiscs,
  probabilityInWords,
  roleInWords,
  summarise,
} from '../report/index.ts';
import type { Findings } from '../spine/index.ts';
import { type Markup, markup, raw } from './markup.ts';
import { cite, type Sheet, tagOf } from './report-sheet.ts';
import { spineStrip } from './spine-strip.ts';

/** Title, status, whose images these are, and how the levels were counted. */
export function masthead(sheet: Sheet): Markup {
  const { study, numbering, provenance } = sheet.findings;
  const used = study.series.filter((s) => s.used);
  const series = used.map(
    (s) =>
      `${roleInWords(s.role)}${s.sliceCount === undefined ? '' : ` (${s.sliceCount} ${s.sliceCount === 1 ? 'slice' : 'slices'})`}`,
  );
  return markup`<header><h1>Lumbar spine MRI: findings</h1>
<p class="notice"><strong>Unreviewed.</strong> Decision support for research, experimental. A clinician must review and sign before any use. Not a medical device.</p>
<dl class="facts"><div><dt>Patient</dt><dd>${patientInWords(study)}</dd></div><div><dt>Images read</dt><dd>${series.length > 0 ? series.join(', ') : 'none'}</dd></div><div><dt>Level names</dt><dd>${numberingInWords(sheet, numbering)}</dd></div><div><dt>Made</dt><dd>${momentInWords(provenance.createdAt)} by ${provenance.software.name} ${provenance.software.version}</dd></div></dl></header>`;
}

/** `2025-03-01 10:00 UTC`; anything but an ISO instant in UTC stays as it is. */
function momentInWords(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:[\d.]+)?Z$/.exec(iso);
  return match ? `${match[1]} ${match[2]} UTC` : iso;
}

function patientInWords({ patientSex, patientAgeYears }: Findings['study']): string {
  const sex =
    patientSex === undefined ? 'sex not stated' : { F: 'female', M: 'male', O: 'other sex' }[patientSex];
  const age = patientAgeYears === undefined ? 'age not stated' : `${Math.floor(patientAgeYears)} years`;
  return `${sex.charAt(0).toUpperCase()}${sex.slice(1)}, ${age}`;
}

function numberingInWords(sheet: Sheet, numbering: Findings['numbering']): Markup {
  const { lowestDisc, confidence, transitionalProbability } = numbering;
  if (lowestDisc === undefined) return markup`The levels could not be named.`;
  const others = otherLowestDiscs(numbering);
  const transitional =
    transitionalProbability !== undefined && transitionalProbability >= 0.2
      ? ` A transitional vertebra is possible (${probabilityInWords(transitionalProbability)}).`
      : '';
  const rest =
    others.length > 0
      ? ` Otherwise it would be ${listInWords(others)}; every name would then change, see Method.`
      : '';
  return markup`The lowest disc was taken as <strong>${lowestDisc}</strong>, confidence ${probabilityInWords(confidence)}.${rest}${transitional} <span class="soft small">On lumbar images alone 14.1 % of such counts are wrong (${cite(sheet, NUMBERING_ERROR)}).</span>`;
}

/** With more levels than this each is given in few remarks here, and in full on its card. */
const FULL_LEVELS = 3;
const FEW_REMARKS = 3;

/** What stands out, in words, beside the picture. */
export function opening(sheet: Sheet): Markup {
  const { findings, readings, overview } = sheet;
  const summary = summarise(findings);
  const headFirst = findings.discs.flatMap((d) => readings.find((r) => r.disc === d) ?? []);
  return markup`<section aria-labelledby="summary"><h2 id="summary">What stands out</h2><div class="opening"><div><p class="lead">${summary.lead}</p>${
    summary.levels.length > 0 &&
    markup`<ol>${summary.levels.map(({ level, remarks }) => {
      const shown = summary.levels.length > FULL_LEVELS ? remarks.slice(0, FEW_REMARKS) : remarks;
      const more = remarks.length - shown.length;
      return markup`<li><strong>${level}</strong>: ${shown.map((r, i) => markup`${i > 0 && ', '}${r.text}${tagOf(r)}`)}${more > 0 && `, and ${countInWords(more)} more`}.</li>`;
    })}</ol>`
  }${summary.also.length > 0 && markup`<ul>${summary.also.map((text) => markup`<li>${text}</li>`)}</ul>`}${
    summary.common.length > 0 &&
    markup`<p>At ${Math.floor(findings.study.patientAgeYears ?? 0)} years, people <em>without</em> back pain show, at some level: ${summary.common.map((p) => commonnessInWords(p)).join('; ')} (${cite(sheet, BRINJIKJI_2015)}). Whether a finding explains symptoms is for the clinician to judge.</p>`
  }<p class="soft">What was not looked at is listed under “Not assessed”; its absence here says nothing about it.</p>${
    headFirst.length > 0 &&
    markup`<figure>${spineStrip(headFirst)}<figcaption class="soft">Pfirrmann grade of every disc, head on the left: 1 and 2 bright, of normal height; 5 dark and low; ? not graded; ▲ stands out. Careful readers agree with κ 0.69–0.81 (${cite(sheet, PFIRRMANN_2001)}).</figcaption></figure>`
  }</div>${
    overview &&
    markup`<figure class="picture">${raw(overview.svg)}<figcaption class="soft">Colours name what the software outlined. Names stand in front of the spine.</figcaption></figure>`
  }</div></section>`;
}
