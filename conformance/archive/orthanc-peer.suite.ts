/** Orthanc as a peer: over DIMSE both ways, and as a DICOMweb client that signs in with a token. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCommand } from '../oracle.ts';
import { AS_KEPT, type MrFile, mrFile, retrieve, stowFiles } from './instances.ts';
import { freePort, type Orthanc, startOrthanc } from './peers/orthanc.ts';
import { type Started, startPromontory } from './peers/promontory.ts';
import { variedFiles } from './varied.ts';

if (!hasCommand('Orthanc') && process.env.CI === 'true') throw new Error('Orthanc is not installed');

const VERBS = ['echo', 'store', 'find', 'move', 'get'];

describe.skipIf(!hasCommand('Orthanc'))('Orthanc', () => {
  let ours: Started;
  let orthanc: Orthanc;
  beforeAll(async () => {
    const dicomPort = await freePort();
    ours = await startPromontory({
      settings: {
        dimse: {
          port: 0,
          peers: [{ aeTitle: 'ORTHANC', addresses: ['127.0.0.1'], verbs: VERBS }],
          destinations: [{ aeTitle: 'ORTHANC', host: '127.0.0.1', port: dicomPort }],
        },
      },
    });
    orthanc = await startOrthanc(undefined, {
      dicomPort,
      settings: {
        DicomAet: 'ORTHANC',
        DefaultEncoding: 'Utf8',
        DicomModalities: {
          ours: ['PROMONTORY', '127.0.0.1', ours.dimsePort],
          stranger: { AET: 'PROMONTORY', Host: '127.0.0.1', Port: ours.dimsePort, LocalAet: 'STRANGER' },
        },
      },
      webServers: {
        ours: {
          Url: `${ours.origin}/dicom-web/`,
          HttpHeaders: { Authorization: `Bearer ${ours.token}` },
        },
        nobody: { Url: `${ours.origin}/dicom-web/` },
      },
    });
  });
  afterAll(async () => {
    await Promise.all([ours?.stop(), orthanc?.stop()]);
  });

  async function post(path: string, body: unknown): Promise<{ status: number; json: unknown }> {
    const response = await fetch(orthanc.origin + path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, json: await response.json().catch(() => undefined) };
  }
  const get = async (path: string) => (await fetch(orthanc.origin + path)).json();

  /** Its own identifiers of the studies. */
  const studiesThere = async (studyUid: string): Promise<string[]> =>
    (await post('/tools/find', { Level: 'Study', Query: { StudyInstanceUID: studyUid } })).json as string[];
  const give = (files: readonly MrFile[]) =>
    stowFiles(
      orthanc,
      files.map(({ bytes }) => bytes),
    );
  const keep = (files: readonly MrFile[]) =>
    stowFiles(
      ours,
      files.map(({ bytes }) => bytes),
    );
  const study = (): MrFile[] => {
    const first = mrFile();
    const { studyUid, seriesUid } = first;
    return [first, mrFile({ studyUid, seriesUid }), mrFile({ studyUid })];
  };
  const contents = (files: readonly Buffer[]) => files.map((file) => bodyOf(file).toString('base64')).sort();
  const held = async (target: Started | Orthanc, studyUid: string) =>
    contents((await retrieve(target, `/studies/${studyUid}`, AS_KEPT)).parts);
  const sent = (files: readonly MrFile[]) => contents(files.map(({ bytes }) => bytes));

  describe('over DIMSE', () => {
    test('echoes us; under another title it is rejected', async () => {
      expect((await post('/modalities/ours/echo', {})).status).toBe(200);
      expect((await post('/modalities/stranger/echo', {})).status).toBe(500);
    });

    test('stores to us', async () => {
      const files = study();
      const studyUid = files[0]?.studyUid as string;
      await give(files);
      const [id] = await studiesThere(studyUid);
      expect((await post('/modalities/ours/store', id as string)).json).toMatchObject({
        FailedInstancesCount: 0,
        InstancesCount: 3,
      });
      expect(await held(ours, studyUid)).toEqual(sent(files));
    });

    test('stores to us what we hold with other content: it is told', async () => {
      const first = mrFile();
      await keep([first]);
      await give([mrFile({ ...first, patientName: 'Other^Person' })]);
      const [id] = await studiesThere(first.studyUid);
      const { status, json } = await post('/modalities/ours/store', id as string);
      expect(status === 200 ? (json as { FailedInstancesCount: number }).FailedInstancesCount : 1).toBe(1);
      expect(await held(ours, first.studyUid)).toEqual(sent([first]));
    });

    test('queries us, and has what it found moved to it', async () => {
      const files = study();
      const studyUid = files[0]?.studyUid as string;
      await keep([...files, ...variedFiles()]);
      const query = async (level: string, keys: object) => {
        const { json } = await post('/modalities/ours/query', {
          Level: level,
          Query: keys,
          Normalize: false,
        });
        const { ID } = json as { ID: string };
        return {
          ID,
          answers: (await get(`/queries/${ID}/answers?expand&simplify`)) as Record<string, string>[],
        };
      };
      const named = await query('Study', { PatientName: 'MULLER*', PatientID: '', StudyDescription: '' });
      expect(named.answers.map((a) => [a.PatientName, a.PatientID, a.StudyDescription])).toEqual([
        ['Müller^Jörg', 'V-2', 'Wirbelsäule'],
      ]);
      const ranged = await query('Study', { StudyDate: '20240101-20241231', PatientID: 'V-?' });
      expect(ranged.answers.map((a) => a.StudyDate).sort()).toEqual(['20240229', '20241231']);
      const series = await query('Series', {
        StudyInstanceUID: studyUid,
        SeriesInstanceUID: '',
        Modality: '',
      });
      expect(new Set(series.answers.map((a) => a.SeriesInstanceUID))).toEqual(
        new Set(files.map(({ seriesUid }) => seriesUid)),
      );

      const found = await query('Study', { StudyInstanceUID: studyUid });
      expect(found.answers).toHaveLength(1);
      expect(await studiesThere(studyUid)).toEqual([]);
      expect((await post(`/queries/${found.ID}/retrieve`, 'ORTHANC')).status).toBe(200);
      expect(await held(orthanc, studyUid)).toEqual(sent(files));
    });

    test('asks us to move, and we send to nobody who is not listed', async () => {
      const files = study();
      const studyUid = files[0]?.studyUid as string;
      await keep(files);
      const move = (TargetAet: string) =>
        post('/modalities/ours/move', {
          Level: 'Study',
          Resources: [{ StudyInstanceUID: studyUid }],
          TargetAet,
        });
      expect((await move('NOWHERE')).status).not.toBe(200);
      expect(await studiesThere(studyUid)).toEqual([]);
      expect((await move('ORTHANC')).status).toBe(200);
      expect(await held(orthanc, studyUid)).toEqual(sent(files));
    });
  });

  describe('over DICOMweb', () => {
    test('stores to us with its token, and not without', async () => {
      const files = study();
      const studyUid = files[0]?.studyUid as string;
      await give(files);
      const Resources = await studiesThere(studyUid);
      expect(
        (await post('/dicom-web/servers/nobody/stow', { Resources, Synchronous: true })).status,
      ).not.toBe(200);
      expect((await retrieve(ours, `/studies/${studyUid}`, AS_KEPT)).status).toBe(404);
      const { status, json } = await post('/dicom-web/servers/ours/stow', { Resources, Synchronous: true });
      expect(status, JSON.stringify(json)).toBe(200);
      expect(await held(ours, studyUid)).toEqual(sent(files));
    });

    test('searches us', async () => {
      const files = study();
      const studyUid = files[0]?.studyUid as string;
      await keep(files);
      const { json } = await post('/dicom-web/servers/ours/qido', {
        Uri: '/studies',
        Arguments: { StudyInstanceUID: studyUid, includefield: 'StudyDescription' },
      });
      // In its own form, one text an attribute; it leaves numbers out.
      const [answer] = json as Record<string, { Value: string }>[];
      expect([answer?.['0020000D']?.Value, answer?.['00080061']?.Value]).toEqual([studyUid, 'MR']);
    });

    test('retrieves from us', async () => {
      const files = study();
      const studyUid = files[0]?.studyUid as string;
      await keep(files);
      const { status, json } = await post('/dicom-web/servers/ours/retrieve', {
        Resources: [{ Study: studyUid }],
        Synchronous: true,
      });
      expect(status, JSON.stringify(json)).toBe(200);
      expect(await held(orthanc, studyUid)).toEqual(sent(files));
    });
  });
});

/** The data set of a file: 128 + 4 bytes, then (0002,0000) with the length of the rest of the meta information. */
const bodyOf = (file: Buffer): Buffer => file.subarray(132 + 12 + file.readUInt32LE(140));
