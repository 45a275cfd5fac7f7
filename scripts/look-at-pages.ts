/**
 * Opens every page of the archive in a Chromium of this machine, on a desk and on a phone, light and dark, with names
 * in it that nobody should have; writes pictures, and says what is wrong. Needs Chromium, which the tests do not.
 *
 *   node scripts/look-at-pages.ts [--out DIR]
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { stowFiles } from '../conformance/archive/instances.ts';
import { type Started, startPromontory } from '../conformance/archive/peers/promontory.ts';
import { type Chromium, openChromium } from './pages/chromium.ts';
import { HEBREW, hostileFiles, LONG, MARKUP } from './pages/hostile.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const OUT = resolve(values.out ?? mkdtempSync(join(tmpdir(), 'promontory-pages-')));
const JUDGE = readFileSync(new URL('./pages/judge.js', import.meta.url), 'utf8');

const WIDTHS = [1280, 390];
const SCHEMES = ['light', 'dark'];
const PATIENCE_MS = 20_000;

const wrong = new Set<string>();
const text = (value: string): string => JSON.stringify(value);

/** Waits until an expression of the page is true. */
async function until(page: Chromium, expression: string): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(50))
    if (await page.run<boolean>(`Boolean(${expression})`).catch(() => false)) return;
  throw new Error(`The page never came to: ${expression}`);
}
const seen = (selector: string) => `document.querySelector(${text(selector)})?.checkVisibility()`;
const click = (page: Chromium, selector: string) =>
  page.run<void>(`document.querySelector(${text(selector)}).click()`);
const type = (page: Chromium, selector: string, value: string) =>
  page.run<void>(
    `{ const field = document.querySelector(${text(selector)}); field.value = ${text(value)};
       field.dispatchEvent(new Event('change', { bubbles: true })); }`,
  );
/** Goes to a part of the page, and gives it time to fill. */
async function visit(page: Chromium, hash: string, ready: string): Promise<void> {
  await page.run<void>(`{ location.hash = ${text(hash)}; }`);
  await until(page, ready);
  await wait(300);
}

/** A name of the page's accessibility tree that says nothing (WCAG 4.1.2). */
async function unnamed(page: Chromium): Promise<string[]> {
  const roles = new Set([
    'button',
    'link',
    'textbox',
    'searchbox',
    'checkbox',
    'radio',
    'combobox',
    'progressbar',
  ]);
  interface Node {
    readonly ignored: boolean;
    readonly role?: { readonly value: string };
    readonly name?: { readonly value: string };
  }
  const { nodes } = (await page.send('Accessibility.getFullAXTree')) as unknown as { nodes: Node[] };
  return nodes
    .filter(({ ignored, role }) => !ignored && roles.has(role?.value ?? ''))
    .filter(({ name }) => (name?.value ?? '').trim() === '')
    .map(({ role }) => `a ${role?.value} without a name`);
}

/** Pictures of the page as it stands, and what is wrong with it, at every width and in every scheme. */
async function look(page: Chromium, name: string): Promise<void> {
  for (const width of WIDTHS)
    for (const scheme of SCHEMES) {
      await page.send('Emulation.setDeviceMetricsOverride', {
        width,
        height: 800,
        deviceScaleFactor: 1,
        mobile: width < 600,
      });
      await page.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      });
      await wait(150);
      for (const told of [...(await page.run<string[]>(JUDGE)), ...(await unnamed(page))])
        wrong.add(`${name}, ${width}, ${scheme}: ${told}`);
      const height = await page.run<number>('Math.min(document.documentElement.scrollHeight, 3000)');
      const { data } = (await page.send('Page.captureScreenshot', {
        captureBeyondViewport: true,
        clip: { x: 0, y: 0, width, height, scale: 1 },
      })) as unknown as { data: string };
      writeFileSync(join(OUT, `${name}-${width}-${scheme}.png`), Buffer.from(data, 'base64'));
    }
}

/** What must stand on the page as it was written. */
async function shows(page: Chromium, what: string): Promise<void> {
  if (!(await page.run<boolean>(`document.body.innerText.includes(${text(what)})`)))
    wrong.add(`not shown as text: ${what}`);
}

