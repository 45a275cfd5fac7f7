import { SAC_AREA_CUT_POINTS } from '../norms/index.ts';
import { measureInWords, sentenceCase } from '../report/index.ts';
import { type AxialFinding, MUSCLES, type Muscle } from '../spine/index.ts';
import { type Markup, markup, raw } from './markup.ts';
import { cell, cite, EXPERIMENTAL, type Sheet } from './report-sheet.ts';

/** What was measured on the axial slices through the discs: pictures first, then the numbers. Never a grade. */
export function axial(sheet: Sheet): Markup | false {
  const rows = sheet.findings.axial ?? [];
  if (rows.length === 0) return false;
  const pictures = rows.flatMap(({ level }) => sheet.axialPictures.get(level) ?? []);
  return markup`<section aria-labelledby="axial"><h2 id="axial">Axial slices ${EXPERIMENTAL}</h2><p class="soft small">Outlined by a model that has seen slices of few people and that no site has validated. Check the outlines before you use a number.</p>${
    pictures.length > 0 &&
    markup`<div class="tiles">${pictures.map((p) => markup`<figure class="picture">${raw(p.svg)}</figure>`)}</div>`
  }<div class="tablebox"><table><caption>Dural sac in the slice nearest to the middle of each disc ± half of the 95 % interval</caption><thead><tr><th scope="col">Level</th><th scope="col">Area, mm²</th><th scope="col">Front to back, mm</th><th scope="col">Side to side, mm</th><th scope="col">Slice to disc</th></tr></thead><tbody>${rows.map(
    (a) =>
      markup`<tr><th scope="row">${a.level}</th><td>${cell(plain(a.sacArea), 0)}</td><td>${cell(plain(a.sacAnteroposterior))}</td><td>${cell(plain(a.sacTransverse))}</td><td class="num">${a.slice.angleDeg.toFixed(0)}°</td></tr>`,
  )}</tbody></table></div><p class="soft small">Narrowing is not graded. Published cut-points, never used here to grade: areas below 70 or 100 mm² are the commonest (${cite(sheet, SAC_AREA_CUT_POINTS)}).</p>${muscles(rows)}</section>`;
}

/** The heading says it once for the whole table. */
function plain<T extends { readonly experimental?: true | undefined }>(
  measured: T | undefined,
): T | undefined {
  return measured && { ...measured, experimental: undefined };
}

/** Folded on the screen, a table on paper, as the levels without a finding are. */
function muscles(rows: readonly AxialFinding[]): Markup | false {
  const found = rows.flatMap((row) => MUSCLES.flatMap((name) => muscleRow(row, name)));
  if (found.length === 0) return false;
  const title = 'Muscles on the axial slices';
  const table = markup`<div class="tablebox"><table><caption>Right and left of the patient: cross-section, share of fat, difference of the cross-sections</caption><thead><tr><th scope="col">Muscle</th><th scope="col">Right, mm²</th><th scope="col">Left, mm²</th><th scope="col">Fat right, %</th><th scope="col">Fat left, %</th><th scope="col">Differ by, %</th></tr></thead><tbody>${found}</tbody></table></div><p class="soft small">Share of fat: pixels nearer in brightness to the fat around the muscle than to its lean part. It is not a Dixon fat fraction and was not checked against one. Differences within their interval mean nothing.</p>`;
  return markup`<details class="screen"><summary>${title}</summary>${table}</details><section class="paper" aria-label="${title}">${table}</section>`;
}

function muscleRow({ level, muscles }: AxialFinding, name: Muscle): Markup[] {
  const found = muscles[name];
  if (found === undefined) return [];
  const { right, left, asymmetry } = found;
  return [
    markup`<tr><th scope="row">${level}<span class="soft">${sentenceCase(measureInWords(name))}</span></th><td>${cell(plain(right.area), 0)}</td><td>${cell(plain(left.area), 0)}</td><td>${cell(plain(right.fatFraction), 0)}</td><td>${cell(plain(left.fatFraction), 0)}</td><td>${cell(plain(asymmetry), 0)}</td></tr>`,
  ];
}
