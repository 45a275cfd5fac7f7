import {
  createDicomFile,
  DataSetBuilder,
  type JsonDataSet,
  parseDicom,
  Tag,
  TransferSyntax,
  writeDicom,
} from '@promontory/core/dicom';
import { readPng } from '@promontory/core/formats';
import { readCodedHeader } from '@promontory/core/pixels';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mrFile, newUid } from '../archive/archive.testing.ts';
import { imageFile, samplesOf } from '../ports/images/images.testing.ts';
import { parseMediaType } from '../ports/mime/index.ts';
import { type DicomwebServer, openDicomweb, partsOf } from './dicomweb.testing.ts';

const study = newUid();
const series = newUid();
const [native, coded, multi, broken, text] = Array.from({ length: 5 }, newUid) as [
  string,
  string,
  string,
  string,
  string,
];
const at = (sop: string) => `/studies/${study}/series/${series}/instances/${sop}`;
const NATIVE = { rows: 24, columns: 30, bits: 12 } as const;
const MULTI = { rows: 8, columns: 8, frames: 5, bits: 12 } as const;
const bytesOf = (samples: Uint8Array | Uint16Array) => new Uint8Array(samples.buffer);

let web: DicomwebServer;
const files = new Map<string, Uint8Array>();
beforeAll(async () => {
  web = await openDicomweb();
  const uids = (SOPInstanceUID: string, InstanceNumber: string) => ({
    more: {
      StudyInstanceUID: study,
      SeriesInstanceUID: series,
      SOPInstanceUID,
      InstanceNumber,
      WindowCenter: 2000,
      WindowWidth: 4000,
    },
  });
  files.set(native, await imageFile({ ...NATIVE, ...uids(native, '1') }));
  files.set(coded, await imageFile({ ...NATIVE, compressed: true, ...uids(coded, '2') }));
  files.set(multi, await imageFile({ ...MULTI, compressed: true, ...uids(multi, '3') }));
  const whole = await imageFile({ ...NATIVE, compressed: true, ...uids(broken, '4') });
  // Damage within the code stream: it parses, but no codec finishes it.
  files.set(
    broken,
    whole.map((byte, i) => (i > whole.length - 300 && i < whole.length - 20 ? 0xff : byte)),
  );
  const document = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  const report = parseDicom(
    mrFile({
      StudyInstanceUID: study,
      SOPInstanceUID: text,
      Modality: 'DOC',
      EncapsulatedDocument: document,
    }),
  );
  const withoutPixels = new DataSetBuilder(report.dataSet).remove(Tag.PixelData).build();
  files.set(text, writeDicom(createDicomFile(withoutPixels)));
  expect((await web.stow([...files.values()])).status).toBe(200);
}, 60_000);
afterAll(() => web.close());

const ALL = 'multipart/related; type="application/dicom"; transfer-syntax=*';
const accepting = (accept: string) => ({ headers: { accept } });