async function walk(server: Started, page: Chromium): Promise<void> {
  await page.send('Page.navigate', { url: server.origin });
  await until(page, seen('#password-form'));
  await look(page, 'sign-in');
  await type(page, '[name=login]', 'nobody');
  await type(page, '[name=password]', 'this is not it');
  await click(page, '#password-form [type=submit]');
  await until(page, seen('#problem'));
  await look(page, 'sign-in-refused');

  const [name = '', secret = ''] = (server.cookie ?? '').split(/=(.*)/);
  await page.send('Network.setCookie', { name, value: secret, url: server.origin, httpOnly: true });
  await page.send('Page.navigate', { url: `${server.origin}/?` });
  await until(page, seen('#empty'));
  await look(page, 'studies-none');

  await stowFiles(server, hostileFiles());
  await page.send('Page.reload');
  await until(page, seen('#rows tr'));
  await wait(500);
  for (const what of [MARKUP, LONG, '(no name)', HEBREW.replace('^', ' ')]) await shows(page, what);
  await look(page, 'studies');
  await type(page, '#name', 'no such patient');
  await click(page, '#search [type=submit]');
  await until(page, seen('#none-found'));
  await look(page, 'studies-not-found');
  await click(page, '#search-all');
  await until(page, seen('#rows tr'));

  await page.run<void>(`{
    const files = new DataTransfer();
    files.items.add(new File(['no image'], ${text(MARKUP)}));
    files.items.add(new File(['no image'], ${text(`${LONG}.dcm`)}));
    const input = document.querySelector('#files');
    input.files = files.files;
    input.dispatchEvent(new Event('change'));
  }`);
  await until(page, seen('#upload-close'));
  await shows(page, MARKUP);
  await look(page, 'upload-refused');
  await click(page, '#upload-close');

  // One study of each name, its patient's consent, and the export of all.
  const studies = await page.run<string[]>(
    `[...document.querySelectorAll('#rows a')].map((link) => link.getAttribute('href')).filter((href) => href.startsWith('#study/'))`,
  );
  for (const [i, study] of studies.entries()) {
    await visit(page, study, `${seen('#study-series li')} && ${seen('#study-consent')}`);
    if (i > 2) continue;
    await page.run<void>(`document.querySelector('#consent-form').closest('details').open = true`);
    await click(page, '#consent-form [value=research]');
    await type(page, '[name=formVersion]', MARKUP.slice(0, 40));
    await look(page, `study-${i}`);
    await click(page, '#consent-form [type=submit]');
    await until(page, `document.querySelector('#consent-told').textContent !== ''`);
    await click(page, '#study-export');
  }
  await visit(page, '#study/1.2.3', seen('#study-absent'));
  await look(page, 'study-absent');

  await visit(page, '#studies', seen('#rows tr'));
  await page.run<void>(
    `for (const box of document.querySelectorAll('#rows input')) if (!box.checked) box.click()`,
  );
  await visit(page, '#exports', `${seen('#export-start:enabled')} && ${seen('#export-staying li')}`);
  await type(page, '#export-find-name', 'W');
  await click(page, '#export-find [type=submit]');
  await until(page, seen('#export-found'));
  await page.run<void>(`document.querySelector('#export-more').open = true`);
  await look(page, 'exports');
  await type(page, '[name=blank]', 'nothing');
  await click(page, '#export-start');
  await until(page, seen('#problem'));
  await look(page, 'exports-wrong');
  await type(page, '[name=blank]', '');
  await click(page, '#export-start');
  await until(page, seen('#export-objects tr'));
  await page.run<void>(
    `{ for (const way of document.querySelectorAll('#export-treatments details')) way.open = true; }`,
  );
  await look(page, 'exports-done');
  await click(page, '#export-empty');
  await until(page, seen('#export-none'));
  await look(page, 'exports-none');

  await visit(page, '#people', seen('#people-rows tr'));
  await type(page, '#people-new [name=displayName]', MARKUP);
  await type(page, '#people-new [name=login]', 'w'.repeat(64));
  await click(page, '#people-new [type=submit]');
  await until(page, seen('#people-link-line'));
  await shows(page, MARKUP);
  await look(page, 'people');

  await visit(page, '#audit', seen('#audit-rows tr'));
  await click(page, '#audit-verify');
  await until(page, `document.querySelector('#audit-told').textContent.includes('whole')`);
  await look(page, 'audit');

  await visit(page, '#own', seen('#passkey-add'));
  await click(page, '#totp-begin');
  await until(page, seen('#totp-confirm'));
  await look(page, 'account');
  await addPasskey(page);
  await click(page, '#recovery-make');
  await until(page, `document.querySelectorAll('#recovery-codes li').length === 10`);
  await look(page, 'account-codes');
}

/** With a device of Chromium's own making. */
async function addPasskey(page: Chromium): Promise<void> {
  await page.send('WebAuthn.enable');
  await page.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await click(page, '#passkey-add');
  await until(page, seen('#passkey-rows tr'));
}

mkdirSync(OUT, { recursive: true });
const server = await startPromontory();
const page = await openChromium().catch(async (error: unknown) => {
  await server.stop();
  throw error;
});
try {
  page.on(
    (method, params: { readonly exceptionDetails?: unknown; readonly entry?: { readonly text: string } }) => {
      if (method === 'Runtime.exceptionThrown')
        wrong.add(`thrown: ${JSON.stringify(params.exceptionDetails)}`);
      // Refusals that the walk asks for are told as network errors.
      if (method === 'Log.entryAdded' && /policy|Refused/i.test(params.entry?.text ?? ''))
        wrong.add(`told by the browser: ${params.entry?.text}`);
    },
  );
  for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Accessibility'])
    await page.send(`${domain}.enable`);
  await page.send('Browser.setDownloadBehavior', { behavior: 'deny' });
  await walk(server, page).catch(async (error: unknown) => {
    wrong.add(String(error));
    await look(page, 'stopped');
  });
} finally {
  await page.close();
  await server.stop();
}
process.stdout.write([...wrong, `${wrong.size} things wrong; pictures in ${OUT}`, ''].join('\n'));
process.exitCode = wrong.size === 0 ? 0 : 1;
