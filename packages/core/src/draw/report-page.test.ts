import { describe, expect, test } from 'vitest';
import { buildFindings, type FindingsCase } from '../report/findings.fixture.ts';
import { Findings } from '../spine/index.ts';
import { discPicture } from './disc-picture.ts';
import { keyImages } from './key-images.ts';
import { overviewPicture } from './overview-picture.ts';
import { REPORT_POLICY, renderReport } from './report-page.ts';
import { REPORT_STYLE } from './report-style.ts';
import { buildScene } from './scene.fixture.ts';

const CASES: Record<string, FindingsCase> = {
  usual: {},
  'no age and sex': { ageYears: undefined, sex: undefined },
  't1 only': { t2: false },
  't2 only': { t1: false },
  'no millimetres': { millimetres: false },
  'six lumbar vertebrae': { lumbarCount: 6 },
  'four lumbar vertebrae': { lumbarCount: 4 },
  'single slice': { singleSlice: true },
  'nothing found': { discs: [{}, {}, {}, {}, {}] },
  'no disc': { discs: [] },
  'axial slices': { axial: true },
  'axial slices, no millimetres': { axial: true, millimetres: false },
  'everything found': {
    discs: Array.from({ length: 7 }, () => ({
      pfirrmann: 5 as const,
      present: ['narrowing', 'bulging', 'herniation', 'upperEndplate', 'lowerEndplate'] as const,
      modic: 2 as const,
      slipMm: 5,
    })),
  },
};

function reportOf(wanted: FindingsCase): string {
  const findings = buildFindings(wanted);
  const scene = buildScene(findings, wanted.millimetres ?? true);
  const lowest = findings.discs.at(-1)?.label;
  const disc = lowest === undefined ? undefined : discPicture(scene, lowest);
  return renderReport(findings, [overviewPicture(scene), ...(disc ? [disc] : [])]);
}
/** The page without the pictures' bytes. */
const lean = (html: string): string => html.replaceAll(/data:image\/png;base64,[A-Za-z0-9+/=]+/g, 'data:');

describe.each(Object.entries(CASES))('report, %s', (_name, wanted) => {
  const html = reportOf(wanted);
  const page = lean(html);

  test('stands alone: policy, no scripts, nothing loaded', () => {
    expect(page).toContain(`content="${REPORT_POLICY}"`);
    expect(page).not.toMatch(/<script|<link|<iframe|\bon[a-z]+=|javascript:/i);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//);
    expect(html.length).toBeLessThan(2.5e6);
  });

  test('can be found one’s way in without eyes', () => {
    expect(page).toContain('<html lang="en">');
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect(page.match(/<main>/g)).toHaveLength(1);
    expect(page).toMatch(/<header>[\s\S]*<footer/);
    for (const [tag] of page.matchAll(/<th\b[^>]*>/g)) expect(tag).toContain('scope=');
    for (const [tag] of page.matchAll(/<svg\b[^>]*>/g)) expect(tag).toMatch(/role="img" aria-label="[^"]+"/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/(?:href="#|aria-labelledby=")([^"]+)"/g))
      expect(ids).toContain(target);
  });

  test('says what it is and shows no broken value', () => {
    expect(page).toContain('A clinician must review and sign');
    expect(page).toContain('Not assessed');
    const words = page.replace(/<style>[\s\S]*?<\/style>/, '').replaceAll(/<[^>]*>/g, ' ');
    expect(words).not.toMatch(/undefined|NaN|Infinity|\[object|null/);
  });
});

describe('report', () => {
  test('abnormal levels come first, open ones next, the rest folded', () => {
    const page = lean(reportOf({}));
    const order = [
      'aria-label="Disc L4/L5"',
      'aria-label="Disc L5/S1"',
      'aria-label="Disc L2/L3"',
      '<details',
    ].map((s) => page.indexOf(s));
    expect(order.every((at) => at > 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(page).not.toContain('<details open');
  });

  test('figures carry their source, and only sources that were used are listed', () => {
    const page = lean(reportOf({}));
    expect(page).toContain('Brinjikji 2015');
    expect(page).toContain('n = 627');
    expect(lean(reportOf({ ageYears: undefined }))).not.toContain('Brinjikji');
  });

  test('gives the other way to count', () => {
    const page = lean(reportOf({ lumbarCount: 6 }));
    expect(page).toContain('Otherwise it would be L5/S1 (29 %)');
    expect(page).toContain('If the lowest disc is L5/S1: T12/L1 is T11/T12');
  });

  test('models and inputs are named with their hashes', () => {
    const page = lean(reportOf({}));
    expect(page).toContain('a1'.repeat(32));
    expect(page).toContain('c3'.repeat(32));
  });

  test('every string that the schema lets through is harmless', () => {
    const evil = '"\'><img src=x onerror=alert(1)>';
    const { findings, planted } = plant(buildFindings({ millimetres: false }), evil);
    expect(planted).toBeGreaterThan(25);
    const scene = buildScene(findings, false);
    const html = renderReport(findings, keyImages({ ...scene, source: { series: evil } }));
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    const outsideQuotes = html.replaceAll(/"[^"]*"/g, '').replaceAll(/>[^<]*/g, '>');
    expect(outsideQuotes).not.toContain('onerror');
  });
});

describe('style', () => {
  const phone = REPORT_STYLE.slice(0, REPORT_STYLE.indexOf('@media (min-width'));

  test('body text is 16 px on a phone', () => {
    expect(/body\{[^}]*font:(\d+)px/.exec(phone)?.[1]).toBe('16');
  });

  test('nothing on a phone is wider than 360 px: no fixed widths, every grid column may shrink', () => {
    for (const [, px] of phone.matchAll(/[^-]width:(\d+)px/g)) expect(Number(px)).toBeLessThanOrEqual(320);
    for (const [, columns] of phone.matchAll(/grid-template-columns:([^;}]*)/g))
      expect(columns).toBe('minmax(0,1fr)');
    expect(phone).toContain('overflow-wrap:break-word');
    expect(phone).toMatch(/svg\{[^}]*max-width:100%/);
  });

  test('paper opens what the screen folds', () => {
    const print = REPORT_STYLE.slice(REPORT_STYLE.indexOf('@media print'));
    expect(print).toContain('.screen{display:none}');
    expect(print).toContain('.paper{display:block}');
    expect(print).toContain('size:A4');
  });
});

/** Puts `text` into every string value and every free record key that the schema accepts it in. */
function plant(findings: Findings, text: string): { findings: Findings; planted: number } {
  const document = structuredClone(findings) as unknown;
  let planted = 0;
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const record = node as Record<string, unknown>;
    for (const key of Object.keys(record)) {
      const before = record[key];
      if (typeof before === 'string') {
        record[key] = text;
        if (Findings.safeParse(document).success) planted += 1;
        else record[key] = before;
      } else visit(before);
    }
    if (!Array.isArray(node)) {
      record[text] = Object.values(record).find((v) => typeof v === 'string') ?? 'a-reason';
      if (Findings.safeParse(document).success) planted += 1;
      else delete record[text];
    }
  };
  visit(document);
  return { findings: Findings.parse(document), planted };
}
