/** Reading in the browser alone: nothing leaves it, nothing is needed from outside, nothing breaks it. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { hostFolder } from '../scripts/static-host.ts';
import { prepared } from './harness/prepare.ts';
import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'alone' });
test.setTimeout(240_000);

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'promontory-alone-'));
const study = join(folder, 'study');
test.beforeAll(() => {
  const main = join(ROOT, 'packages/server/src/cli/main.ts');
  execFileSync(process.execPath, [main, 'phantom', '--seed', '9', '--out', study, '--quiet']);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demonstration = (page: Page) =>
  page.getByRole('button', { name: 'Try with the demonstration patient' });
const result = (page: Page) => page.getByRole('heading', { name: 'What stands out' });
const isRead = (page: Page) => expect(result(page)).toBeVisible({ timeout: 150_000 });
const isReady = (page: Page) =>
  expect(page.getByText('Ready for use without a connection')).toBeVisible({ timeout: 60_000 });

test('a folder is read, agrees with the command line, and only the page’s own files are ever asked for', async ({
  page,
  context,
  archive,
}) => {
  const asked: { url: string; method: string; sent: number }[] = [];
  context.on('request', (request) => {
    const sent = request.postDataBuffer()?.length ?? 0;
    asked.push({ url: request.url(), method: request.method(), sent });
  });
  await visit(page, 'alone.html');
  await page.locator('input[webkitdirectory]').setInputFiles(study);
  await expect(page.getByRole('heading', { name: 'Reading' })).toBeVisible();
  await isRead(page);
  await expect(page.getByText('Unreviewed.', { exact: true })).toBeVisible();
  await expectAccessible(page);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Findings (JSON)' }).click(),
  ]);
  const here = JSON.parse(readFileSync(await download.path(), 'utf8'));
  const out = join(folder, 'native');
  execFileSync(process.execPath, [
    join(ROOT, 'packages/server/src/cli/main.ts'),
    ...['analyze', study, '--out', out, '--quiet'],
  ]);
  const there = JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8'));
  expectAlike(here, there);

  const own = `${archive.origin}/workbench/`;
  const foreign = asked.filter(
    ({ url, method, sent }) =>
      !(url.startsWith('blob:') || url.startsWith('data:')) &&
      !(url.startsWith(own) && method === 'GET' && sent === 0 && !url.includes('?')),
  );
  expect(foreign).toEqual([]);
  expect(asked.some(({ url }) => url.endsWith('models/sagittal-segmenter.onnx'))).toBe(true);
});

/** The same document; numbers within a ten-thousandth of their size, for another runtime sums in another order. */
function expectAlike(here: unknown, there: unknown, at = ''): void {
  if (/\.(createdAt|durationMs)$/.test(at)) return;
  if (typeof here === 'number' && typeof there === 'number') {
    expect(Math.abs(here - there), at).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(there)));
  } else if (typeof here === 'object' && typeof there === 'object' && here !== null && there !== null) {
    expect(Object.keys(here).sort(), at).toEqual(Object.keys(there).sort());
    for (const [key, value] of Object.entries(here)) {
      expectAlike(value, (there as Record<string, unknown>)[key], `${at}.${key}`);
    }
  } else expect(here, at).toBe(there);
}

test('it opens and reads with the server gone', async ({ page, archive }) => {
  await visit(page, 'alone.html');
  await isReady(page);
  await archive.stop();
  try {
    await page.reload();
    await demonstration(page).click();
    await isRead(page);
    await expect(page.getByText(/WebAssembly, \d threads?/)).toBeVisible();
  } finally {
    await archive.restart();
  }
});

test('broken and hostile files are told in words, and the page reads on', async ({ page }) => {
  const files = page.locator('input[type=file]:not([webkitdirectory])');
  const hostile = '<img src=x onerror=alert(1)>.dcm';
  page.on('dialog', () => expect('a dialog').toBe('never shown'));
  await visit(page, 'alone.html');

  await files.setInputFiles({ name: hostile, mimeType: 'application/dicom', buffer: Buffer.alloc(4000, 7) });
  await expect(page.getByRole('alert')).toContainText('of no kind that is read');
  await expect(page.locator('img[src="x"]')).toHaveCount(0);

  const whole = readFileSync(join(study, 'T2_SAG', readdirSync(join(study, 'T2_SAG'))[0] as string));
  await files.setInputFiles([
    { name: hostile, mimeType: '', buffer: whole.subarray(0, 300) },
    { name: 'b', mimeType: '', buffer: Buffer.alloc(10) },
  ]);
  await expect(page.getByRole('alert')).toContainText('None of the 2 files');

  await files.setInputFiles({ name: 'bomb.zip', mimeType: 'application/zip', buffer: bomb() });
  await expect(page.getByRole('alert')).toContainText('LIMIT_EXCEEDED');

  await page.getByRole('button', { name: 'Choose other images' }).click();
  await demonstration(page).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(demonstration(page)).toBeVisible();
  await expectAccessible(page);
});

/** A ZIP of one entry that declares 100 bytes and holds a megabyte of zeros, deflated. */
function bomb(): Buffer {
  const zip = execFileSync(
    process.execPath,
    [
      '-e',
      `const { zipSync } = require('fflate');
     const zip = zipSync({ a: new Uint8Array(2 ** 20) });
     const view = new DataView(zip.buffer);
     for (let at = 0; at < zip.length - 4; at++)
       if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
     process.stdout.write(zip);`,
    ],
    { cwd: ROOT },
  );
  return Buffer.from(zip);
}

test('on a plain file host, under any path: one thread, said; and a new version is offered', async ({
  page,
}) => {
  const copy = join(folder, 'built');
  cpSync(prepared().web, copy, { recursive: true });
  const host = await hostFolder(copy, false);
  try {
    await page.goto(`${host.address}alone.html`);
    await expect(page.getByText('One thread only')).toBeVisible();
    await isReady(page);
    await demonstration(page).click();
    await isRead(page);
    await expect(page.getByText('WebAssembly, 1 thread', { exact: true })).toBeVisible();
    expect(host.asked.filter((path) => !path.startsWith('/some/path/'))).toEqual([]);

    appendFileSync(join(copy, 'sw.js'), '\n// another build\n');
    await page.reload();
    await page.getByRole('button', { name: 'Use it now' }).click();
    await expect(demonstration(page)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Use it now' })).toBeHidden();
    await page.getByRole('button', { name: 'Remove the kept program' }).click();
    await expect(page.getByText('from now on the page needs a connection')).toBeVisible();
  } finally {
    await host.close();
  }
});
