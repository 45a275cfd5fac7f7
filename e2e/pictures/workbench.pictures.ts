/** The documentation's pictures of the workbench, of the demonstration patient, on a desk, a tablet and a phone. */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { test, visit } from '../harness/test.ts';

test.use({ file: 'pictures' });

const FOLDER = join(import.meta.dirname, '../../docs/pictures');
const DEVICES = {
  desktop: { width: 1440, height: 900 },
  tablet: { width: 820, height: 1180 },
  phone: { width: 390, height: 844 },
} as const;

async function picture(page: Page, name: string, look: () => Promise<void>): Promise<void> {
  for (const [device, size] of Object.entries(DEVICES)) {
    await page.setViewportSize(size);
    await look();
    // Images, outlines and lettering come one after the other.
    await page.waitForLoadState('networkidle').catch(() => {});
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(FOLDER, `workbench-${name}-${device}.png`) });
  }
}

test('worklist', async ({ page }) => {
  await picture(page, 'worklist', async () => {
    await visit(page, '#/');
    await page.getByText('PHANTOM, LUMBAR').first().waitFor();
  });
});

test('study', async ({ page, archive }) => {
  await picture(page, 'study', async () => {
    await visit(page, `#/study/${archive.demoStudy}`);
    await page.getByText('Unreviewed AI outlines').first().waitFor();
  });
});

test('in the browser alone', async ({ page, archive }) => {
  await picture(page, 'alone', async () => {
    await page.goto(`${archive.origin}/workbench/alone.html`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
  });
});