describe('instances', () => {
  test('as kept: the same bytes, streamed as parts', async () => {
    const response = await web.ask(`/studies/${study}`, accepting(ALL));
    expect(response.status).toBe(200);
    const parts = await partsOf(response);
    expect(parts).toHaveLength(5);
    for (const { bytes, headers } of parts) {
      const file = parseDicom(bytes);
      expect(Buffer.from(bytes).equals(files.get(file.dataSet.text(Tag.SOPInstanceUID)!)!)).toBe(true);
      expect(parseMediaType(headers['content-type'] ?? '')?.parameters.get('transfer-syntax')).toBe(
        file.transferSyntaxUid,
      );
      expect(headers['content-location']).toContain(`/dicom-web/studies/${study}/series/`);
    }
  });

  test('by default in explicit VR little endian; what cannot be decoded as it is kept', async () => {
    const parts = await partsOf(await web.ask(`/studies/${study}/series/${series}`));
    const got = parts.map(({ bytes }) => parseDicom(bytes));
    expect(got.map(({ dataSet }) => dataSet.text(Tag.SOPInstanceUID))).toEqual([
      native,
      coded,
      multi,
      broken,
    ]);
    expect(got.map(({ transferSyntaxUid }) => transferSyntaxUid)).toEqual([
      ...Array(3).fill(TransferSyntax.ExplicitVRLittleEndian),
      TransferSyntax.JPEGLSLossless,
    ]);
    expect(got[1]?.pixelData?.native).toEqual(bytesOf(samplesOf(NATIVE)));
    expect(got[2]?.pixelData?.native).toEqual(bytesOf(samplesOf(MULTI)));
  });

  test('one instance by itself, with an entity tag', async () => {
    const response = await web.ask(at(coded), accepting('application/dicom; transfer-syntax=*'));
    expect(response.headers.get('content-type')).toBe(
      `application/dicom; transfer-syntax=${TransferSyntax.JPEGLSLossless}`,
    );
    expect(Buffer.from(await response.arrayBuffer()).equals(files.get(coded)!)).toBe(true);
    const again = await web.ask(at(coded), {
      headers: {
        accept: 'application/dicom; transfer-syntax=*',
        'if-none-match': response.headers.get('etag')!,
      },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const decoded = await web.ask(at(coded), accepting('application/dicom'));
    expect(decoded.headers.get('content-type')).toContain(TransferSyntax.ExplicitVRLittleEndian);
    expect(decoded.headers.get('etag')).not.toBe(response.headers.get('etag'));
  });

  test('transfer syntaxes: the kept one, one that can be made, the next best; else 406', async () => {
    const ask = (...syntaxes: string[]) =>
      web.ask(
        at(coded),
        accepting(syntaxes.map((s, i) => `application/dicom; transfer-syntax=${s}; q=0.${9 - i}`).join()),
      );
    const given = async (response: Promise<Response>) =>
      parseMediaType((await response).headers.get('content-type') ?? '')?.parameters.get('transfer-syntax');
    const { JPEGLSLossless, JPEG2000Lossless, DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian } =
      TransferSyntax;
    expect(await given(ask(JPEGLSLossless))).toBe(JPEGLSLossless);
    expect(await given(ask(DeflatedExplicitVRLittleEndian))).toBe(DeflatedExplicitVRLittleEndian);
    expect(await given(ask(JPEG2000Lossless, JPEGLSLossless))).toBe(JPEGLSLossless);
    for (const syntax of [JPEG2000Lossless, ImplicitVRLittleEndian, '1.2.3', '../x']) {
      const refused = await ask(syntax);
      expect([refused.status, await refused.text()]).toEqual([
        406,
        expect.stringContaining('1.2.840.10008.1.2.1'),
      ]);
    }
    expect((await web.ask(`/studies/${study}`, accepting('application/dicom'))).status).toBe(406);
  });

  test('one instance that cannot be made in the syntax that is named is refused', async () => {
    const named = 'transfer-syntax=1.2.840.10008.1.2.1';
    for (const accept of [
      `application/dicom; ${named}`,
      `multipart/related; type="application/dicom"; ${named}`,
    ])
      expect((await web.ask(at(broken), accepting(accept))).status).toBe(406);
    expect((await web.ask(at(broken))).status).toBe(200);
  });

  test('absent and forbidden answer alike, at every resource', async () => {
    const paths = [
      '',
      '/metadata',
      '/rendered',
      '/thumbnail',
      `/series/${series}`,
      `/series/${series}/instances/${native}`,
      `/series/${series}/instances/${native}/metadata`,
      `/series/${series}/instances/${native}/frames/1`,
      `/series/${series}/instances/${native}/bulkdata/7FE00010`,
      `/series/${series}/instances/${native}/rendered`,
      `/series/${series}/instances/${native}/frames/1/rendered`,
    ];
    for (const path of paths) {
      const forbidden = await web.ask(`/studies/${study}${path}`, { as: 'elsewhere' });
      const missing = await web.ask(`/studies/1.2.3${path}`);
      expect([forbidden.status, missing.status], path).toEqual([404, 404]);
      expect(await forbidden.text()).toBe(await missing.text());
      expect((await web.ask(`/studies/${study}${path}`, { as: 'nobody' })).status).toBe(401);
    }
  });
});

describe('metadata', () => {
  const metadata = async (path: string, init?: RequestInit) => {
    const response = await web.ask(`${path}/metadata`, init);
    return { response, all: (await response.json()) as JsonDataSet[] };
  };

  test('of a series, in order, with links that work', async () => {
    const { response, all } = await metadata(`/studies/${study}/series/${series}`);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    expect(all.map((one) => one['00080018']?.Value?.[0])).toEqual([native, coded, multi, broken]);
    const uri = all[0]?.['7FE00010']?.BulkDataURI as string;
    expect(uri).toBe(`${web.origin}/dicom-web${at(native)}/bulkdata/7FE00010`);
    const bulk = await fetch(uri, { headers: { authorization: 'Bearer admin' } });
    expect(new Uint8Array(await bulk.arrayBuffer())).toEqual(bytesOf(samplesOf(NATIVE)));
  });

  test('304 while nothing changed, XML on request', async () => {
    const { response } = await metadata(`/studies/${study}`);
    const etag = response.headers.get('etag') as string;
    const again = await web.ask(`/studies/${study}/metadata`, {
      headers: { 'if-none-match': `"x", ${etag}` },
    });
    expect(again.status).toBe(304);
    const other = await web.ask(`/studies/${study}/metadata`, { headers: { 'if-none-match': '"x"' } });
    expect(other.status).toBe(200);
    const xml = await partsOf(
      await web.ask(`${at(native)}/metadata`, accepting('multipart/related; type="application/dicom+xml"')),
    );
    expect(Buffer.from(xml[0]!.bytes).toString()).toContain('keyword="BitsStored"');
    expect((await web.ask(`${at(native)}/metadata`, accepting('image/png'))).status).toBe(406);
  });
});

describe('frames', () => {
  const frame = (n: number) => bytesOf(samplesOf(MULTI)).slice((n - 1) * 128, n * 128);

  test('uncompressed by default, several as parts in the order asked', async () => {
    for (const accept of [
      '*/*',
      'multipart/related; type="application/octet-stream"',
      'multipart/related; type=application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
    ]) {
      const parts = await partsOf(await web.ask(`${at(multi)}/frames/4,1-2`, accepting(accept)));
      expect(parts.map(({ bytes }) => bytes)).toEqual([frame(4), frame(1), frame(2)]);
      expect(parts[0]?.headers['content-type']).toBe(
        'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1',
      );
      expect(parts[0]?.headers['content-location']).toBe(`${web.origin}/dicom-web${at(multi)}/frames/4`);
    }
  });

  test('one frame by itself', async () => {
    const response = await web.ask(`${at(native)}/frames/1`, accepting('application/octet-stream'));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytesOf(samplesOf(NATIVE)));
    const again = await web.ask(`${at(native)}/frames/1`, {
      headers: { accept: 'application/octet-stream', 'if-none-match': response.headers.get('etag')! },
    });
    expect(again.status).toBe(304);
  });

  test('compressed under their own type, or as octets in any transfer syntax', async () => {
    for (const [accept, type] of [
      ['multipart/related; type="image/jls"', 'image/jls'],
      ['multipart/related; type="image/jls"; transfer-syntax=1.2.840.10008.1.2.4.80', 'image/jls'],
      ['multipart/related; type="image/jp2", multipart/related; type="image/jls";q=0.1', 'image/jls'],
      ['multipart/related; type="application/octet-stream"; transfer-syntax=*', 'application/octet-stream'],
    ]) {
      const [part] = await partsOf(await web.ask(`${at(multi)}/frames/2`, accepting(accept as string)));
      expect(part?.headers['content-type']).toBe(`${type}; transfer-syntax=${TransferSyntax.JPEGLSLossless}`);
      expect(readCodedHeader(part!.bytes)).toMatchObject({ family: 'jpeg-ls', rows: 8, columns: 8 });
    }
    for (const accept of [
      'image/jp2',
      'multipart/related; type="image/jls"; transfer-syntax=1.2.840.10008.1.2.4.81',
      'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.90',
      'text/html',
    ])
      expect((await web.ask(`${at(multi)}/frames/2`, accepting(accept))).status, accept).toBe(406);
    expect((await web.ask(`${at(native)}/frames/1`, accepting('image/jls'))).status).toBe(406);
  });

  test('frames that are not there, lists that are none, pixels that are damaged', async () => {
    for (const [path, status] of [
      [`${at(multi)}/frames/6`, 404],
      [`${at(multi)}/frames/1-999999999`, 404],
      [`${at(multi)}/frames/0`, 400],
      [`${at(multi)}/frames/x`, 400],
      [`${at(multi)}/frames/1,1`, 400],
      [`${at(broken)}/frames/1`, 422],
    ] as const) {
      const response = await web.ask(path);
      expect(response.status, path).toBe(status);
      await response.arrayBuffer();
    }
    const kept = await web.ask(`${at(broken)}/frames/1`, accepting('image/jls'));
    expect(kept.status).toBe(200);
    expect((await web.ask(`/studies/${study}/series/1.2/instances/${text}/frames/1`)).status).toBe(404);
  });
});

describe('bulk data', () => {
  const document = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  let path = '';
  beforeAll(async () => {
    const all = (await (await web.ask(`/studies/${study}/metadata`)).json()) as JsonDataSet[];
    const own = all.find((one) => one['00080018']?.Value?.[0] === text);
    path = new URL(own?.['00420011']?.BulkDataURI as string).pathname.replace('/dicom-web', '');
  });

  test('whole, as a part, and by ranges of bytes', async () => {
    const whole = await web.ask(path);
    expect([whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
      'application/octet-stream',
      'bytes',
    ]);
    expect(new Uint8Array(await whole.arrayBuffer())).toEqual(document);
    const [part] = await partsOf(
      await web.ask(path, accepting('multipart/related; type="application/octet-stream"')),
    );
    expect(part?.bytes).toEqual(document);
    const some = await web.ask(path, { headers: { range: 'bytes=100-199' } });
    expect([some.status, some.headers.get('content-range')]).toEqual([206, 'bytes 100-199/5000']);
    expect(new Uint8Array(await some.arrayBuffer())).toEqual(document.slice(100, 200));
    const outside = await web.ask(path, { headers: { range: 'bytes=5000-' } });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */5000']);
  });

  test('encapsulated pixel data are their frames', async () => {
    const parts = await partsOf(await web.ask(`${at(multi)}/bulkdata/7FE00010`));
    expect(parts).toHaveLength(5);
    expect(parts[4]?.bytes).toEqual(bytesOf(samplesOf(MULTI)).slice(4 * 128));
  });

  test('what is not there, and paths that are none', async () => {
    for (const [bad, status] of [
      ['00420012', 404],
      ['00100010', 404],
      ['00880200/1/7FE00010', 404],
      ['7FE00010/1', 400],
      ['..%2F..%2Fetc%2Fpasswd', 400],
      ['7FE00010%00', 400],
      ['x'.repeat(5000), 400],
    ] as const)
      expect((await web.ask(`${at(native)}/bulkdata/${bad}`)).status, bad.slice(0, 40)).toBe(status);
  });
});

describe('rendered', () => {
  const png = async (response: Response) => readPng(new Uint8Array(await response.arrayBuffer()));

  test('an instance: JPEG by default, PNG on request, windowed, sized', async () => {
    const jpeg = await web.ask(`${at(native)}/rendered`);
    expect(jpeg.headers.get('content-type')).toBe('image/jpeg');
    expect(readCodedHeader(new Uint8Array(await jpeg.arrayBuffer()))).toMatchObject({
      rows: 24,
      columns: 30,
    });
    const whole = await png(await web.ask(`${at(native)}/rendered`, accepting('image/png')));
    expect(whole).toMatchObject({ width: 30, height: 24 });
    const dark = await png(await web.ask(`${at(native)}/rendered?accept=image/png&window=9000,100,linear`));
    expect(Math.max(...dark.data)).toBe(0);
    expect(await png(await web.ask(`${at(native)}/rendered?accept=image/png&viewport=10,100`))).toMatchObject(
      { width: 10, height: 8 },
    );
    const none = await web.ask(`${at(native)}/rendered?viewport=10,10,29,0,5,5`);
    expect(none.status).toBe(400);
    const annotated = await web.ask(`${at(native)}/rendered?annotation=patient`);
    expect(annotated.headers.get('warning')).toContain('Annotations are not rendered');
  });

  test('a presentation state that is named is refused in words, never left out in silence', async () => {
    for (const name of ['presentationUID', 'presentationSeriesUID', 'presentationuid']) {
      const refused = await web.ask(`${at(native)}/rendered?${name}=1.2.3`);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain('Presentation states are not applied');
    }
  });

  test('what is larger than pictures are made of: 413 alone, left out among others', async () => {
    const small = await openDicomweb(undefined, { maxRenderedBytes: 2_000 });
    try {
      await small.stow([native, multi].map((sop) => files.get(sop)!));
      const large = await small.ask(`${at(native)}/rendered`);
      expect([large.status, await large.json()]).toMatchObject([413, { error: { code: 'TOO_LARGE' } }]);
      expect((await small.ask(`${at(native)}/thumbnail`)).status).toBe(413);
      expect((await small.ask(`${at(native)}/frames/1`)).status).toBe(200);
      const parts = await partsOf(await small.ask(`/studies/${study}/rendered`));
      expect(parts.map(({ headers }) => headers['content-location']?.split('/').at(-4))).toEqual([multi]);
      await small.ask(at(multi), { method: 'DELETE' });
      expect(
        (await small.ask(`/studies/${study}/rendered`, accepting('multipart/related; type="image/png"')))
          .status,
      ).toBe(413);
    } finally {
      await small.close();
    }
  });

  test('frames, each on its own or as parts', async () => {
    const one = await png(
      await web.ask(`${at(multi)}/frames/3/rendered?window=2048,4096,linear-exact`, accepting('image/png')),
    );
    const samples = samplesOf(MULTI).slice(2 * 64, 3 * 64);
    one.data.forEach((v: number, i: number) => {
      expect(Math.abs(v - (255 * samples[i]!) / 4096)).toBeLessThanOrEqual(0.51);
    });
    const parts = await partsOf(await web.ask(`${at(multi)}/frames/1-3/rendered`));
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual(Array(3).fill('image/jpeg'));
    expect((await web.ask(`${at(multi)}/frames/9/rendered`)).status).toBe(404);
  });

  test('a series as parts, without what cannot be shown', async () => {
    const response = await web.ask(
      `/studies/${study}/rendered`,
      accepting('multipart/related; type="image/png"'),
    );
    const parts = await partsOf(response);
    expect(parts.map(({ headers }) => headers['content-location']?.split('/').at(-4))).toEqual([
      native,
      coded,
      multi,
    ]);
    expect((await web.ask(`/studies/${study}/rendered`, accepting('image/png'))).status).toBe(406);
  });

  test('thumbnails at every level', async () => {
    for (const path of [
      `/studies/${study}`,
      `/studies/${study}/series/${series}`,
      at(multi),
      `${at(multi)}/frames/2`,
    ]) {
      const picture = await png(await web.ask(`${path}/thumbnail`, accepting('image/png')));
      expect(Math.max(picture.width, picture.height)).toBe(128);
    }
    expect(
      await png(await web.ask(`${at(native)}/thumbnail?viewport=15,15`, accepting('image/png'))),
    ).toMatchObject({ width: 15, height: 12 });
    expect((await web.ask(`${at(multi)}/frames/1,2/thumbnail`)).status).toBe(400);
  });

  test('what is no image, or damaged, is not acceptable', async () => {
    expect((await web.ask(`${at(broken)}/rendered`)).status).toBe(406);
    const { '0020000E': seriesOfText } = (
      (await (await web.ask(`/studies/${study}/instances?SOPInstanceUID=${text}`)).json()) as JsonDataSet[]
    )[0]!;
    const path = `/studies/${study}/series/${seriesOfText?.Value?.[0]}/instances/${text}`;
    expect((await web.ask(`${path}/rendered`)).status).toBe(406);
    expect((await web.ask(`${path}/thumbnail`)).status).toBe(406);
    expect((await web.ask(`${path}/frames/1`)).status).toBe(404);
  });
});
