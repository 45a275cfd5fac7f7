/** The workbench against the real server: the first image, scrolling, the worklist over many studies. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page, Response } from '@playwright/test';
import { phantomStudy } from '@promontory/core/phantom';
import { stowFiles } from '../../conformance/archive/instances.ts';
import { type Launched, launch, makeToken, signIn } from '../../conformance/archive/peers/promontory.ts';
import { openPglite } from '../../packages/server/src/ports/database/index.ts';
import { fillWithStudies } from '../many-studies.ts';
import { type Bench, type Measure, median, type Section } from './section.ts';

const STUDIES = 100_000;
const TARGET = { imageMs: 1000, framesPerSecond: 30, interactionMs: 100, scriptBytes: 400_000 };
const SCROLL_MS = 3000;
const PATIENCE_MS = 120_000;

/** An archive with one study of 512² that was read, among many that stand in the index only. */
async function prepared({ built, scratch, say }: Bench) {
  const folder = join(scratch, 'workbench');
  mkdirSync(folder, { mode: 0o700 });
  const settings = { webFolder: built, reading: { onArrival: true, quietSeconds: 1, workers: 1 } };
  say('workbench: an archive with the bench study, read');
  const first = await launch({ folder, settings });
  const cookie = await signIn(first.ready);
  const { origin } = first.ready;
  const token = await makeToken(origin, cookie);
  const headers = { authorization: `Bearer ${token}` };
  const made = phantomStudy({
    seed: 7,
    series: ['sagittal-t1', 'sagittal-t2'],
    sagittalSlices: 15,
    sagittalPixels: 512,
  });
  await stowFiles(
    { root: `${origin}/dicom-web`, headers },
    made.files.map(({ bytes }) => bytes),
  );
  const [found] = (await (await fetch(`${origin}/dicom-web/studies`, { headers })).json()) as Record<
    string,
    { Value: string[] }
  >[];
  const study = found?.['0020000D']?.Value[0] ?? '';
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const answer = await fetch(`${origin}/api/studies/${study}/readings`, { headers });
    const { readings } = (await answer.json()) as { readings: unknown[] };
    if (readings.length > 0) break;
    if (Date.now() > end) throw new Error('The bench study was not read.');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await first.stop();
  say(`workbench: ${STUDIES} studies beside it`);
  const database = await openPglite(join(folder, 'data/index'));
  await fillWithStudies(database, STUDIES);
  await database.close();
  // They were never received: nobody is to read them now.
  const quiet = { ...settings, reading: { ...settings.reading, onArrival: false } };
  const server = await launch({ folder, settings: quiet });
  return { server, study, cookie: await signIn(server.ready) };
}

async function browserOf({ browser }: Bench, { ready }: Launched, cookie: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const [name = '', value = ''] = cookie.split(/=(.*)/);
  const { hostname } = new URL(ready.origin);
  await context.addCookies([
    { name, value, domain: hostname, path: '/', httpOnly: true, secure: true, sameSite: 'Strict' },
  ]);
  return context;
}

/** From the click on a row to pixels of an image on a canvas, ms. */
const IMAGE_AFTER_CLICK = `(row) => new Promise((resolve) => {
  const start = performance.now();
  const isPainted = (canvas) => {
    if (canvas.hidden || canvas.width === 0) return false;
    const { data } = canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1);
    return data.some((value, i) => i % 4 !== 3 && value > 20);
  };
  const look = () => {
    if ([...document.querySelectorAll('.pane-canvas')].some(isPainted))
      requestAnimationFrame(() => resolve(performance.now() - start));
    else requestAnimationFrame(look);
  };
  row.click();
  look();
})`;

async function firstImage(bench: Bench, server: Launched, cookie: string): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < bench.runs; run++) {
    const context = await browserOf(bench, server, cookie);
    const page = await context.newPage();
    await page.goto(`${server.ready.origin}/workbench/#/?text=phantom`);
    const row = page.locator('[role=row]', { hasText: 'PHANTOM' }).first();
    await row.waitFor();
    const found = `[...document.querySelectorAll('[role=row]')].find((row) => row.textContent.includes('PHANTOM'))`;
    times.push((await page.evaluate(`(${IMAGE_AFTER_CLICK})(${found})`)) as number);
    await context.close();
  }
  return times;
}

/** Goes up and down through the slices, one with each frame of the screen; slices that came to be shown, a second. */
const SCROLL = `(ms) => new Promise((resolve) => {
  const pane = document.querySelector('.pane-canvas').closest('[tabindex]');
  pane.focus();
  let shown = 0;
  let last = '';
  let step = 0;
  const start = performance.now();
  const each = () => {
    const told = /\\b(\\d+) (?:of|\\/) \\d+/.exec(pane.textContent)?.[1] ?? '';
    if (told !== last) shown += 1;
    last = told;
    const past = performance.now() - start;
    if (past > ms) return resolve(shown / (past / 1000));
    const key = step % 20 < 10 ? (step % 20 < 5 ? 'ArrowDown' : 'ArrowUp') : step % 20 < 15 ? 'ArrowUp' : 'ArrowDown';
    step += 1;
    pane.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    requestAnimationFrame(each);
  };
  requestAnimationFrame(each);
})`;

