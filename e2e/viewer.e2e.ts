import type { Page } from '@playwright/test';
import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'viewer' });

const pane = (page: Page, number: number) => page.locator(`.pane[data-pane="${number}"]`);

async function openDemo(page: Page, study: string): Promise<void> {
  await visit(page, `#/study/${study}`);
  for (const number of [1, 2, 3]) await expect(pane(page, number)).toHaveAttribute('data-shown', /\d/);
  await expect(page.getByRole('button', { name: /^L4\/L5, / })).toBeVisible();
}

/** Every pane that is to be seen has a line of every other direction of slices, and some of it lies within the pane. */
async function expectLines(page: Page): Promise<void> {
  await expect(async () => {
    const lacking = await page.locator('.pane').evaluateAll((panes) =>
      panes.flatMap((each) => {
        const box = each.getBoundingClientRect();
        const lines = [...each.querySelectorAll('.reference-line line:not(.under)')];
        const isSeen = lines.some((line) => {
          const at = line.getBoundingClientRect();
          return at.right > box.left && at.left < box.right && at.bottom > box.top && at.top < box.bottom;
        });
        return isSeen ? [] : [each.getAttribute('aria-label')];
      }),
    );
    expect(lacking).toEqual([]);
  }).toPass({ timeout: 10_000 });
}

test('a lumbar study hangs by itself, says whose it is, and one key goes to the disc in every pane', async ({
  page,
  archive,
}) => {
  await openDemo(page, archive.demoStudy);
  await expect(pane(page, 1)).toHaveAccessibleName(/T2 TSE SAG/);
  await expect(pane(page, 2)).toHaveAccessibleName(/T1 TSE SAG/);
  await expect(pane(page, 3)).toHaveAccessibleName(/T2 TSE TRA/);
  for (const number of [1, 2, 3]) await expect(pane(page, number)).toContainText('PHANTOM, LUMBAR');
  await expect(pane(page, 1).locator('.letter')).toHaveText(['H', 'F', 'A', 'P']);
  await expect(pane(page, 3).locator('.letter')).toHaveText(['A', 'P', 'R', 'L']);

  await pane(page, 1).focus();
  for (const [key, level] of [
    ['5', 'L5/S1'],
    ['2', 'L2/L3'],
    ['4', 'L4/L5'],
  ]) {
    await page.keyboard.press(key);
    await expect(pane(page, 3)).toHaveAccessibleName(new RegExp(level));
    await expect(pane(page, 3).locator('.corner .slice-level')).toHaveText(level);
    await expect(pane(page, 1).locator('.level-mark text')).toHaveText(level);
  }
  // Scrolled away, the same key leads back.
  const there = await pane(page, 3).getAttribute('data-shown');
  await pane(page, 3).focus();
  await page.keyboard.press('Home');
  await expect(pane(page, 3)).toHaveAttribute('data-shown', '1');
  await page.keyboard.press('4');
  await expect(pane(page, 3)).toHaveAttribute('data-shown', there ?? '');
});

