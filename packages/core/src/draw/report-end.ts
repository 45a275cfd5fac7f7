import { notAssessed, OUT_OF_SCOPE, roleInWords, warningInWords, warningTitle } from '../report/index.ts';
import type { Findings } from '../spine/index.ts';
import { type Markup, markup } from './markup.ts';
import type { Sheet } from './report-sheet.ts';

/** What may have spoilt the reading. */
export function quality(sheet: Sheet): Markup {
  const { outOfDistribution, warnings } = sheet.findings.quality;
  const items = [
    ...(outOfDistribution.flagged
      ? [
          markup`<li><strong>Unusual images</strong>: they differ from those the software was tested on${outOfDistribution.reasons.length > 0 && `: ${outOfDistribution.reasons.join('; ')}`}. Read everything here with more caution.</li>`,
        ]
      : []),
    ...warnings.map(
      (w) =>
        markup`<li><strong>${warningTitle(w.code)}</strong>: ${warningInWords(w, sheet.findings.study)}</li>`,
    ),
  ];
  return markup`<section aria-labelledby="quality"><h2 id="quality">Quality of the images</h2>${items.length > 0 ? markup`<ul>${items}</ul>` : markup`<p>No warning was raised.</p>`}</section>`;
}

/** What must not be taken for normal. */
export function gaps(sheet: Sheet): Markup {
  return markup`<section aria-labelledby="gaps"><h2 id="gaps">Not assessed</h2><ul>${notAssessed(
    sheet.findings,
  ).map(
    ({ why, items }) =>
      markup`<li>${items
        .map(({ what, where }) => (where.length > 0 ? `${what} (${where.join(', ')})` : what))
        .join('; ')}: ${why}.</li>`,
  )}<li>Never assessed by this software: ${OUT_OF_SCOPE.join('; ')}.</li></ul></section>`;
}

/** How the result came about, so that it can be made again. */
export function method(sheet: Sheet): Markup {
  const { study, numbering, provenance } = sheet.findings;
  return markup`<section aria-labelledby="method" class="method"><h2 id="method">Method</h2><p>${provenance.software.name} ${provenance.software.version} outlined vertebrae, discs and dural sac with the models below, measured the outlines, and graded each disc. “±” is half of the 95 % interval. Possible grades are those that the model's calibrated prediction set holds. A prevalence says how common a finding is in people without back pain, per person at any level.</p><ul>${seriesLines(study).map((line) => markup`<li>${line}</li>`)}${numbering.evidence.map((e) => markup`<li>Numbering: ${e.text}</li>`)}${numbering.alternatives.map(
    (a) =>
      markup`<li>If the lowest disc is ${a.lowestDisc}: ${sheet.findings.discs
        .filter((d) => a.relabelling[d.label] !== undefined)
        .map((d) => `${d.label} is ${a.relabelling[d.label]}`)
        .join(', ')}.</li>`,
  )}${provenance.models.map(
    (m) => markup`<li>Model ${m.id} ${m.version}, SHA-256 <span class="code">${m.sha256}</span></li>`,
  )}${provenance.inputs.map(
    (i) =>
      markup`<li>Input of ${i.files} ${i.files === 1 ? 'file' : 'files'}, SHA-256 <span class="code">${i.sha256}</span></li>`,
  )}</ul></section>`;
}

/** One line per series; series that say the same share a line. */
function seriesLines({ series }: Findings['study']): string[] {
  const counts = new Map<string, number>();
  for (const s of series) {
    const line = `${roleInWords(s.role)}: ${s.used ? 'read' : 'not read'}. ${s.reason}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => (count > 1 ? `${line} (${count} series)` : line));
}

/** The sources that were named above. Called last. */
export function sources({ cited }: Sheet): Markup | false {
  return (
    cited.size > 0 &&
    markup`<section aria-labelledby="sources" class="sources"><h2 id="sources">Sources</h2><ol>${[
      ...cited.values(),
    ].map(
      (c) =>
        markup`<li id="source-${c.id}">${c.full} <span class="soft">Population: ${c.population}; n = ${c.n}.</span></li>`,
    )}</ol></section>`
  );
}
