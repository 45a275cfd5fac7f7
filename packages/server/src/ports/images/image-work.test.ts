import { parseDicom, Tag, TransferSyntax, writeDicom } from '@promontory/core/dicom';
import { readPng } from '@promontory/core/formats';
import { readCodedHeader } from '@promontory/core/pixels';
import { afterAll, describe, expect, test } from 'vitest';
import { createNodeCodecs } from '../codecs/index.ts';
import { imageFile, samplesOf } from './images.testing.ts';
import { createImageWork, type KeptFile, type RenderRequest } from './index.ts';

const images = createImageWork({ workers: 1 });
afterAll(() => images.close());

const kept = (bytes: Uint8Array, piece = 1000): KeptFile => ({
  sizeBytes: bytes.length,
  async open() {
    return (async function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.slice(at, at + piece);
    })();
  },
});
const bytesOf = (samples: Uint8Array | Uint16Array | Uint32Array) => new Uint8Array(samples.buffer);

describe('transcoding', () => {
  test.each([
    { bits: 12 },
    { bits: 16, signed: true },
    { bits: 8, colour: true },
    { bits: 8, rows: 5, columns: 7 },
    { bits: 12, frames: 3 },
  ] as const)('compressed frames come out as they were: %o', async (kind) => {
    const file = await imageFile({ ...kind, compressed: true });
    const out = parseDicom(await images.transcode(kept(file), TransferSyntax.ExplicitVRLittleEndian));
    expect(out.transferSyntaxUid).toBe(TransferSyntax.ExplicitVRLittleEndian);
    expect(out.meta.text(Tag.TransferSyntaxUID)).toBe(TransferSyntax.ExplicitVRLittleEndian);
    expect(out.warnings).toEqual([]);
    const samples = bytesOf(samplesOf(kind));
    const native = out.pixelData?.native as Uint8Array;
    expect(native.slice(0, samples.length)).toEqual(samples);
    expect(native.length).toBe(samples.length + (samples.length % 2));
    expect(out.dataSet.text(Tag.PatientName)).toBe('Test^Image');
  });

  test('between uncompressed syntaxes and back, byte for byte', async () => {
    const file = await imageFile();
    for (const syntax of [
      TransferSyntax.ImplicitVRLittleEndian,
      TransferSyntax.ExplicitVRBigEndian,
      TransferSyntax.DeflatedExplicitVRLittleEndian,
    ]) {
      const there = await images.transcode(kept(file), syntax);
      expect(parseDicom(there).transferSyntaxUid).toBe(syntax);
      expect(await images.transcode(kept(there), TransferSyntax.ExplicitVRLittleEndian)).toEqual(file);
    }
  });

  test('pixels of 32 bits are turned round whole', async () => {
    const cells = Uint32Array.of(0x01020304, 0xfffefdfc);
    const file = await imageFile({
      rows: 1,
      columns: 2,
      more: { BitsAllocated: 32, BitsStored: 32, HighBit: 31, PixelData: cells },
    });
    // As a big-endian writer has them: each cell turned round, of which the writer turns the words.
    const turned = Uint32Array.of(0x03040102, 0xfdfcfffe);
    const big = writeDicom(
      parseDicom(
        await imageFile({
          rows: 1,
          columns: 2,
          more: { BitsAllocated: 32, BitsStored: 32, HighBit: 31, PixelData: turned },
        }),
      ),
      { transferSyntaxUid: TransferSyntax.ExplicitVRBigEndian },
    );
    const out = await images.transcode(kept(big), TransferSyntax.ExplicitVRLittleEndian);
    expect(parseDicom(out).pixelData?.native).toEqual(bytesOf(cells));
    expect((await images.frames(kept(big), [1], 'native')).frames[0]).toEqual(bytesOf(cells));
    await expect(images.transcode(kept(file), TransferSyntax.ExplicitVRBigEndian)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  test('a file that contradicts its own transfer syntax comes out in the one that it names', async () => {
    const file = parseDicom(await imageFile({ compressed: true }));
    // The elements before the pixels in implicit VR, though JPEG-LS is declared.
    const implicit = writeDicom(parseDicom(await imageFile({ more: { PixelData: [] } })), {
      transferSyntaxUid: TransferSyntax.ImplicitVRLittleEndian,
    });
    const body = parseDicom(implicit);
    const contradicting = writeDicom({ ...body, meta: file.meta, transferSyntaxUid: file.transferSyntaxUid });
    const out = parseDicom(
      await images.transcode(kept(contradicting), TransferSyntax.ExplicitVRLittleEndian),
    );
    expect(out.warnings.map(({ code }) => code)).not.toContain('TRANSFER_SYNTAX_GUESSED');
    expect(out.dataSet.text(Tag.PatientName)).toBe('Test^Image');
  });

  test('an encapsulated icon is left out, an object without pixels only renamed', async () => {
    const icon = parseDicom(await imageFile({ bits: 8, compressed: true })).dataSet;
    const file = await imageFile({ compressed: true, more: { IconImageSequence: [icon] } });
    const out = parseDicom(await images.transcode(kept(file), TransferSyntax.ExplicitVRLittleEndian));
    expect(out.dataSet.has(Tag.IconImageSequence)).toBe(false);
    expect(out.warnings).toEqual([]);
  });

  test('compressing is refused, and so is noise', async () => {
    const file = await imageFile();
    await expect(images.transcode(kept(file), TransferSyntax.JPEGLSLossless)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    await expect(
      images.transcode(kept(new Uint8Array(500).fill(7)), TransferSyntax.ExplicitVRLittleEndian),
    ).rejects.toMatchObject({ name: 'Fault' });
  });
});

describe('frames', () => {
  test('uncompressed, in any byte order', async () => {
    for (const bits of [8, 12] as const) {
      const file = await imageFile({ bits, frames: 3, rows: 5, columns: 3 });
      const big = writeDicom(parseDicom(file), { transferSyntaxUid: TransferSyntax.ExplicitVRBigEndian });
      const all = bytesOf(samplesOf({ bits, frames: 3, rows: 5, columns: 3 }));
      const size = all.length / 3;
      for (const each of [file, big]) {
        const { frames, transferSyntax } = await images.frames(kept(each), [3, 1], 'stored');
        expect(transferSyntax).toBe(TransferSyntax.ExplicitVRLittleEndian);
        expect(frames).toEqual([all.slice(2 * size), all.slice(0, size)]);
      }
    }
  });

  test('of one bit, each from a byte of its own', async () => {
    const file = await imageFile({
      frames: 3,
      rows: 1,
      columns: 5,
      more: {
        BitsAllocated: 1,
        BitsStored: 1,
        HighBit: 0,
        PixelData: Uint8Array.of(0b10101_011, 0b0111_1100),
      },
    });
    const { frames } = await images.frames(kept(file), [1, 2, 3], 'native');
    const bits = (0b0111_1100 << 8) | 0b10101_011;
    expect(frames.map((frame) => frame[0])).toEqual([bits & 31, (bits >> 5) & 31, (bits >> 10) & 31]);
  });

  test('compressed as they are, or decoded', async () => {
    const kind = { frames: 2, bits: 12 } as const;
    const file = await imageFile({ ...kind, compressed: true });
    const stored = await images.frames(kept(file), [2], 'stored');
    expect(stored.transferSyntax).toBe(TransferSyntax.JPEGLSLossless);
    expect(readCodedHeader(stored.frames[0] as Uint8Array)).toMatchObject({ family: 'jpeg-ls', rows: 24 });
    const native = await images.frames(kept(file), [2], 'native');
    expect(native.frames[0]).toEqual(bytesOf(samplesOf(kind)).slice(24 * 30 * 2));
  });

  test('a frame that is not there is a fault', async () => {
    const file = await imageFile();
    for (const n of [0, 2, -1, 1.5, Number.NaN])
      await expect(images.frames(kept(file), [n], 'native')).rejects.toMatchObject({ name: 'Fault' });
  });
});

describe('bulk values', () => {
  test('by path, little endian; others are not there', async () => {
    const item = parseDicom(await imageFile({ rows: 2, columns: 2, bits: 8 })).dataSet;
    const file = await imageFile({ more: { IconImageSequence: [item, item] } });
    const big = writeDicom(parseDicom(file), { transferSyntaxUid: TransferSyntax.ExplicitVRBigEndian });
    for (const each of [file, big]) {
      expect(await images.bulk(kept(each), [Tag.PixelData])).toEqual({
        kind: 'value',
        bytes: bytesOf(samplesOf({})),
      });
      expect(await images.bulk(kept(each), [Tag.IconImageSequence, 2, Tag.PixelData])).toEqual({
        kind: 'value',
        bytes: samplesOf({ rows: 2, columns: 2, bits: 8 }),
      });
      for (const path of [
        [Tag.IconImageSequence, 3, Tag.PixelData],
        [Tag.IconImageSequence, 0, Tag.PixelData],
        [Tag.PatientName, 1, Tag.PixelData],
        [Tag.IconImageSequence],
        [Tag.PatientName],
        [0x00091010],
        [],
      ])
        expect(await images.bulk(kept(each), path)).toBeUndefined();
    }
    expect(await images.bulk(kept(await imageFile({ compressed: true })), [Tag.PixelData])).toEqual({
      kind: 'encapsulated',
    });
  });
});

describe('rendering', () => {
  const png = async (file: Uint8Array, request: Partial<RenderRequest> = {}) => {
    const rendered = await images.render(kept(file), { frame: 1, mediaType: 'image/png', ...request });
    if (rendered.kind === 'outside') throw new Error('outside');
    return readPng(rendered.bytes);
  };
  const ramp = (more: object = {}) =>
    imageFile({ rows: 1, columns: 5, more: { PixelData: Uint16Array.of(0, 50, 100, 150, 200), ...more } });

  test('the window of the request, of the tags, of the data; PS3.3 C.11.2.1.2', async () => {
    const window = { centre: 100, width: 100, shape: 'linear-exact' } as const;
    expect([...(await png(await ramp(), { window })).data]).toEqual([0, 0, 128, 255, 255]);
    const tagged = await ramp({ WindowCenter: 100, WindowWidth: 101 });
    expect([...(await png(tagged)).data]).toEqual([0, 1, 129, 255, 255]);
    const sigmoid = await ramp({ WindowCenter: 100, WindowWidth: 100, VOILUTFunction: 'SIGMOID' });
    const logistic = (x: number) => Math.round(255 / (1 + Math.exp((-4 * (x - 100)) / 100)));
    expect([...(await png(sigmoid)).data]).toEqual([0, 50, 100, 150, 200].map(logistic));
    expect([...(await png(await ramp())).data]).toEqual([0, 64, 128, 191, 255]);
  });

  test('MONOCHROME1 is turned round after the window, rescale comes before it', async () => {
    const window = { centre: 100, width: 200, shape: 'linear-exact' } as const;
    const plain = [...(await png(await ramp(), { window })).data];
    const turned = await ramp({ PhotometricInterpretation: 'MONOCHROME1' });
    expect([...(await png(turned, { window })).data]).toEqual(plain.map((v) => 255 - v));
    const rescaled = await ramp({
      RescaleSlope: 2,
      RescaleIntercept: -100,
      WindowCenter: 100,
      WindowWidth: 400,
      VOILUTFunction: 'LINEAR_EXACT',
    });
    expect([...(await png(rescaled)).data]).toEqual(plain);
  });

  test('a constant image and one pixel are pictures too', async () => {
    const constant = await imageFile({
      rows: 2,
      columns: 2,
      more: { PixelData: Uint16Array.of(7, 7, 7, 7) },
    });
    expect([...(await png(constant)).data]).toEqual([128, 128, 128, 128]);
    expect(await png(await imageFile({ rows: 1, columns: 1 }))).toMatchObject({ width: 1, height: 1 });
  });

  test('colour and palettes keep their colours', async () => {
    const rgb = await imageFile({
      bits: 8,
      colour: true,
      rows: 1,
      columns: 2,
      more: { PixelData: Uint8Array.of(255, 0, 10, 0, 128, 20) },
    });
    expect([...(await png(rgb)).data]).toEqual([255, 0, 10, 0, 128, 20]);
    const ybr = await imageFile({
      bits: 8,
      colour: true,
      rows: 1,
      columns: 2,
      more: { PhotometricInterpretation: 'YBR_FULL', PixelData: Uint8Array.of(76, 85, 255, 255, 128, 128) },
    });
    expect([...(await png(ybr)).data]).toEqual([254, 0, 0, 255, 255, 255]);
    const palette = await imageFile({
      bits: 8,
      rows: 1,
      columns: 3,
      more: {
        PhotometricInterpretation: 'PALETTE COLOR',
        RedPaletteColorLookupTableDescriptor: [2, 1, 16],
        GreenPaletteColorLookupTableDescriptor: [2, 1, 16],
        BluePaletteColorLookupTableDescriptor: [2, 1, 16],
        RedPaletteColorLookupTableData: Uint16Array.of(65535, 0),
        GreenPaletteColorLookupTableData: Uint16Array.of(0, 257),
        BluePaletteColorLookupTableData: Uint16Array.of(0, 65535),
        PixelData: Uint8Array.of(0, 1, 2),
      },
    });
    expect([...(await png(palette)).data]).toEqual([255, 0, 0, 255, 0, 0, 0, 1, 255]);
  });

  test('JPEG is near PNG, and nearer with more quality', async () => {
    const file = await imageFile({ rows: 64, columns: 48, bits: 12 });
    const exact = (await png(file)).data;
    const codecs = createNodeCodecs();
    const errorAt = async (quality: number) => {
      const rendered = await images.render(kept(file), { frame: 1, mediaType: 'image/jpeg', quality });
      if (rendered.kind === 'outside') throw new Error('outside');
      const header = readCodedHeader(rendered.bytes);
      expect(header).toMatchObject({ family: 'jpeg', rows: 64, columns: 48, samples: 1 });
      const { data } = await codecs.decode(rendered.bytes, { ...header, family: 'jpeg' });
      return Array.from(data).reduce((sum, v, i) => sum + Math.abs(v - exact[i]), 0) / data.length;
    };
    const [coarse, fine] = [await errorAt(20), await errorAt(98)];
    expect(fine).toBeLessThan(2);
    expect(coarse).toBeGreaterThan(fine);
  });

  test('a viewport keeps the shape; pixels that are not square are made so', async () => {
    const file = await imageFile({ rows: 40, columns: 80 });
    expect(await png(file, { viewport: { width: 20, height: 20 } })).toMatchObject({ width: 20, height: 10 });
    expect(await png(file, { viewport: { width: 400, height: 100 } })).toMatchObject({
      width: 200,
      height: 100,
    });
    const tall = await imageFile({ rows: 40, columns: 80, more: { PixelSpacing: [2, 1] } });
    expect(await png(tall)).toMatchObject({ width: 80, height: 80 });
    const wide = await imageFile({ rows: 40, columns: 80, more: { PixelSpacing: [1, 2] } });
    expect(await png(wide)).toMatchObject({ width: 160, height: 40 });
  });

  test('a region, turned round where its size is negative', async () => {
    const window = { centre: 100, width: 200, shape: 'linear-exact' } as const;
    const part = { width: 3, height: 1, x: 1, y: 0, sourceWidth: 3, sourceHeight: 1 };
    expect([...(await png(await ramp(), { window, viewport: part })).data]).toEqual([64, 128, 191]);
    const flipped = { ...part, sourceWidth: -3 };
    expect([...(await png(await ramp(), { window, viewport: flipped })).data]).toEqual([191, 128, 64]);
    for (const [x, sourceWidth] of [
      [4, 2],
      [5, 1],
      [-1, 2],
      [0, 6],
    ])
      expect(
        await images.render(kept(await ramp()), {
          frame: 1,
          mediaType: 'image/png',
          viewport: { ...part, x, sourceWidth },
        }),
      ).toEqual({ kind: 'outside' });
  });

  test('reducing averages: a chequer-board becomes grey', async () => {
    const board = Uint16Array.from({ length: 64 * 64 }, (_, i) => ((i + (i >> 6)) % 2) * 200);
    const file = await imageFile({ rows: 64, columns: 64, more: { PixelData: board } });
    const window = { centre: 100, width: 200, shape: 'linear-exact' } as const;
    const small = await png(file, { window, viewport: { width: 8, height: 8 } });
    for (const value of small.data) expect(Math.abs(value - 127.5)).toBeLessThan(3);
  });
});

test('a file that is not what the index says, or too large, is a fault', async () => {
  const bytes = await imageFile();
  for (const sizeBytes of [bytes.length - 1, bytes.length + 1])
    await expect(images.bulk({ ...kept(bytes), sizeBytes }, [Tag.PixelData])).rejects.toMatchObject({
      name: 'Fault',
    });
  await expect(images.bulk({ ...kept(bytes), sizeBytes: 2 ** 31 }, [Tag.PixelData])).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
  });
});