test('reference lines stay: window, scroll to the ends, zoom, layouts, MPR and back, another size (OHIF 5015, 4992; Horos 599)', async ({
  page,
  archive,
}) => {
  await openDemo(page, archive.demoStudy);
  await expectLines(page);
  await pane(page, 3).focus();
  for (const key of ['w', 'w', 'i', 'Home', 'End', '3', '+', 'f', 'z']) {
    await page.keyboard.press(key);
    await expectLines(page);
  }
  for (const [key, panes] of [
    ['m', 3],
    ['m', 3],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.locator('.pane[data-shown]')).toHaveCount(panes);
    await expectLines(page);
  }
  // Alone, and back.
  await page.keyboard.press('b');
  await expect(page.locator('.pane')).toHaveCount(1);
  await page.keyboard.press('b');
  await expect(page.locator('.pane')).toHaveCount(3);
  await expectLines(page);
  await page.setViewportSize({ width: 900, height: 1100 });
  await expectLines(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expectLines(page);
  // Another series, dragged into a pane.
  const card = page.getByRole('button', { name: /T2 TSE TRA/ });
  await card.dragTo(pane(page, 2));
  await expect(pane(page, 2)).toHaveAccessibleName(/T2 TSE TRA/);
  await expect(pane(page, 2)).toHaveAttribute('data-shown', /\d/);
  await expect(pane(page, 1).locator('.reference-line')).not.toHaveCount(0);
  await page.getByRole('button', { name: /T1 TSE SAG/ }).dragTo(pane(page, 2));
  await expect(pane(page, 2)).toHaveAccessibleName(/T1 TSE SAG/);
  await expectLines(page);
});

test('the cross-hair leads every pane to the place pointed at, and linked series scroll together', async ({
  page,
  archive,
}) => {
  await openDemo(page, archive.demoStudy);
  await pane(page, 1).focus();
  await page.keyboard.press('End');
  await expect(pane(page, 2)).toHaveAttribute('data-shown', '15');
  const box = await pane(page, 3).boundingBox();
  if (box === null) throw new Error('no pane');
  await page.keyboard.down('Shift');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.up('Shift');
  // The middle of the axial image is the middle of the patient.
  for (const number of [1, 2]) await expect(pane(page, number)).toHaveAttribute('data-shown', '8');
  for (const number of [1, 2, 3]) await expect(pane(page, number).locator('.cross-hair')).toHaveCount(1);
});

test('a slice that cannot be had says so in its pane, and comes when asked again', async ({
  page,
  archive,
  complaints,
}) => {
  await page.route(/\/frames\/\d+$/, (route) => route.abort());
  await visit(page, `#/study/${archive.demoStudy}`);
  await expect(pane(page, 1).getByRole('alert')).toContainText('The server cannot be reached.', {
    timeout: 15_000,
  });
  await page.unroute(/\/frames\/\d+$/);
  await pane(page, 1).getByRole('button', { name: 'Try again' }).click();
  await expect(pane(page, 1)).toHaveAttribute('data-shown', /\d/);
  complaints.length = 0;
});

test('a name made to deceive stands in the corners as text', async ({ page, archive }) => {
  const hostile = '<img/src/onerror><script>document.title++</script>^\u202eevil';
  await page.route(/\/metadata$/, async (route) => {
    const response = await route.fetch();
    const instances = (await response.json()) as Record<string, { vr: string; Value?: unknown[] }>[];
    for (const instance of instances) instance['00100010'] = { vr: 'PN', Value: [{ Alphabetic: hostile }] };
    await route.fulfill({ response, json: instances });
  });
  await visit(page, `#/study/${archive.demoStudy}`);
  const corner = pane(page, 1).locator('.corner').first();
  await expect(corner).toContainText('<img/src/onerror><script>document.title++</script>, evil');
  await expect(pane(page, 1).locator('.corner img, .corner script')).toHaveCount(0);
  expect(await page.title()).not.toBe('NaN');
});

test('the study page passes axe, wide and on a phone', async ({ page, archive }) => {
  await openDemo(page, archive.demoStudy);
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.locator('.pane:visible')).toHaveCount(1);
  await expectAccessible(page);
});

test('no key means two things on the page of a study', async ({ page, archive }) => {
  await openDemo(page, archive.demoStudy);
  await page.keyboard.press('?');
  const keys = await page.getByRole('dialog').locator('kbd').allTextContents();
  // Digits are levels in the images and grades in the panel.
  const letters = keys.filter((key) => /^(Shift\+)?[A-Za-z]$/.test(key));
  expect(letters.length).toBeGreaterThan(25);
  expect(letters.filter((key, n) => letters.indexOf(key) !== n)).toEqual([]);
});

