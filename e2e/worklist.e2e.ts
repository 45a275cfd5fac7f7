import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'worklist' });

test('the demonstration patient stands in the list, with urgency in a word and why', async ({ page }) => {
  await visit(page, '#/');
  const row = page.getByRole('row', { name: /PHANTOM, LUMBAR/ });
  await expect(row).toBeVisible();
  await expect(row).toContainText(/To review/);
  await expect(row).toContainText(/Raised|High|First|By arrival/);
  await expect(page.getByRole('status').filter({ hasText: '1 study' })).toBeVisible();
  await expectAccessible(page);
});

test('search, open and come back by keys alone: the question, the row and the focus are as they were', async ({
  page,
}) => {
  await visit(page, '#/');
  const row = page.getByRole('row', { name: /PHANTOM/ });
  await row.waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('lumb');
  await expect(page).toHaveURL(/#\/\?text=lumb$/);
  await page.getByRole('searchbox').press('Tab');
  await page.locator('#content').focus();
  await page.keyboard.press('j');
  await expect(row).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/study\/[0-9.]+$/);
  await page.goBack();
  await expect(page).toHaveURL(/#\/\?text=lumb$/);
  await expect(row).toBeFocused();
});

test('one key takes a study and gives it back; the archive knows', async ({ page, archive }) => {
  await visit(page, '#/');
  const row = page.getByRole('row', { name: /PHANTOM/ });
  await row.waitFor();
  await page.keyboard.press('j');
  const assigned = async () =>
    (
      await archive.api<{ assignedTo?: { accountId: string } }>(
        'GET',
        `/api/studies/${archive.demoStudy}/summary`,
      )
    ).assignedTo?.accountId;
  await page.keyboard.press('a');
  await expect(row.getByRole('combobox')).toHaveValue(archive.administrator.accountId);
  await expect.poll(assigned).toBe(archive.administrator.accountId);
  await page.keyboard.press('a');
  await expect(row.getByRole('combobox')).toHaveValue('');
  await expect.poll(assigned).toBe(undefined);
});

test('a view is saved, applied and deleted', async ({ page }) => {
  await visit(page, '#/?status=to-review&sort=name');
  await page.getByRole('row', { name: /PHANTOM/ }).waitFor();
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('textbox', { name: 'Name of what is shown now' }).fill('<b>Mine</b>');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: '<b>Mine</b>', exact: true })).toBeVisible();
  await visit(page, '#/');
  await page.reload();
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('button', { name: '<b>Mine</b>', exact: true }).click();
  await expect(page).toHaveURL(/#\/\?status=to-review&sort=name$/);
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('button', { name: 'Delete <b>Mine</b>' }).click();
  await expect(page.getByText('None yet.')).toBeVisible();
});

test('nothing found says so and leads back; a server that fails is asked again', async ({ page }) => {
  await visit(page, '#/?text=nobodyofthisname');
  await expect(page.getByRole('heading', { name: 'No study matches' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all studies' }).click();
  await page.getByRole('row', { name: /PHANTOM/ }).waitFor();
  let isBroken = true;
  await page.route('**/api/worklist?**', (route) => (isBroken ? route.abort() : route.continue()));
  await page.reload();
  await expect(page.getByRole('heading', { name: 'The server cannot be reached' })).toBeVisible();
  isBroken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('row', { name: /PHANTOM/ })).toBeVisible();
});

test('on a phone the list is of cards, without sideways scrolling', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page, '#/');
  await page.getByRole('row', { name: /PHANTOM/ }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});
