import type { JsonDataSet } from '@promontory/core/dicom';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mrFile, newUid, withUid } from '../archive/archive.testing.ts';
import { DEFAULT_PART_LIMITS } from '../dicomweb/index.ts';
import { type DicomwebServer, openDicomweb } from './dicomweb.testing.ts';

let web: DicomwebServer;
beforeAll(async () => {
  web = await openDicomweb({ ...DEFAULT_PART_LIMITS, maxPartBytes: 2 ** 20, maxRequestBytes: 8 * 2 ** 20 });
}, 60_000);
afterAll(() => web.close());

const json = async (response: Response) => (await response.json()) as JsonDataSet;
const rows = async (response: Response) => (await response.json()) as JsonDataSet[];
const items = (dataSet: JsonDataSet, tag: string) => (dataSet[tag]?.Value ?? []) as JsonDataSet[];
const value = (dataSet: JsonDataSet | undefined, tag: string) => dataSet?.[tag]?.Value?.[0];
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string } }).error.code;

describe('STOW-RS', () => {
  test('all stored: 200, references and where to retrieve', async () => {
    const [study, series] = [newUid(), newUid()];
    const uids = [newUid(), newUid()];
    const response = await web.stow(
      uids.map((SOPInstanceUID) =>
        mrFile({ StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID }),
      ),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const answer = await json(response);
    const base = `${web.origin}/dicom-web/studies/${study}`;
    expect(answer).toEqual({
      '00081190': { vr: 'UR', Value: [base] },
      '00081199': {
        vr: 'SQ',
        Value: uids.map((uid) => ({
          '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.4'] },
          '00081155': { vr: 'UI', Value: [uid] },
          '00081190': { vr: 'UR', Value: [`${base}/series/${series}/instances/${uid}`] },
        })),
      },
    });
  });

  test('a byte-identical resend succeeds, other content under the UID is a conflict and the first one stays', async () => {
    const uids = { StudyInstanceUID: newUid(), SeriesInstanceUID: newUid(), SOPInstanceUID: newUid() };
    expect((await web.stow([mrFile(uids)])).status).toBe(200);
    expect((await web.stow([mrFile(uids)])).status).toBe(200);
    const conflict = await web.stow([mrFile({ ...uids, PatientName: 'Other' })]);
    expect(conflict.status).toBe(409);
    expect(items(await json(conflict), '00081198').map((item) => value(item, '00081197'))).toEqual([272]);
    const kept = await rows(await web.ask(`/studies?StudyInstanceUID=${uids.StudyInstanceUID}`));
    expect(value(kept[0], '00100010')).toEqual({ Alphabetic: 'Doe^Jane' });
  });

  test('the good ones of a request are kept: 202, the others with their reasons', async () => {
    const good = newUid();
    const study = newUid();
    const response = await web.stow(
      [
        mrFile({ StudyInstanceUID: study, SOPInstanceUID: good }),
        Buffer.from('no DICOM at all'),
        mrFile({ StudyInstanceUID: newUid() }),
        withUid(mrFile({ StudyInstanceUID: study }), 'SOPInstanceUID', '../../etc/passwd'),
        withUid(mrFile({ StudyInstanceUID: study }), 'SOPInstanceUID', '1'.repeat(65)),
        mrFile({ StudyInstanceUID: study }).subarray(0, 300),
      ],
      `/studies/${study}`,
    );
    expect(response.status).toBe(202);
    const answer = await json(response);
    expect(items(answer, '00081199').map((item) => value(item, '00081155'))).toEqual([good]);
    expect(items(answer, '00081198').map((item) => value(item, '00081197'))).toEqual([0xa900]);
    expect(items(answer, '0008119A').map((item) => value(item, '00081197'))).toEqual(Array(4).fill(0xc000));
    expect(await rows(await web.ask(`/studies/${study}/instances`))).toHaveLength(1);
  });

  test('a single body of application/dicom', async () => {
    const response = await web.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': 'application/dicom', accept: 'application/dicom+xml' },
      body: Buffer.from(mrFile()),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/dicom+xml');
    expect(await response.text()).toContain('keyword="ReferencedSOPSequence"');
  });

  test('what is tolerated is told: 202 and a warning reason', async () => {
    const file = mrFile();
    const odd = new Uint8Array(file.length);
    odd.set(file);
    odd[140] = 7; // the meta information's group length
    const response = await web.stow([odd]);
    expect(response.status).toBe(202);
    expect(value(items(await json(response), '00081199')[0], '00081196')).toBe(0xb007);
  });

  test('a body that breaks off: 400, what came whole before is kept and told', async () => {
    const study = newUid();
    const [first, second] = [mrFile({ StudyInstanceUID: study }), mrFile({ StudyInstanceUID: study })];
    const part = (bytes: Uint8Array) =>
      Buffer.concat([
        Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n'),
        bytes,
        Buffer.from('\r\n'),
      ]);
    const send = (body: Buffer) =>
      web.ask('/studies', {
        method: 'POST',
        headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=b' },
        body,
      });
    for (const end of [part(second).subarray(0, 200), Buffer.from('--b\r\nno header\r\n\r\n')]) {
      const response = await send(Buffer.concat([part(first), end]));
      expect(response.status).toBe(400);
      expect(items(await json(response), '00081199')).toHaveLength(1);
      expect(await rows(await web.ask(`/studies/${study}/instances`))).toHaveLength(1);
    }
    const nothing = await send(part(second).subarray(0, 200));
    expect([nothing.status, await errorOf(nothing)]).toEqual([400, 'BAD_REQUEST']);
    expect((await send(Buffer.from('--b--'))).status).toBe(400);
    const large = await send(
      Buffer.concat([part(first), part(Buffer.alloc(2 ** 20 + 1)), Buffer.from('--b--')]),
    );
    expect(large.status).toBe(413);
    expect(items(await json(large), '00081199')).toHaveLength(1);
  });

  test('an instance beyond the cap: 413 where it came alone, else a reason beside the others', async () => {
    const small = await openDicomweb(undefined, { maxInstanceBytes: 5_000 });
    try {
      const [large, file] = [mrFile({ TextValue: 'x'.repeat(10_000) }), mrFile()];
      const alone = await small.stow([large]);
      expect(alone.status).toBe(413);
      expect(items(await json(alone), '0008119A').map((item) => value(item, '00081197'))).toEqual([0xa710]);
      const single = await small.ask('/studies', {
        method: 'POST',
        headers: { 'content-type': 'application/dicom' },
        body: Buffer.from(large),
      });
      expect(single.status).toBe(413);
      const mixed = await small.stow([large, file, Buffer.alloc(300)]);
      expect(mixed.status).toBe(202);
      const answer = await json(mixed);
      expect(items(answer, '0008119A').map((item) => value(item, '00081197'))).toEqual([0xa710, 0xc000]);
      expect(items(answer, '00081199')).toHaveLength(1);
      expect((await small.stow([large, Buffer.alloc(300)])).status).toBe(409);
    } finally {
      await small.close();
    }
  });

  test('a private transfer syntax is refused by the reason that the standard has for it', async () => {
    const bytes = Buffer.from(mrFile());
    const known = Buffer.from('1.2.840.10008.1.2.1\0');
    bytes.set(Buffer.from('1.2.840.113619.5.2\0\0'), bytes.indexOf(known));
    const response = await web.stow([bytes]);
    expect(response.status).toBe(409);
    expect(value(items(await json(response), '00081198')[0], '00081197')).toBe(0xc122);
  });

  test('a boundary longer than the seventy characters of RFC 2046, as Orthanc sends it', async () => {
    const boundary = 'b'.repeat(73);
    const response = await web.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}` },
      body: Buffer.concat([
        Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
        mrFile(),
        Buffer.from(`\r\n--${boundary}--`),
      ]),
    });
    expect(response.status).toBe(200);
  });

  test('parts of another type fail alone', async () => {
    const study = newUid();
    const body = Buffer.concat([
      Buffer.from('--b\r\nContent-Type: application/dicom+json\r\n\r\n[]\r\n--b\r\n\r\n'),
      mrFile({ StudyInstanceUID: study }),
      Buffer.from('\r\n--b--'),
    ]);
    const response = await web.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; type=application/dicom; boundary=b' },
      body,
    });
    expect(response.status).toBe(202);
    const answer = await json(response);
    expect(items(answer, '0008119A')).toHaveLength(1);
    expect(items(answer, '00081199')).toHaveLength(1);
  });

  test.each([
    ['multipart/related; type="application/dicom+json"; boundary=b', 415],
    ['multipart/form-data; boundary=b', 415],
    ['application/json', 415],
    ['nonsense', 415],
    ['multipart/related; type="application/dicom"', 400],
    [`multipart/related; type="application/dicom"; boundary="${'b'.repeat(257)}"`, 400],
  ])('%s is answered %i', async (type, status) => {
    const response = await web.ask('/studies', {
      method: 'POST',
      headers: { 'content-type': type },
      body: Buffer.from('--b--'),
    });
    expect(response.status).toBe(status);
    if (status === 415 && type !== 'nonsense')
      expect(response.headers.get('accept')).toContain('application/dicom');
  });

  test('a content coding is refused before anything is inflated', async () => {
    for (const coding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
      const response = await web.stow([mrFile()], '/studies', { headers: { 'content-encoding': coding } });
      expect(response.status).toBe(415);
      expect(response.headers.get('accept-encoding')).toBe('identity');
    }
  });

  test('who may not store is refused', async () => {
    expect((await web.stow([mrFile()], '/studies', { as: 'student' })).status).toBe(403);
    expect((await web.stow([mrFile()], '/studies', { as: 'nobody' })).status).toBe(401);
    // A study of another project: nothing is stored, nothing is said about what is there.
    const study = newUid();
    await web.stow([mrFile({ StudyInstanceUID: study })], '/studies', { as: 'radiologist' });
    const other = await web.stow([mrFile({ StudyInstanceUID: study })], '/studies', { as: 'elsewhere' });
    expect(other.status).toBe(403);
    expect(value(items(await json(other), '00081198')[0], '00081197')).toBe(0x0124);
  });
});

describe('QIDO-RS', () => {
  const study = newUid();
  const series = [newUid(), newUid()];
  const sops = [newUid(), newUid(), newUid()];
  beforeAll(async () => {
    const common = {
      StudyInstanceUID: study,
      PatientName: 'Query^Quentin',
      PatientID: 'Q-7',
      StudyDate: '20240229',
    };
    const response = await web.stow([
      mrFile({
        ...common,
        SeriesInstanceUID: series[0],
        SOPInstanceUID: sops[0],
        SeriesNumber: '1',
        InstanceNumber: '1',
      }),
      mrFile({
        ...common,
        SeriesInstanceUID: series[0],
        SOPInstanceUID: sops[1],
        SeriesNumber: '1',
        InstanceNumber: '2',
      }),
      mrFile({
        ...common,
        SeriesInstanceUID: series[1],
        SOPInstanceUID: sops[2],
        SeriesNumber: '2',
        Modality: 'SR',
      }),
    ]);
    expect(response.status).toBe(200);
  });
  const uids = async (path: string, tag: string) =>
    (await rows(await web.ask(path))).map((row) => value(row, tag));

  test('a study, with its Retrieve URL and availability, tags ascending', async () => {
    const response = await web.ask(`/studies?PatientID=Q-7`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/dicom+json');
    const [row, ...others] = await rows(response);
    expect(others).toEqual([]);
    expect(value(row, '0020000D')).toBe(study);
    expect(value(row, '00081190')).toBe(`${web.origin}/dicom-web/studies/${study}`);
    expect(value(row, '00080056')).toBe('ONLINE');
    expect(row?.['00080061']?.Value?.toSorted()).toEqual(['MR', 'SR']);
    expect(Object.keys(row as object)).toEqual(Object.keys(row as object).toSorted());
  });

  test('every level and scope', async () => {
    expect(await uids(`/studies/${study}/series`, '0020000E')).toEqual(series);
    expect(await uids(`/studies/${study}/instances`, '00080018')).toEqual(sops);
    expect(await uids(`/studies/${study}/series/${series[0]}/instances`, '00080018')).toEqual(
      sops.slice(0, 2),
    );
    expect(await uids(`/series?StudyInstanceUID=${study}&Modality=SR`, '0020000E')).toEqual([series[1]]);
    expect(await uids(`/instances?PatientID=Q-7&InstanceNumber=2`, '00080018')).toEqual([sops[1]]);
    const [row] = await rows(
      await web.ask(`/studies/${study}/series/${series[0]}/instances?InstanceNumber=1`),
    );
    expect(value(row, '00081190')).toBe(
      `${web.origin}/dicom-web/studies/${study}/series/${series[0]}/instances/${sops[0]}`,
    );
  });

  test.each([
    'PatientName=QUERY^*',
    'PatientName=quer?^quentin',
    'PatientName=quentin%20query&fuzzymatching=true',
    'StudyDate=20240101-20241231&PatientID=Q-7',
    `StudyInstanceUID=1.2.3,${study}`,
    `StudyInstanceUID=1.2.3%5C${study}`,
    '0020000D=SELF',
  ])('%s finds it', async (search) => {
    expect(await uids(`/studies?${search.replace('SELF', study)}`, '0020000D')).toEqual([study]);
  });

  test('nothing found is an empty array', async () => {
    const response = await web.ask('/studies?PatientID=NOBODY');
    expect([response.status, await response.text()]).toEqual([200, '[]']);
  });

  test('pages: a warning and the link to the next one', async () => {
    const first = await web.ask(`/studies/${study}/instances?limit=2`);
    expect(first.headers.get('warning')).toBe(
      '299 promontory "There are additional results that can be requested."',
    );
    const link = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] as string;
    const second = await fetch(link, { headers: { authorization: 'Bearer admin' } });
    expect((await rows(second)).map((row) => value(row, '00080018'))).toEqual(sops.slice(2));
    expect(second.headers.get('link')).toBeNull();
    expect(second.headers.get('warning')).toBeNull();
  });

  test('what is not matched is told', async () => {
    const response = await web.ask(`/studies?PatientID=Q-7&PatientComments=X&Bogus=1&limit=1000000`);
    expect(response.status).toBe(200);
    expect(await rows(response)).toHaveLength(1);
    const warning = response.headers.get('warning') ?? '';
    expect(warning).toContain('PatientComments is not matched');
    expect(warning).toContain('A parameter is not known');
    expect(warning).toContain('No more than 1000');
    expect(warning).not.toContain('Bogus');
  });

  test('XML on request; 406 for what there is not', async () => {
    const xml = await web.ask('/studies?PatientID=Q-7', {
      headers: { accept: 'multipart/related; type="application/dicom+xml"' },
    });
    expect(await xml.text()).toContain('<FamilyName>Query</FamilyName>');
    expect((await web.ask('/studies', { headers: { accept: 'text/html' } })).status).toBe(406);
    expect((await web.ask('/studies?accept=application/json')).headers.get('content-type')).toBe(
      'application/json',
    );
  });

  test('malformed questions are refused by name, hostile ones too', async () => {
    for (const [search, name] of [
      ['StudyDate=CANARY', 'StudyDate'],
      [`StudyInstanceUID=${'1'.repeat(65)}`, 'StudyInstanceUID'],
      ['PatientName=CANARY%00', 'PatientName'],
      ['limit=CANARY', 'limit'],
      [`accept=${'x'.repeat(9000)}`, 'Accept'],
    ]) {
      const response = await web.ask(`/studies?${search}`);
      const text = await response.text();
      expect([response.status, text.includes(name as string)], text).toEqual([400, true]);
      expect(text).not.toContain('CANARY');
    }
    for (const path of [
      `/studies/${'1'.repeat(65)}/series`,
      '/studies/1.2%00/series',
      '/studies/..%2f..%2fx/series',
    ])
      expect([400, 404]).toContain((await web.ask(path)).status);
    expect(web.lines()).not.toContain('CANARY');
  });

  test('another project sees nothing', async () => {
    expect(await rows(await web.ask('/studies?PatientID=Q-7', { as: 'elsewhere' }))).toEqual([]);
    expect(await rows(await web.ask(`/studies/${study}/series`, { as: 'elsewhere' }))).toEqual([]);
  });
});

describe('delete', () => {
  test('of an instance, a series, a study; twice is absent', async () => {
    const [study, series, sop] = [newUid(), newUid(), newUid()];
    const common = { StudyInstanceUID: study, SeriesInstanceUID: series };
    await web.stow([
      mrFile({ ...common, SOPInstanceUID: sop }),
      mrFile(common),
      mrFile({ StudyInstanceUID: study }),
    ]);
    const paths = [`/series/${series}/instances/${sop}`, `/series/${series}`, ''];
    for (const [i, path] of paths.entries()) {
      for (const as of ['elsewhere', 'radiologist'])
        expect((await web.ask(`/studies/${study}${path}`, { method: 'DELETE', as })).status).toBe(404);
      expect((await web.ask(`/studies/${study}${path}`, { method: 'DELETE' })).status).toBe(204);
      expect((await web.ask(`/studies/${study}${path}`, { method: 'DELETE' })).status).toBe(404);
      expect(await rows(await web.ask(`/studies/${study}/instances`))).toHaveLength(2 - i);
    }
  });
});

describe('capabilities', () => {
  test('every route stands in them, as WADL and as JSON', async () => {
    const wadl = await web.ask('', { headers: { accept: 'application/vnd.sun.wadl+xml' } });
    expect(wadl.headers.get('content-type')).toBe('application/vnd.sun.wadl+xml');
    const text = await wadl.text();
    const stated = (await (await web.ask('?accept=application/json')).json()) as {
      resources: { method: string; path: string; summary: string }[];
    };
    const routes = web.routes.filter(({ path }) => path !== '/dicom-web');
    expect(stated.resources).toHaveLength(routes.length);
    for (const [i, { method, path, summary }] of routes.entries()) {
      const template = path
        .slice('/dicom-web'.length)
        .replace(/:(\w+)/g, '{$1}')
        .replace('*', '{path}');
      expect(stated.resources[i]).toMatchObject({ method, path: template, summary });
      expect(text).toContain(`<resource path="${template.slice(1)}">`);
      expect(text).toContain(summary);
    }
    expect(text.match(/<method /g)).toHaveLength(routes.length);
  });

  test('every route has its own summary and path', () => {
    const names = web.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(web.routes.map(({ summary }) => summary)).size).toBe(names.length);
    for (const { may, group } of web.routes) expect([may === 'open', group]).toEqual([false, 'dicomweb']);
  });
});