test('the spine in three dimensions is told as what it is, goes to the same disc, and gives its place back', async ({
  page,
  archive,
}) => {
  await openDemo(page, archive.demoStudy);
  await pane(page, 1).focus();
  await page.keyboard.press('Shift+D');
  const spine = page.getByRole('region', { name: 'Spine in three dimensions' });
  await expect(spine).toContainText('unreviewed AI segmentation, experimental');
  await expect(pane(page, 2)).toHaveCount(0);
  await expectAccessible(page);
  const name = spine.getByRole('button', { name: 'L3/L4' });
  await expect(name).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('4');
  await expect(spine.getByRole('button', { name: 'L4/L5' })).toHaveAttribute('aria-pressed', 'true');
  await name.click({ timeout: 60_000 });
  await expect(pane(page, 3).locator('.corner .slice-level')).toHaveText('L3/L4');
  await page.getByRole('button', { name: 'Close the spine in three dimensions' }).click();
  await expect(pane(page, 2)).toHaveAttribute('data-shown', /\d/);
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('one finger scrolls and strokes to the next series, two zoom and move, a tap chooses', async ({
    page,
    archive,
  }) => {
    await visit(page, `#/study/${archive.demoStudy}`);
    await expect(pane(page, 1)).toHaveAttribute('data-shown', '8');
    const box = await pane(page, 1).boundingBox();
    if (box === null) throw new Error('no pane');
    const hands = await page.context().newCDPSession(page);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    type Finger = readonly [x: number, y: number];
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', fingers: readonly Finger[]) =>
      hands.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: fingers.map(([across, along], id) => ({ x: x + across, y: y + along, id })),
      });
    const move = async (path: readonly (readonly Finger[])[]) => {
      for (const [n, fingers] of path.entries()) await touch(n === 0 ? 'touchStart' : 'touchMove', fingers);
      await touch('touchEnd', []);
    };
    const between = (from: readonly Finger[], to: readonly Finger[]) =>
      Array.from({ length: 7 }, (_, n) =>
        from.map(
          ([a, b], k): Finger => [
            a + ((to[k]?.[0] ?? a) - a) * (n / 6),
            b + ((to[k]?.[1] ?? b) - b) * (n / 6),
          ],
        ),
      );
    /** Scale and place of the picture. */
    const lies = () =>
      pane(page, 1)
        .locator('.pane-canvas')
        .evaluate((canvas) => {
          const { a, e, f } = new DOMMatrix(getComputedStyle(canvas).transform);
          return { scale: a, x: e, y: f };
        });

    await move(between([[0, -30]], [[0, 24]]));
    await expect(pane(page, 1)).toHaveAttribute('data-shown', '14');

    const first = await lies();
    await move(
      between(
        [
          [-40, 0],
          [40, 0],
        ],
        [
          [-80, 0],
          [80, 0],
        ],
      ),
    );
    await expect.poll(async () => (await lies()).scale / first.scale).toBeCloseTo(2, 1);
    const zoomed = await lies();
    await move(
      between(
        [
          [-40, -50],
          [40, -50],
        ],
        [
          [-10, 30],
          [70, 30],
        ],
      ),
    );
    await expect.poll(async () => (await lies()).y - zoomed.y).toBeCloseTo(80, 0);
    const moved = await lies();
    expect(moved.x - zoomed.x).toBeCloseTo(30, 0);
    expect(moved.scale).toBeCloseTo(zoomed.scale, 1);
    // Two fingers scrolled nothing.
    await expect(pane(page, 1)).toHaveAttribute('data-shown', '14');

    // The strip may still be scrolling to the card when the finger comes down: that stops it, and no more.
    await expect(async () => {
      await page.getByRole('button', { name: /T2 TSE TRA/ }).tap();
      await expect(pane(page, 1)).toHaveAccessibleName(/T2 TSE TRA/, { timeout: 3000 });
    }).toPass();
    await page.getByRole('button', { name: /^L4\/L5, / }).tap();
    await expect(pane(page, 1).locator('.corner .slice-level')).toHaveText('L4/L5');
    await move(between([[100, 0]], [[-100, 4]]));
    await expect(pane(page, 1)).not.toHaveAccessibleName(/T2 TSE TRA/);
  });
});
