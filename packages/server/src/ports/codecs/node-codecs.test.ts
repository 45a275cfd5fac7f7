import { isFault } from '@promontory/core/fault';
import { type CodedHeader, readCodedHeader } from '@promontory/core/pixels';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createNodeCodecs } from './node-codecs.ts';

interface FrameOptions {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned: boolean;
  isUsingColorTransform: boolean;
}
interface Encoder {
  getDecodedBuffer(frame: FrameOptions): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  delete(): void;
}
const plain = { isSigned: false, isUsingColorTransform: false };
type Modules = Record<string, new () => Encoder & Record<string, (...args: unknown[]) => void>>;

/** The encoders of the same packages: what they make must come back. */
const encoders: Record<string, (frame: FrameOptions, samples: Uint8Array | Uint16Array) => Uint8Array> = {};

beforeAll(async () => {
  const load = async (imported: Promise<{ default: (options: object) => Promise<Modules> }>) =>
    (await imported).default({ print: () => {}, printErr: () => {} });
  const charls = await load(import('@cornerstonejs/codec-charls/wasmjs'));
  const openjpeg = await load(import('@cornerstonejs/codec-openjpeg/wasmjs'));
  const openjph = await load(import('@cornerstonejs/codec-openjph/wasmjs'));
  const run = (Encoder: Modules[string], prepare: (encoder: InstanceType<Modules[string]>) => void) => {
    return (frame: FrameOptions, samples: Uint8Array | Uint16Array) => {
      const encoder = new Encoder();
      prepare(encoder);
      encoder
        .getDecodedBuffer(frame)
        .set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      encoder.encode();
      const bytes = new Uint8Array(encoder.getEncodedBuffer());
      encoder.delete();
      return bytes;
    };
  };
  encoders['jpeg-ls'] = run(charls.JpegLSEncoder, (e) => e.setNearLossless(0));
  encoders['jpeg-2000'] = run(openjpeg.J2KEncoder, (e) => e.setQuality(true, 0));
  encoders.htj2k = run(openjph.HTJ2KEncoder, (e) => e.setQuality(true, 0));
});

/** A smooth image with noise on it, as MR is. */
function picture(width: number, height: number, bits: number, components: number, seed: number) {
  const data = new (bits > 8 ? Uint16Array : Uint8Array)(width * height * components);
  const top = 2 ** bits - 1;
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    data[i] = Math.round(((Math.sin(i / 37) + 1) / 2) * top * 0.9 + (state / 2 ** 32) * top * 0.1);
  }
  return data;
}

describe.each(['jpeg-ls', 'jpeg-2000', 'htj2k'])('%s', (family) => {
  test('lossless frames come back exactly', async () => {
    const codecs = createNodeCodecs();
    // The encoders of JPEG 2000 make five decompositions, which a smaller image does not bear.
    const sizes = fc.integer({ min: family === 'jpeg-ls' ? 1 : 32, max: 70 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        sizes,
        fc.constantFrom(8, 10, 12, 16),
        fc.nat(),
        async (width, height, bits, seed) => {
          const samples = picture(width, height, bits, 1, seed);
          const frame = { width, height, bitsPerSample: bits, componentCount: 1, ...plain };
          const bytes = encoders[family](frame, samples);
          const header = readCodedHeader(bytes) as CodedHeader;
          expect(header).toEqual({
            family,
            rows: height,
            columns: width,
            samples: 1,
            bitsPerSample: bits,
            signed: false,
          });
          expect(await codecs.decode(bytes, header)).toEqual({
            rows: height,
            columns: width,
            samples: 1,
            data: samples,
          });
        },
      ),
      { numRuns: 15 },
    );
  });

  test('colour comes back as pixels', async () => {
    const samples = picture(40, 33, 8, 3, 5);
    const frame = {
      width: 40,
      height: 33,
      bitsPerSample: 8,
      componentCount: 3,
      ...plain,
    };
    // CharLS is given planes and told so by its default interleaving.
    const planes = Uint8Array.from(samples, (_, i) => samples[(i % 1320) * 3 + Math.floor(i / 1320)]);
    const bytes = encoders[family](frame, family === 'jpeg-ls' ? planes : samples);
    const { data } = await createNodeCodecs().decode(bytes, readCodedHeader(bytes) as CodedHeader);
    expect(data).toEqual(samples);
  });

  test('damage is a fault, and the frames before and after it are whole', async () => {
    const codecs = createNodeCodecs();
    const samples = picture(64, 48, 12, 1, 9);
    const bytes = encoders[family](
      { width: 64, height: 48, bitsPerSample: 12, componentCount: 1, ...plain },
      samples,
    );
    const header = readCodedHeader(bytes) as CodedHeader;
    let faults = 0;
    for (let i = 0; i < 24; i++) {
      const damaged = i % 3 === 0 ? bytes.slice(0, (bytes.length * i) / 24) : bytes.slice();
      for (let k = 0; k < i; k++)
        damaged[40 + ((i * 7919 + k * 104_729) % damaged.length)] ^= 1 + ((i + k) % 255);
      try {
        await codecs.decode(damaged, header);
      } catch (error) {
        expect(isFault(error, 'MALFORMED')).toBe(true);
        faults++;
        expect((await codecs.decode(bytes, header)).data).toEqual(samples);
      }
    }
    expect(faults).toBeGreaterThan(0);
  });
});

test('OpenJPEG, an independent decoder, reads the same from HTJ2K', async () => {
  const codecs = createNodeCodecs();
  for (const bitsPerSample of [8, 12, 16]) {
    const samples = picture(90, 50, bitsPerSample, 1, 3);
    const bytes = encoders.htj2k(
      { width: 90, height: 50, bitsPerSample, componentCount: 1, ...plain },
      samples,
    );
    const header = readCodedHeader(bytes) as CodedHeader;
    expect(header.family).toBe('htj2k');
    expect((await codecs.decode(bytes, { ...header, family: 'jpeg-2000' })).data).toEqual(samples);
  }
});

test('noise is a fault for every codec, and nothing else escapes', async () => {
  const codecs = createNodeCodecs();
  for (const family of ['jpeg', 'jpeg-ls', 'jpeg-2000', 'htj2k'] as const) {
    const header: CodedHeader = { family, rows: 8, columns: 8, samples: 1, bitsPerSample: 8, signed: false };
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
      new Uint8Array(500).fill(7),
    ]) {
      await expect(codecs.decode(bytes, header), family).rejects.toSatisfy((error) => isFault(error));
    }
  }
});
