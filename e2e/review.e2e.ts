import type { Page } from '@playwright/test';
import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'review' });

interface Kept {
  readonly author: string;
  readonly deed: {
    readonly kind: string;
    readonly target?: string;
    readonly verdict?: string;
    readonly text?: string;
  };
}

const open = async (page: Page, study: string): Promise<void> => {
  await visit(page, `#/study/${study}`);
  await expect(panel(page).getByText(/of \d+ judged/)).toBeVisible();
};
const panel = (page: Page) => page.getByRole('region', { name: 'Reading', exact: true });
const report = (page: Page) => page.getByRole('region', { name: 'Report', exact: true });
const row = (page: Page, target: string) => page.locator(`[data-target="${target}"]`);
const saved = (page: Page) => expect(page.locator('.saving-saved')).toBeVisible();

const L4 = 'disc/L4~L5/pfirrmann';

test('accept, edit, reject and take back by key; all stands after a reload', async ({ page, archive }) => {
  await open(page, archive.demoStudy);
  await row(page, L4).getByRole('button').first().click();
  await page.keyboard.press('y');
  await expect(row(page, L4)).toContainText('Accepted');
  // It went on to the next by itself.
  await expect(row(page, L4)).not.toHaveAttribute('aria-current', 'true');

  await row(page, L4).getByRole('button').first().click();
  await page.keyboard.press('e');
  await page.keyboard.press('5');
  await expect(row(page, L4)).toContainText('Grade 5');
  await expect(row(page, L4)).toContainText('Corrected');

  const bulging = row(page, 'disc/L4~L5/bulging');
  await bulging.getByRole('button').first().click();
  await page.keyboard.press('n');
  await expect(bulging).toContainText('Rejected');
  await page.keyboard.press('Control+z');
  await expect(bulging).toContainText('Unreviewed');

  await saved(page);
  await page.reload();
  await expect(row(page, L4)).toContainText('Corrected');
  await expect(bulging).toContainText('Unreviewed');
  await expectAccessible(page);
});

