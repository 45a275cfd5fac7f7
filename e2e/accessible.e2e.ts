/** What everyone can use: axe over pages and states, keys alone from the list to the signature, zoom, Arabic. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'accessible' });

const report = (page: Page) => page.getByRole('region', { name: 'Report', exact: true });
const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name });
const saved = (page: Page) => expect(page.locator('.saving-saved').first()).toBeVisible();

const openStudy = async (page: Page, study: string): Promise<void> => {
  await visit(page, `#/study/${study}`);
  await expect(page.locator('[data-pane="1"]')).toHaveAttribute('data-shown', /\d+/);
  await expect(page.getByText(/of \d+ judged/)).toBeAttached();
};

/** Presses Tab until the element has the focus, as a person would; one too far away fails. */
async function tabTo(page: Page, element: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let pressed = 0; pressed < 40; pressed += 1) {
    if (await element.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  await expect(element).toBeFocused({ timeout: 1 });
}

const widerThanScreen = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** All rules in the light, and again in the dark what may differ there: contrast. */
async function expectAccessibleInBothLights(page: Page, except: readonly string[] = []): Promise<void> {
  await expectAccessible(page, except);
  await page.emulateMedia({ colorScheme: 'dark' });
  const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze();
  expect(violations.flatMap(({ nodes }) => nodes.map(({ target }) => target.join(' ')))).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
}

for (const width of [1440, 390])
  test(`axe in light and dark, ${width} px wide`, async ({ page, archive }) => {
    const isPhone = width < 600;
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: isPhone ? 844 : 900 });

    await visit(page, '#/');
    await page.getByRole('row', { name: /PHANTOM/ }).waitFor();
    await expectAccessibleInBothLights(page);
    await page.getByRole('button', { name: 'Add images' }).click();
    await expect(page.getByRole('button', { name: 'Choose files or a ZIP' })).toBeVisible();
    await expectAccessibleInBothLights(page);
    await page.keyboard.press('Escape');
    if (isPhone) {
      await page.getByRole('button', { name: 'Menu' }).click();
      await expect(page.getByRole('dialog', { name: 'Menu' })).toBeVisible();
      // Beside the dialog stands the button that screen readers leave it by, outside of every landmark.
      await expectAccessibleInBothLights(page, ['region']);
      await page.keyboard.press('Escape');
    }

    await openStudy(page, archive.demoStudy);
    const open = page.getByRole('button', { name: 'Reading and report' });
    if (isPhone) {
      await open.click();
      await expect(page.getByRole('button', { name: 'Close', exact: true })).toBeFocused();
    }
    for (const name of [/^Reading/, /^Measured/, /^Report/]) {
      await tab(page, name).click();
      await expectAccessibleInBothLights(page);
    }
    if (isPhone) {
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await expect(open).toBeFocused();
    }
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessibleInBothLights(page);

    await visit(page, 'alone.html');
    await expect(page.getByRole('button', { name: 'Choose a folder' })).toBeVisible();
    await expectAccessibleInBothLights(page);
  });