async function scrolling(page: Page, origin: string, study: string): Promise<Record<string, number>> {
  await page.goto(`${origin}/workbench/#/study/${study}`);
  await page.getByText('Unreviewed AI outlines').first().waitFor();
  await page.waitForLoadState('networkidle');
  const measure = async () => {
    const found: number[] = [];
    for (let i = 0; i < 3; i++) found.push((await page.evaluate(`(${SCROLL})(${SCROLL_MS})`)) as number);
    return median(found);
  };
  const linked = await measure();
  await page.keyboard.press('o');
  const plain = await measure();
  await page.keyboard.press('b');
  const single = await measure();
  await page.keyboard.press('o');
  return { linked, plain, single, singleWithOutlines: await measure() };
}

/** From an act to the rows that it asked for, ms. */
async function acted(page: Page, act: (page: Page) => Promise<void>): Promise<number> {
  // Not waited for here: the act comes after it.
  await page.evaluate(`
    globalThis.took = new Promise((resolve) => {
      let start;
      const begin = () => { start ??= performance.now(); };
      for (const event of ['click', 'keydown', 'input', 'change']) addEventListener(event, begin, { capture: true, once: true });
      const grid = document.querySelector('[role=grid]').parentElement;
      const said = () => [...document.querySelectorAll('[role=row]')].map((row) => row.textContent).join('|');
      const before = said();
      const look = () => {
        if (start !== undefined && said() !== before && document.querySelectorAll('[role=row]').length > 3)
          requestAnimationFrame(() => resolve(performance.now() - start));
        else requestAnimationFrame(look);
      };
      look();
    });
    undefined`);
  await act(page);
  return (await page.evaluate('globalThis.took')) as number;
}

async function worklist(page: Page, origin: string): Promise<Record<string, number>> {
  await page.goto(`${origin}/workbench/#/`);
  await page.locator('[role=row][data-index="5"]').waitFor();
  const chip = (name: RegExp) => (p: Page) =>
    p
      .getByRole('button', { name })
      .or(p.getByRole('radio', { name }))
      .or(p.getByRole('tab', { name }))
      .first()
      .click();
  const times: Record<string, number> = {};
  times['one status'] = await acted(page, chip(/^Signed/));
  times['all of them again'] = await acted(page, chip(/^All/));
  times['another order'] = await acted(
    page,
    async (p) => void (await p.getByLabel('Order').selectOption('name')),
  );
  times['a page further'] = await acted(page, async (p) => {
    await p.locator('[role=row][data-index="0"]').focus();
    await p.keyboard.press('PageDown');
  });
  return times;
}

async function firstLoadBytes(page: Page, origin: string): Promise<number> {
  const scripts: Promise<Buffer>[] = [];
  const note = (response: Response) => {
    if (/\.m?js(\?|$)/.test(response.url())) scripts.push(response.body());
  };
  page.on('response', note);
  await page.goto(`${origin}/workbench/`);
  await page.locator('[role=row][data-index="5"]').waitFor();
  page.off('response', note);
  return (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
}

export async function workbench(bench: Bench): Promise<Section> {
  const { server, study, cookie } = await prepared(bench);
  try {
    const { origin } = server.ready;
    bench.say('workbench: first image');
    const images = await firstImage(bench, server, cookie);
    const context = await browserOf(bench, server, cookie);
    const page = await context.newPage();
    const bytes = await firstLoadBytes(page, origin);
    bench.say('workbench: worklist');
    const list = await worklist(page, origin);
    bench.say('workbench: scrolling');
    const scroll = await scrolling(page, origin, study);
    await context.close();
    const fps = (what: string, value = Number.NaN, isTarget = false): Measure => ({
      what: `scrolling, ${what}`,
      value: `${value.toFixed(0)} slices a second`,
      ...(isTarget && {
        target: `≥ ${TARGET.framesPerSecond}`,
        met: value >= TARGET.framesPerSecond,
      }),
    });
    const image = median(images);
    return {
      title: 'The workbench',
      text: `The real server over loopback, in software rendering at 1440 × 900. The bench study (sagittal T1 and T2, 15 slices of 512²) stands, read, among ${STUDIES} studies of the index. Scrolling goes one slice with each frame of the screen. Each first image is in a browser that has opened nothing but the worklist.`,
      measures: [
        {
          what: 'first image after the click',
          value: `${image.toFixed(0)} ms`,
          target: `≤ ${TARGET.imageMs} ms`,
          met: image <= TARGET.imageMs,
        },
        fps('one pane', scroll.single, true),
        fps('one pane with outlines', scroll.singleWithOutlines),
        fps('two linked panes with reference lines', scroll.plain),
        fps('two linked panes with outlines', scroll.linked, true),
        ...Object.entries(list).map(
          ([what, ms]): Measure => ({
            what: `worklist of ${STUDIES}, ${what}`,
            value: `${ms.toFixed(0)} ms`,
            target: `≤ ${TARGET.interactionMs} ms`,
            met: ms <= TARGET.interactionMs,
          }),
        ),
        {
          what: 'script of the first load, compressed',
          value: `${(bytes / 1000).toFixed(0)} kB`,
          target: `≤ ${TARGET.scriptBytes / 1000} kB`,
          met: bytes <= TARGET.scriptBytes,
        },
      ],
    };
  } finally {
    await server.stop();
  }
}
