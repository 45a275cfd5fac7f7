import type { Findings } from '../spine/index.ts';
import { type Markup, markup, raw } from './markup.ts';
import { axial } from './report-axial.ts';
import { gaps, method, quality, sources } from './report-end.ts';
import { levels } from './report-levels.ts';
import { alignment, canal, vertebrae } from './report-measures.ts';
import { masthead, opening } from './report-opening.ts';
import { openSheet } from './report-sheet.ts';
import { REPORT_STYLE } from './report-style.ts';
import type { Picture } from './scene.ts';

/** Nothing is loaded, nothing runs: pictures are inside, and so is the style. */
export const REPORT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * The report as one HTML file that needs nothing else: what stands out first, every number with its doubt, what was
 * not assessed, and where it all comes from. Every string of the document is escaped.
 * @param pictures from `keyImages` and `axialPicture`; levels without one are reported without
 */
export function renderReport(findings: Findings, pictures: readonly Picture[]): string {
  const sheet = openSheet(findings, pictures);
  // In reading order: a source is listed where it is first named.
  const parts: (Markup | false)[] = [masthead(sheet), markup`<main>`];
  parts.push(opening(sheet), levels(sheet), alignment(sheet));
  parts.push(markup`<div class="pair">${[vertebrae(sheet), canal(sheet)]}</div>`);
  parts.push(axial(sheet), quality(sheet), gaps(sheet), method(sheet), sources(sheet), markup`</main>`);
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${raw(REPORT_POLICY)}"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><title>Lumbar spine MRI: findings (unreviewed)</title><style>${raw(REPORT_STYLE)}</style></head><body><div class="wrap">${parts}<footer class="small soft"><p>Unreviewed, experimental. Decision support for research; a clinician must review and sign.</p></footer></div></body></html>
`.markup;
}
