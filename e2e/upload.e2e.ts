import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive } from './harness/archive.ts';
import { expect, expectAccessible, test, visit } from './harness/test.ts';

test.use({ file: 'upload' });

type Json = Record<string, { Value?: string[] }>;

/** Some images of the demonstration patient as a study of their own: the third digit of every UID is moved on. */
async function otherStudy(archive: Archive, by: number, count: number): Promise<Buffer[]> {
  const { origin, demoStudy, token } = archive;
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (path: string, accept: string) =>
    fetch(`${origin}/dicom-web${path}`, { headers: { ...headers, accept } });
  const found = (await (
    await ask(`/studies/${demoStudy}/instances?limit=${count}`, 'application/dicom+json')
  ).json()) as Json[];
  return Promise.all(
    found.map(async (each) => {
      const [series, instance] = ['0020000E', '00080018'].map((tag) => each[tag]?.Value?.[0]);
      const answer = await ask(
        `/studies/${demoStudy}/series/${series}/instances/${instance}`,
        'application/dicom; transfer-syntax=*',
      );
      const bytes = Buffer.from(await answer.arrayBuffer());
      const other = bytes
        .toString('latin1')
        .replaceAll(/(2\.25\.\d\d)(\d)(?=\d{8})/g, (_, head, digit) => `${head}${(Number(digit) + by) % 10}`);
      return Buffer.from(other, 'latin1');
    }),
  );
}

/** A folder as it lies on a disc: images, a table of contents, a letter, a hostile name. */
function disc(images: readonly Buffer[]): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'promontory-disc-')), 'disc');
  mkdirSync(join(folder, 'IMAGES'), { recursive: true });
  images.forEach((bytes, i) => {
    writeFileSync(join(folder, 'IMAGES', i === 0 ? '<img src=x onerror=alert(1)>' : `IM${i}`), bytes);
  });
  writeFileSync(join(folder, 'DICOMDIR'), 'table of contents');
  writeFileSync(join(folder, 'letter.txt'), 'Dear colleague, thank you for referring this patient.');
  return folder;
}
const chooseFolder = '[data-upload=folder]';

test('a folder: images are kept, the rest is named, and the study is told to be whole', async ({
  page,
  archive,
}) => {
  const folder = disc(await otherStudy(archive, 1, 6));
  await visit(page, '#/');
  await page.locator(chooseFolder).setInputFiles(folder);
  await expect(page.getByRole('heading', { name: 'Upload ended' })).toBeVisible();
  await expect(page.getByText('6 of 6 images kept by the archive · 2 files left out')).toBeVisible();
  await expect(page.getByText('complete, is being read')).toBeVisible();
  await page.getByRole('button', { name: 'Show files' }).click();
  await expect(page.getByText('disc/IMAGES/<img src=x onerror=alert(1)>')).toBeVisible();
  await expect(page.getByText("Left out: a disc's table of contents, no image")).toBeVisible();
  await expect(page.getByText('Left out: no DICOM file')).toBeVisible();
  await expectAccessible(page);
  // The list does not move under the reader: what is new is announced.
  await page.getByRole('button', { name: '1 new study: show' }).click();
  await expect(page.getByRole('row', { name: /PHANTOM/ })).toHaveCount(2);
});

test('the network goes and comes back: nothing is lost, nothing is asked', async ({
  page,
  archive,
  context,
}) => {
  const folder = disc(await otherStudy(archive, 2, 10));
  await visit(page, '#/');
  await page
    .getByRole('row', { name: /PHANTOM/ })
    .first()
    .waitFor();
  await context.setOffline(true);
  await page.locator(chooseFolder).setInputFiles(folder);
  await expect(page.getByRole('heading', { name: 'Waiting for the server' })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText(/^10 of 10 images kept/)).toBeVisible();
});

test('after a reload the same folder sends only what the archive did not acknowledge', async ({
  page,
  archive,
}) => {
  const folder = disc(await otherStudy(archive, 3, 30));
  let answered = 0;
  await page.route('**/dicom-web/studies', async (route) => {
    answered += 1;
    // The first is let through; of the others the page never hears.
    if (answered === 1) await route.continue();
  });
  await visit(page, '#/');
  await page.locator(chooseFolder).setInputFiles(folder);
  await expect(page.getByText(/^[1-9]\d* of 30 images kept/)).toBeVisible();
  page.on('dialog', (dialog) => void dialog.accept());
  await page.unroute('**/dicom-web/studies');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'An upload is not finished' })).toBeVisible();
  await expect(page.getByText(/Drop the same folder or ZIP again/)).toBeVisible();
  const sent: number[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/dicom-web/studies')) sent.push(1);
  });
  await page.locator(chooseFolder).setInputFiles(folder);
  await expect(page.getByText(/^30 of 30 images kept/)).toBeVisible();
  expect(sent.length).toBeGreaterThan(0);
});

test('files held over the page show where they may fall; dropped, they are sent', async ({
  page,
  archive,
}) => {
  const [image = Buffer.alloc(0)] = await otherStudy(archive, 4, 1);
  await visit(page, '#/');
  await page.getByRole('heading', { name: 'Worklist' }).waitFor();
  const transfer = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], 'IM1'));
    return data;
  }, image.toString('base64'));
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await expect(page.getByText('Drop folders, files or ZIPs of DICOM images here')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.getByText(/^1 of 1 image kept/)).toBeVisible();
});
