import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'shell' });

test('who is signed out is asked to sign in, and nothing is shown', async ({ page, context }) => {
  await context.clearCookies();
  await visit(page);
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
});

test('a page that is not there says so and leads back', async ({ page }) => {
  await visit(page, '#/elsewhere');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Worklist' }).click();
  await expect(page).toHaveURL(/#\/$/);
});

test('Arabic turns the page around, and the choice stays', async ({ page }) => {
  await visit(page, '#/elsewhere');
  await page.getByRole('button', { name: /Language/ }).click();
  await page.getByRole('option', { name: 'العربية' }).click();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
});

test('the keys are shown by ? and by the button', async ({ page }) => {
  await visit(page, '#/elsewhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'Help' }).click();
  await expectAccessible(page);
});

test('addresses given from outside are not followed', async ({ page, archive }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const hostile of [
    '?url=https://evil.example/study.json#/',
    '?server=//evil.example#/',
    '#/study/https:%2F%2Fevil.example',
    '#/study/..%2F..%2Fapi%2Faudit',
    '#/study/1.2.3?studyJson=https://evil.example',
  ]) {
    await page.goto(`${archive.origin}/workbench/${hostile}`);
    await page.getByRole('banner').waitFor();
  }
  expect(asked.filter((url) => !url.startsWith(archive.origin) && !url.startsWith('blob:'))).toEqual([]);
});
