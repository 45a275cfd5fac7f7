import type { Page } from '@playwright/test';
import type { Archive } from './harness/archive.ts';
import { expect, test, visit } from './harness/test.ts';

test.use({ file: 'prior' });

type Json = Record<string, { Value?: (string | number)[] }>;

const pane = (page: Page, number: number) => page.locator(`.pane[data-pane="${number}"]`);
const shown = async (page: Page, number: number): Promise<number> =>
  Number(await pane(page, number).getAttribute('data-shown'));

const OTHER_DATE = '20220314';
/** How much higher the patient lies in the prior, mm: places alone would lead to another disc. */
const HIGHER_MM = 34;
/** Axial slices that the prior lacks at its upper end. */
const FEWER = 3;

/** Every UID of the demonstration patient with another third digit: a study of its own, of equal lengths. */
const otherUid = (text: string): string =>
  text.replaceAll(/(2\.25\.\d\d)(\d)(?=\d{8})/g, (_, head, digit) => `${head}${(Number(digit) + 1) % 10}`);

/** Image Position (Patient), DS in explicit VR little endian, moved along the patient in its own length. */
function moved(bytes: Buffer): Buffer {
  const at = bytes.indexOf(Buffer.from('\x20\x00\x32\x00DS', 'latin1'));
  expect(at).toBeGreaterThan(0);
  const length = bytes.readUInt16LE(at + 6);
  const [x = '', y = '', z = ''] = bytes.toString('latin1', at + 8, at + 8 + length).split('\\');
  const digits = (of: string) => Number(of).toFixed(2);
  const value = `${digits(x)}\\${digits(y)}\\${(Number(z) + HIGHER_MM).toFixed(2)}`;
  if (value.length > length) {
    const short = [x, y, `${Number(z) + HIGHER_MM}`].map((of) => Number(of).toFixed(0)).join('\\');
    bytes.write(short.padEnd(length).slice(0, length), at + 8, 'latin1');
  } else bytes.write(value.padEnd(length), at + 8, 'latin1');
  return bytes;
}

/** Stores an earlier study of the same patient: the same spine elsewhere in the scanner. @returns its UID, once read */
async function storePrior({ origin, demoStudy, token, api }: Archive): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const ask = (path: string, accept: string) =>
    fetch(`${origin}/dicom-web/studies/${demoStudy}${path}`, { headers: { ...headers, accept } });
  const all = (await (await ask('/metadata', 'application/dicom+json')).json()) as Json[];
  const heightOf = (each: Json) => Number(each['00200032']?.Value?.[2]);
  const axial = all
    .filter((each) => /TRA/.test(`${each['0008103E']?.Value?.[0]}`))
    .sort((a, b) => heightOf(b) - heightOf(a));
  const left = new Set(axial.slice(0, FEWER));
  const parts: Buffer[] = [];
  for (const each of all) {
    if (left.has(each)) continue;
    const [series, instance] = ['0020000E', '00080018'].map((tag) => each[tag]?.Value?.[0]);
    const answer = await ask(
      `/series/${series}/instances/${instance}`,
      'application/dicom; transfer-syntax=*',
    );
    const text = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    const bytes = moved(Buffer.from(otherUid(text).replaceAll('20240102', OTHER_DATE), 'latin1'));
    parts.push(Buffer.from('--part\r\ncontent-type: application/dicom\r\n\r\n'), bytes, Buffer.from('\r\n'));
  }
  const stored = await fetch(`${origin}/dicom-web/studies`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'multipart/related; type="application/dicom"; boundary=part' },
    body: Buffer.concat([...parts, Buffer.from('--part--')]),
  });
  expect(stored.status, await stored.text()).toBe(200);
  const study = otherUid(demoStudy);
  await api('POST', `/api/studies/${study}/complete`);
  await expect
    .poll(
      async () =>
        (
          await api<{ readings: { outcome?: string }[] }>('GET', `/api/studies/${study}/readings`)
        ).readings.map(({ outcome }) => outcome),
      { timeout: 200_000, intervals: [2_000] },
    )
    .toContain('read');
  return study;
}

test('a prior hangs beside: each study goes to its own disc, and both scroll together from there', async ({
  page,
  archive,
}) => {
  test.setTimeout(300_000);
  await storePrior(archive);
  await visit(page, `#/study/${archive.demoStudy}`);
  await expect(pane(page, 1)).toHaveAttribute('data-shown', /\d/);
  await page.getByRole('button', { name: /^Prior/ }).click();
  await page.getByRole('radio', { name: /2022/ }).check();
  await page.keyboard.press('Escape');
  for (const number of [1, 2, 3, 4]) await expect(pane(page, number)).toHaveAttribute('data-shown', /\d/);
  for (const number of [2, 4]) await expect(pane(page, number).locator('.prior-date')).toContainText('2022');
  for (const number of [1, 3]) await expect(pane(page, number).locator('.prior-date')).toHaveCount(0);

  await pane(page, 1).focus();
  for (const [key, level] of [
    ['4', 'L4/L5'],
    ['3', 'L3/L4'],
    ['5', 'L5/S1'],
  ] as const) {
    await page.keyboard.press(key);
    for (const number of [3, 4])
      await expect(pane(page, number).locator('.corner .slice-level')).toHaveText(level);
    await expect.poll(async () => (await shown(page, 3)) - (await shown(page, 4))).toBe(FEWER);
    for (const number of [1, 2])
      await expect(pane(page, number).locator('.level-mark text')).toHaveText(level);
  }
  // From the disc on they are laid over each other.
  await pane(page, 3).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect.poll(async () => (await shown(page, 3)) - (await shown(page, 4))).toBe(FEWER);
  // No outline of the one is drawn over the other.
  for (const number of [2, 4]) await expect(pane(page, number).locator('.layers-svg')).toHaveCount(0);

  // Closed, nothing of it stays.
  await page.getByRole('button', { name: /^Prior/ }).click();
  await page.getByRole('radio', { name: 'None' }).check();
  await page.keyboard.press('Escape');
  await expect(page.locator('.prior-date')).toHaveCount(0);
});
