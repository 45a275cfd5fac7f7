import { expect, type Page } from '@playwright/test';
import { test, visit } from './harness/test.ts';

test.use({ file: 'measure' });

const pane = (page: Page) => page.locator('[data-pane="1"]');
const drawn = (page: Page, tool: string) => pane(page).locator(`[data-measurement="${tool}"]`);

/** The first pane with its image, and drags in shares of its size. */
async function opened(page: Page, study: string) {
  await visit(page, `#/study/${study}`);
  await expect(pane(page)).toHaveAttribute('data-shown', /\d+/);
  const box = await pane(page).boundingBox();
  if (box === null) throw new Error('The pane has no place');
  const at = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + box.width * x,
    box.y + box.height * y,
  ];
  return async (...places: readonly (readonly [number, number])[]) => {
    await page.mouse.move(...at(places[0]));
    await page.mouse.down();
    for (const place of places.slice(1)) await page.mouse.move(...at(place), { steps: 4 });
    await page.mouse.up();
  };
}

test('a Cobb angle stays on its image (OHIF #4840)', async ({ page, archive }) => {
  const drag = await opened(page, archive.demoStudy);
  await pane(page).focus();
  await page.keyboard.press('c');
  await drag([0.35, 0.3], [0.6, 0.32]);
  await drag([0.35, 0.7], [0.6, 0.62]);
  await page.keyboard.press('Escape');
  await expect(drawn(page, 'cobb')).toHaveCount(1);
  const shown = await pane(page).getAttribute('data-shown');
  await pane(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(pane(page)).not.toHaveAttribute('data-shown', shown ?? '');
  await expect(page.locator('[data-measurement="cobb"]')).toHaveCount(0);
  await page.keyboard.press('ArrowUp');
  await expect(drawn(page, 'cobb')).toHaveCount(1);
});

test('an ellipse survives a failed save and a reload (OHIF #5762)', async ({ page, archive }) => {
  const drag = await opened(page, archive.demoStudy);
  await page.route('**/marks', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  await page.getByRole('button', { name: 'Ellipse' }).click();
  await drag([0.4, 0.4], [0.55, 0.5]);
  await page.keyboard.press('Escape');
  await expect(drawn(page, 'ellipse')).toHaveCount(1);
  const figures = await drawn(page, 'ellipse').locator('text').first().textContent();
  await page.reload();
  await expect(drawn(page, 'ellipse')).toHaveCount(1);
  await page.unroute('**/marks');
  await page.reload();
  await expect(drawn(page, 'ellipse').locator('text').first()).toHaveText(figures ?? '');
  await expect
    .poll(async () => {
      const { marks } = await archive.api<{ marks: readonly { deed: { tool?: string } }[] }>(
        'GET',
        `/api/studies/${archive.demoStudy}/marks?after=0`,
      );
      return marks.filter(({ deed }) => deed.tool === 'ellipse').length;
    })
    .toBe(1);
});

test('a length is placed by keys alone, moved, and removed', async ({ page, archive }) => {
  await opened(page, archive.demoStudy);
  await pane(page).focus();
  await page.keyboard.press('l');
  await page.keyboard.press('Enter');
  for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(drawn(page, 'length')).toHaveCount(1);
  await drawn(page, 'length').focus();
  const before = await drawn(page, 'length').getAttribute('aria-label');
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft');
  await expect(drawn(page, 'length')).not.toHaveAttribute('aria-label', before ?? '');
  await page.keyboard.press('Delete');
  await expect(drawn(page, 'length')).toHaveCount(0);
});
