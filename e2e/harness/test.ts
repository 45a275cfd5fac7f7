/** What every end-to-end test begins with: an archive of its file's own, and a page of somebody signed in. */
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type Archive, openTestArchive, type Person } from './archive.ts';

export interface Workbench {
  readonly archive: Archive;
  /** A browser of its own for a person: cookies, journal and settings apart from everyone else's. */
  browserOf(person: Person): Promise<BrowserContext>;
}

interface PerFile {
  /** Each file names itself, and so gets a server of its own. */
  readonly file: string;
  readonly archive: Archive;
}

const signedIn = (context: BrowserContext, { origin }: Archive, { cookie }: Person) =>
  context.addCookies([
    {
      ...cookie,
      domain: new URL(origin).hostname,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    },
  ]);

/** `page` is the administrator's, who may everything. What a page complains of in its console fails the test. */
export const test = base.extend<Pick<Workbench, 'browserOf'> & { complaints: string[] }, PerFile>({
  file: ['', { option: true, scope: 'worker' }],
  archive: [
    async ({ file: _ }, use) => {
      const archive = await openTestArchive();
      await use(archive);
      await archive.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ archive }, use) => use(`${archive.origin}/workbench/`),
  context: async ({ context, archive }, use) => {
    await signedIn(context, archive, archive.administrator);
    await use(context);
  },
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(`${error}`));
      page.on('console', (message) => {
        if (message.type() === 'error' && !isExpected(message.text())) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  browserOf: async ({ browser, archive }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (person) => {
      const context = await browser.newContext({ baseURL: `${archive.origin}/workbench/` });
      await signedIn(context, archive, person);
      opened.push(context);
      return context;
    });
    for (const context of opened) await context.close();
  },
});

/** Chromium itself writes each failed request: tests that cut the network expect them. A broken policy is a defect. */
const isExpected = (text: string): boolean => text.startsWith('Failed to load resource');

export { expect };

/**
 * WCAG 2.2 A and AA by axe; the images' own canvas has nothing that it could judge.
 * @param except rules of good practice that a state cannot keep; the test says why
 */
export async function expectAccessible(page: Page, except: readonly string[] = []): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .disableRules([...except])
    .analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`),
  ).toEqual([]);
}

/** Goes to a page of the workbench. @param hash `#/`, `#/study/1.2.3` */
export const visit = (page: Page, hash = '#/') => page.goto(hash.startsWith('#') ? `./${hash}` : hash);
