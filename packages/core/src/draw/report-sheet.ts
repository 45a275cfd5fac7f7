import type { Citation } from '../norms/index.ts';
import { type LevelReading, readLevels } from '../report/index.ts';
import type { Findings, Measurement } from '../spine/index.ts';
import { type Markup, markup } from './markup.ts';
import type { Picture } from './scene.ts';

/** What the sections of one report share. */
export interface Sheet {
  readonly findings: Findings;
  /** Most important first. */
  readonly readings: readonly LevelReading[];
  readonly overview?: Picture | undefined;
  readonly discPictures: ReadonlyMap<string, Picture>;
  readonly axialPictures: ReadonlyMap<string, Picture>;
  /** The sources named so far; the list at the end holds these and no others. */
  readonly cited: Map<string, Citation>;
}

export function openSheet(findings: Findings, pictures: readonly Picture[]): Sheet {
  return {
    findings,
    readings: readLevels(findings),
    overview: pictures.find((p) => p.view === 'overview'),
    discPictures: byLevel(pictures, 'disc'),
    axialPictures: byLevel(pictures, 'axial'),
    cited: new Map(),
  };
}

const byLevel = (pictures: readonly Picture[], view: Picture['view']): ReadonlyMap<string, Picture> =>
  new Map(pictures.flatMap((p) => (p.view === view && p.level !== undefined ? [[p.level, p]] : [])));

/** The short name of a source, linked to its place in the list. */
export function cite(sheet: Sheet, citation: Citation): Markup {
  sheet.cited.set(citation.id, citation);
  return markup`<a href="#source-${citation.id}">${citation.short}</a>`;
}

export const EXPERIMENTAL: Markup = markup`<span class="tag">experimental</span>`;

/** The mark behind a value that is not validated on real images. */
export const tagOf = (item: { readonly experimental?: boolean | undefined } | undefined): Markup | false =>
  item?.experimental === true && markup` ${EXPERIMENTAL}`;

/** A value for a narrow table cell: the number, and its half-width below. */
export function cell(measured: Measurement | undefined, digits = 1): Markup {
  if (!measured) return markup`<span class="soft">–</span>`;
  const text = (x: number): string => x.toFixed(digits).replace('-', '−');
  return markup`<span class="cell"><span class="num">${text(measured.value)}</span> <span class="soft num">± ${text(measured.uncertainty)}</span></span>${tagOf(measured)}`;
}

/** A row of a definition list. */
export const row = (term: string, value: Markup | string): Markup =>
  markup`<div><dt>${term}</dt><dd>${value}</dd></div>`;
