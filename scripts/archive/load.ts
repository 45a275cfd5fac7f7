/** The load that both archives get: MR instances that differ in their UIDs and pixels only, made without cost. */
import { randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { buildDataSet, createDicomFile, writeDicom } from '@promontory/core/dicom';
import type { Target } from '../../conformance/archive/peers/target.ts';

/** UIDs of one length, so that they can be written into a template's bytes. */
const uidOf = (kind: number, n: number): string => `2.25.1${kind}${String(n).padStart(14, '0')}`;
const [STUDY, SERIES, SOP] = [1, 2, 3];
const EMPTY = 999;

export interface Template {
  make(study: number, series: number, instance: number, patient: number): Buffer;
}

const PATIENT = 'PATIENT-0000000';
const NAMES = [
  'Doe',
  'Smith',
  'Mueller',
  'Garcia',
  'Yamada',
  'Kowalski',
  'Nguyen',
  'Okafor',
  'Rossi',
  'Ivanov',
];
const NAME = 'FAMILYNAME^GIVEN';
const DATE = '20200102';

/** @param pixels rows and columns: 512 is half a megabyte */
export function templateOf(pixels: number): Template {
  const bytes = Buffer.from(
    writeDicom(
      createDicomFile(
        buildDataSet({
          SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
          SOPInstanceUID: uidOf(SOP, EMPTY),
          StudyInstanceUID: uidOf(STUDY, EMPTY),
          SeriesInstanceUID: uidOf(SERIES, EMPTY),
          StudyDate: DATE,
          StudyTime: '101500',
          AccessionNumber: PATIENT.replace('PATIENT', 'ACCESSI'),
          Modality: 'MR',
          Manufacturer: 'Bench',
          StudyDescription: 'Lumbar spine',
          SeriesDescription: 't2_tse_sag',
          PatientName: NAME,
          PatientID: PATIENT,
          PatientBirthDate: '19700101',
          PatientSex: 'F',
          StudyID: '1',
          SeriesNumber: 1,
          InstanceNumber: 1,
          ImagePositionPatient: [0, 0, 0],
          ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
          Rows: pixels,
          Columns: pixels,
          PixelSpacing: [0.6, 0.6],
          BitsAllocated: 16,
          BitsStored: 12,
          HighBit: 11,
          SamplesPerPixel: 1,
          PixelRepresentation: 0,
          PhotometricInterpretation: 'MONOCHROME2',
          PixelData: new Uint16Array(pixels * pixels),
        }),
      ),
    ),
  );
  const noise = randomBytes(pixels * pixels * 2);
  noise.copy(bytes, bytes.length - noise.length);
  const places = (text: string): number[] => {
    const found: number[] = [];
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at);
    return found;
  };
  const at = {
    sop: places(uidOf(SOP, EMPTY)),
    study: places(uidOf(STUDY, EMPTY)),
    series: places(uidOf(SERIES, EMPTY)),
    number: [...places('PATIENT-'), ...places('ACCESSI-')].map((place) => place + 'PATIENT-'.length),
    name: places(NAME),
    date: places(DATE),
  };
  return {
    make(study, series, instance, patient) {
      const out = Buffer.from(bytes);
      const write = (where: readonly number[], text: string) => {
        for (const place of where) out.write(text, place, 'latin1');
      };
      write(at.sop, uidOf(SOP, instance));
      write(at.study, uidOf(STUDY, study));
      write(at.series, uidOf(SERIES, series));
      write(at.number, String(patient).padStart(7, '0'));
      write(at.name, `${NAMES[patient % NAMES.length]}${patient % 1000}^Jane`.padEnd(NAME.length, ' '));
      write(at.date, `20${10 + (patient % 16)}${String(1 + (patient % 12)).padStart(2, '0')}15`);
      out.writeUInt32LE(instance, out.length - 4);
      return out;
    },
  };
}

export const studyUid = (n: number): string => uidOf(STUDY, n);
export const seriesUid = (n: number): string => uidOf(SERIES, n);
export const sopUid = (n: number): string => uidOf(SOP, n);

/** One request; the body is read to its end. */
export function ask(
  target: Target,
  path: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: readonly Buffer[];
    agent?: Agent;
  } = {},
): Promise<{ status: number; body: Buffer; ms: number }> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const sent = request(
      `${target.root}${path}`,
      {
        method: options.method ?? 'GET',
        headers: { ...target.headers, ...options.headers },
        ...(options.agent && { agent: options.agent }),
      },
      async (response: IncomingMessage) => {
        const parts: Buffer[] = [];
        for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(parts),
          ms: performance.now() - start,
        });
      },
    );
    sent.on('error', reject);
    for (const part of options.body ?? []) sent.write(part);
    sent.end();
  });
}

const BOUNDARY = 'promontory-bench';

/** STOW of instances in one request. */
export async function stow(target: Target, files: readonly Buffer[], agent?: Agent): Promise<void> {
  const body = files.flatMap((file) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  body.push(Buffer.from(`--${BOUNDARY}--\r\n`));
  const { status, body: answer } = await ask(target, '/studies', {
    method: 'POST',
    headers: {
      'content-type': `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`,
      'content-length': String(body.reduce((sum, part) => sum + part.length, 0)),
      accept: 'application/dicom+json',
    },
    body,
    ...(agent && { agent }),
  });
  if (status !== 200)
    throw new Error(`${target.name}: STOW answered ${status}: ${answer.toString().slice(0, 300)}`);
}

/** Work shared among so many connections. */
export async function overConnections<T>(
  connections: number,
  jobs: readonly T[],
  work: (job: T, agent: Agent) => Promise<void>,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const lane = async () => {
    while (next < jobs.length) await work(jobs[next++], agent);
  };
  try {
    await Promise.all(Array.from({ length: connections }, lane));
  } finally {
    agent.destroy();
  }
}

export function quantiles(ms: readonly number[]): { p50: number; p95: number } {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p95: at(0.95) };
}