test('by keys alone from the list to the signature, which keeps the time consented to; the report says whose it is', async ({
  page,
  archive,
}) => {
  const times = report(page).locator('.times');
  await visit(page, '#/');
  const row = page.getByRole('row', { name: /PHANTOM/ });
  await row.waitFor();
  await page.keyboard.press('j');
  await expect(row).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/of \d+ judged/)).toBeVisible();

  await page.keyboard.press('g');
  await tabTo(page, page.getByRole('button', { name: 'Accept the names' }));
  await page.keyboard.press('Enter');
  await page.keyboard.press('j');
  await page.keyboard.press('y');
  await expect(page.getByText(/^2 of \d+ judged/)).toBeVisible();
  await saved(page);

  await page.keyboard.press('g');
  await tabTo(page, tab(page, /^Reading/), 'Shift+Tab');
  await page.keyboard.press('End');
  await expect(tab(page, /^Report/)).toHaveAttribute('aria-selected', 'true');
  await tabTo(page, report(page).getByRole('button', { name: 'Yes, keep it' }));
  await page.keyboard.press('Enter');
  await expect(times).toContainText('How long you take from opening to signature is kept');
  await expect(times.getByText('My reading times')).toBeFocused();
  await tabTo(page, report(page).getByLabel('Impression'), 'Shift+Tab');
  await page.keyboard.type('No disc herniation.');
  await tabTo(page, report(page).getByRole('checkbox', { name: /have read the images/ }));
  // What is attested is the preview as it stands: first it has to hold what was written.
  await expect(report(page).getByRole('article')).toContainText('No disc herniation.');
  await saved(page);
  await page.keyboard.press('Space');
  const sign = report(page).getByRole('button', { name: 'Sign the report' });
  await expect(sign).toBeEnabled();
  await expectAccessible(page);
  await tabTo(page, sign);
  await page.keyboard.press('Enter');

  await expect(report(page).getByRole('article')).toContainText('No disc herniation.');
  await expect(report(page)).toContainText('PHANTOM, LUMBAR');
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page);

  await expect(times).toContainText('With AI1 so far; told from 5 on');
  await times.getByRole('button', { name: 'Keep no more, and delete' }).click();
  await expect
    .poll(() => archive.api('GET', '/api/reading-times'))
    .toMatchObject({ consent: false, times: [] });

  // On paper: whose it is, who signed, everything unfolded, and nothing to press.
  await page.emulateMedia({ media: 'print' });
  await expect(report(page).getByText('PHANTOM, LUMBAR')).toBeVisible();
  await expect(report(page).getByText(/^Version 1 · Signed by/)).toBeVisible();
  await expect(report(page).locator('.report-left-out details p').first()).toBeVisible();
  await expect(report(page).getByRole('button')).toHaveCount(0);
});

test('at 200 % nothing scrolls sideways, and all can be reached', async ({ page, archive }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await visit(page, '#/');
  await page.getByRole('row', { name: /PHANTOM/ }).waitFor();
  expect(await widerThanScreen(page)).toBeLessThanOrEqual(0);
  await openStudy(page, archive.demoStudy);
  expect(await widerThanScreen(page)).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Reading and report' }).click();
  await tab(page, /^Report/).click();
  await expect(report(page)).toBeVisible();
  expect(await widerThanScreen(page)).toBeLessThanOrEqual(0);
  await visit(page, 'alone.html');
  await page.getByRole('button', { name: 'Choose a folder' }).waitFor();
  expect(await widerThanScreen(page)).toBeLessThanOrEqual(0);
});

for (const width of [1440, 390])
  test(`Arabic, ${width} px: the page turns round and fits, images do not turn`, async ({
    browser,
    archive,
  }) => {
    const { cookie } = archive.administrator;
    const context = await browser.newContext({
      baseURL: `${archive.origin}/workbench/`,
      locale: 'ar-EG',
      viewport: { width, height: 844 },
    });
    await context.addCookies([{ ...cookie, url: archive.origin }]);
    const page = await context.newPage();
    await visit(page, '#/');
    await page.getByRole('row', { name: /PHANTOM/ }).waitFor();
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    expect(await widerThanScreen(page)).toBeLessThanOrEqual(0);
    await expectAccessible(page);
    await visit(page, `#/study/${archive.demoStudy}`);
    const pane = page.locator('[data-pane="1"]');
    await expect(pane).toHaveAttribute('data-shown', /\d+/);
    expect(await widerThanScreen(page)).toBeLessThanOrEqual(0);
    // Anterior stays on the screen's left of a sagittal image, whatever the language.
    const [anterior, posterior] = await Promise.all(
      ['A', 'P'].map((letter) => pane.locator('.letter', { hasText: letter }).boundingBox()),
    );
    expect(anterior?.x).toBeLessThan(posterior?.x ?? 0);
    expect(
      await pane
        .locator('canvas')
        .first()
        .evaluate((it) => getComputedStyle(it).transform),
    ).toMatch(/^(none|matrix\([^-])/);
    await context.close();
  });
