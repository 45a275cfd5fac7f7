import { zlibSync } from 'fflate';
import { Fault } from '../fault/index.ts';
import { crc32 } from './crc32.ts';
import { predict } from './png-rows.ts';

/** Eight bits a sample, samples of a pixel side by side, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Grey, RGB, RGBA. */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOUR_TYPE = { 1: 0, 3: 2, 4: 6 } as const;
/** Sub, up and Paeth; the one whose residues are smallest is taken row by row. */
const FILTERS = [1, 2, 4] as const;

/**
 * A PNG of a picture. The same picture gives the same bytes.
 *
 * @throws Fault `PIXELS_INCONSISTENT` when the samples do not fill the picture.
 */
export function writePng({ width, height, channels, data }: Picture): Uint8Array {
  if (width < 1 || height < 1 || data.length !== width * height * channels) {
    throw new Fault(
      'PIXELS_INCONSISTENT',
      `${data.length} samples do not fill ${width} × ${height} × ${channels}`,
    );
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPE[channels]], 8);
  const rows = filter(data, width * channels, height, channels);
  const parts = [
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  parts.reduce((at, part) => {
    file.set(part, at);
    return at + part.length;
  }, 0);
  return file;
}

function filter(data: Picture['data'], rowBytes: number, height: number, pixelBytes: number): Uint8Array {
  const rows = new Uint8Array(height * (rowBytes + 1));
  const trial = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    let best = Number.POSITIVE_INFINITY;
    for (const type of FILTERS) {
      let cost = 0;
      for (let x = 0; x < rowBytes; x++) {
        const at = y * rowBytes + x;
        const left = x < pixelBytes ? 0 : data[at - pixelBytes];
        const above = y === 0 ? 0 : data[at - rowBytes];
        const corner = x < pixelBytes || y === 0 ? 0 : data[at - rowBytes - pixelBytes];
        const residue = (data[at] - predict(type, left, above, corner)) & 255;
        trial[x] = residue;
        cost += residue < 128 ? residue : 256 - residue;
      }
      if (cost >= best) continue;
      best = cost;
      rows[y * (rowBytes + 1)] = type;
      rows.set(trial, y * (rowBytes + 1) + 1);
    }
  }
  return rows;
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}