test('a whole level in one act, and back', async ({ page, archive }) => {
  await open(page, archive.demoStudy);
  const level = page.locator('.level', { has: page.getByRole('heading', { name: 'L2/L3', exact: true }) });
  await level.getByRole('button', { name: /Accept the \d+ shown/ }).click();
  await expect(level.locator('.result-accepted').first()).toBeVisible();
  await expect(level.getByRole('button', { name: /Accept the .*shown/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(level.locator('.result-accepted')).toHaveCount(0);
});

for (const cut of ['before it is sent', 'after it arrived', 'without a server'] as const) {
  test(`the network is cut ${cut}: nothing is lost, nothing comes twice`, async ({ page, archive }) => {
    const target = {
      'before it is sent': 'herniation',
      'after it arrived': 'modic',
      'without a server': 'bulging',
    }[cut];
    const one = row(page, `disc/L3~L4/${target}`);
    await open(page, archive.demoStudy);
    await saved(page);
    await one.getByRole('button').first().click();
    if (cut === 'without a server') await archive.stop('SIGKILL');
    else
      await page.route('**/marks', async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        if (cut === 'after it arrived') await route.fetch();
        return route.abort();
      });
    await page.keyboard.press('n');
    await expect(one).toContainText('Rejected');
    await expect(page.getByText(/Kept here, one not sent/)).toBeVisible();
    // The page goes, as in a crash; what it kept does not.
    if (cut === 'without a server') await archive.restart();
    else await page.unroute('**/marks');
    await page.reload();
    await expect(one).toContainText('Rejected');
    await saved(page);
    const { marks } = await archive.api<{ marks: Kept[] }>('GET', `/api/studies/${archive.demoStudy}/marks`);
    const same = marks.filter(({ deed }) => deed.target === `disc/L3~L4/${target}`);
    expect(same.map(({ deed }) => deed.verdict)).toEqual(['reject']);
  });
}

test('two people who had not seen each other: both are kept, one key settles', async ({
  page,
  archive,
  browserOf,
}) => {
  const ben = await archive.person('Ben Okafor');
  const other = await (await browserOf(ben)).newPage();
  const target = 'disc/L1~L2/pfirrmann';
  await open(page, archive.demoStudy);
  await open(other, archive.demoStudy);
  // Ben's browser is cut off while he judges.
  await other.context().setOffline(true);
  await row(other, target).getByRole('button').first().click();
  await other.keyboard.press('n');
  await expect(other.getByText(/Kept here/)).toBeVisible();
  await row(page, target).getByRole('button').first().click();
  await page.keyboard.press('y');
  await saved(page);
  await other.context().setOffline(false);

  // Each sees the other's without asking.
  await expect(row(page, target)).toContainText('In conflict');
  await expect(row(other, target)).toContainText('In conflict');
  await expect(row(page, target)).toContainText('Ben Okafor');
  await page.getByRole('tab', { name: /Report/ }).click();
  await expect(report(page).getByText('People disagree: settle that first.')).toBeVisible();
  await page.getByRole('tab', { name: /Reading/ }).click();

  await row(page, target).getByRole('button').first().click();
  await page.keyboard.press('1');
  await expect(row(page, target)).not.toContainText('In conflict');
  await expect(row(other, target)).not.toContainText('In conflict');
});

test('own grades first: nothing of the reading shows before, both are kept after', async ({
  archive,
  browserOf,
}) => {
  const eva = await archive.person('Eva Lindholm');
  const page = await (await browserOf(eva)).newPage();
  await open(page, archive.demoStudy);
  await page.getByRole('checkbox', { name: "My grades before the AI's" }).check();
  await expect(panel(page).getByText('AI', { exact: true })).toHaveCount(0);
  await expect(panel(page).getByText(/probability/)).toHaveCount(0);
  await page.reload();
  const pfirrmann = page.locator(`[data-own="disc/L5~S1/pfirrmann"]`);
  await pfirrmann.getByRole('radio').first().focus();
  await page.keyboard.press('1');
  await expect(pfirrmann.getByRole('radio', { checked: true })).toContainText('1');
  await expect(panel(page).getByText('AI', { exact: true })).toHaveCount(0);
  await page.getByRole('tab', { name: /Report/ }).click();
  await expect(report(page).getByText('While your own grades come first')).toBeVisible();
  await page.getByRole('tab', { name: /Reading/ }).click();

  await page.getByRole('button', { name: 'Show the reading' }).click();
  const differing = panel(page).getByRole('row', { name: /L5\/S1 Pfirrmann/ });
  await expect(differing).toContainText('Grade 1');
  await differing.getByRole('button', { name: 'Keep mine' }).click();
  await expect(row(page, 'disc/L5~S1/pfirrmann')).toContainText('Corrected');
});

test('the report holds what was judged and written, is signed, and amended with a reason', async ({
  page,
  archive,
}) => {
  await open(page, archive.demoStudy);
  const names = panel(page).getByRole('button', { name: 'Accept the names' });
  if (await names.isVisible()) await names.click();
  await page.getByRole('tab', { name: /Report/ }).click();
  const impression = report(page).getByLabel('Impression');
  await impression.fill('Degenerative disc at L4/L5.');
  // Gone before the pause in writing is over.
  await page.reload();
  await page.getByRole('tab', { name: /Report/ }).click();
  await expect(impression).toHaveValue('Degenerative disc at L4/L5.');
  await expect(report(page).getByText(/results that nobody judged are left out/)).toBeVisible();
  await saved(page);

  const sign = report(page).getByRole('button', { name: 'Sign the report' });
  await expect(sign).toBeDisabled();
  await report(page)
    .getByRole('checkbox', { name: /have read the images/ })
    .check();
  await sign.click();
  await expect(
    report(page)
      .getByText(/Signed by/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
  await expect(report(page).getByRole('article')).toContainText('Degenerative disc at L4/L5.');

  await report(page).getByRole('button', { name: 'Draft' }).click();
  await impression.fill('Degenerative disc at L4/L5, unchanged.');
  await impression.blur();
  await expect(report(page).getByText(/One mark was made since/)).toBeVisible();
  await saved(page);
  await report(page)
    .getByRole('checkbox', { name: /have read the images/ })
    .check();
  const amend = report(page).getByRole('button', { name: 'Sign the amended report' });
  await expect(amend).toBeDisabled();
  await report(page).getByLabel('Why it is amended').fill('Compared with the prior study');
  await amend.click();
  await expect(report(page).getByRole('button', { name: /Version 2/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await report(page)
    .getByRole('button', { name: /Version 1/ })
    .click();
  await expect(report(page).getByRole('article')).not.toContainText('unchanged');
  await expectAccessible(page);
});
