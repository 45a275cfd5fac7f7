/** Results to the person's disk: only when asked for, and made of our own names. */
import { zipSync } from 'fflate';
import type { Result, ResultFile, ResultPicture } from './reading/messages.ts';

/** Pixels per CSS pixel, as the server's. */
const PNG_SCALE = 1.5;

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  html: 'text/html',
  gz: 'application/gzip',
  png: 'image/png',
  zip: 'application/zip',
};

/** `2026-03-01`: of the computer, for the name of what is saved. */
const dayOf = (date: Date): string =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');

export const archiveName = (date: Date): string => `promontory-reading-${dayOf(date)}.zip`;

/** All outputs of a reading, pictures as PNG among them. What is compressed already is not again. */
export async function archiveOf(result: Result, toPng: (picture: ResultPicture) => Promise<Uint8Array>) {
  const content: Record<string, [Uint8Array, { level: 0 | 6 }]> = {};
  for (const { path, bytes } of result.files)
    content[path] = [bytes, { level: path.endsWith('.gz') ? 0 : 6 }];
  for (const picture of result.pictures) {
    content[`key-images/${picture.name}.png`] = [await toPng(picture), { level: 0 }];
  }
  return new Uint8Array(zipSync(content));
}

/** @throws where the browser cannot draw the picture */
export async function pictureToPng(picture: ResultPicture): Promise<Uint8Array> {
  const address = URL.createObjectURL(new Blob([picture.svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(PNG_SCALE * picture.widthPx);
    canvas.height = Math.round(PNG_SCALE * picture.heightPx);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The picture could not be drawn.');
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function save({ path, bytes }: ResultFile): void {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
