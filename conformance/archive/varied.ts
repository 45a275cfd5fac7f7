/** Instances with what searches are asked for: several patients, studies, series, dates and ways to write a name. */
import { type Given, type MrFile, mrFile } from './instances.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

interface Study {
  readonly patientId: string;
  readonly patientName: string;
  readonly studyDate: string;
  readonly accession: string;
  readonly more: readonly Given[];
  /** Of each series: modality, description, body part, instances. */
  readonly series: readonly (readonly [string, string, string, number])[];
}

const STUDIES: readonly Study[] = [
  {
    patientId: 'V-1',
    patientName: 'Doe^Jane^Mary^Dr^PhD',
    studyDate: '20240229',
    accession: 'ACC-1',
    more: [
      [0x00080030, 'TM', '071500.123456'],
      [0x00080090, 'PN', 'Who^Doctor'],
      [0x00081030, 'LO', 'Lumbar spine'],
      [0x00100030, 'DA', '19700101'],
      [0x00100040, 'CS', 'F'],
      [0x00200010, 'SH', 'S-1'],
    ],
    series: [
      ['MR', 'T2 sagittal', 'LSPINE', 3],
      ['MR', 'T1 sagittal', 'LSPINE', 2],
    ],
  },
  {
    patientId: 'V-1',
    patientName: 'Doe^Jane^Mary^Dr^PhD',
    studyDate: '20241231',
    accession: 'ACC-2',
    more: [
      [0x00080030, 'TM', '235959'],
      [0x00081030, 'LO', 'Lumbar spine, control'],
      [0x00100030, 'DA', '19700101'],
      [0x00100040, 'CS', 'F'],
      [0x00200010, 'SH', 'S-2'],
    ],
    series: [['MR', 'T2 axial', 'LSPINE', 2]],
  },
  {
    patientId: 'V-2',
    patientName: 'Müller^Jörg',
    studyDate: '20250101',
    accession: 'ACC-3',
    more: [
      [0x00080005, 'CS', 'ISO_IR 100'],
      [0x00100010, 'PN', latin1('Müller^Jörg')],
      [0x00080030, 'TM', '1015'],
      [0x00080090, 'PN', latin1('Ångström^Äda')],
      [0x00081030, 'LO', latin1('Wirbelsäule')],
      [0x00100040, 'CS', 'M'],
    ],
    series: [
      ['MR', 'T2_sag', 'LSPINE', 1],
      ['CT', 'Localiser', 'SPINE', 1],
    ],
  },
  {
    patientId: 'V-3',
    patientName: 'Wang^XiaoDong=王^小东=',
    studyDate: '20250102',
    accession: '',
    more: [
      [0x00080030, 'TM', '10'],
      [0x00081030, 'LO', '腰椎'],
      [0x00100040, 'CS', 'O'],
      [0x00080061, 'CS', ''],
    ],
    series: [['MR', 'T2% sag', 'LSPINE', 1]],
  },
  {
    patientId: 'V-4',
    patientName: '',
    studyDate: '',
    accession: 'ACC*4',
    more: [
      [0x00080030, 'TM', ''],
      [0x00081030, 'LO', 'LUMBAR SPINE'],
    ],
    series: [['OT', '', '', 1]],
  },
];

/** @param pixels rows and columns of each */
export const variedFiles = (pixels = 8): MrFile[] =>
  STUDIES.flatMap((study) => {
    const { studyUid } = mrFile();
    return study.series.flatMap(([modality, description, bodyPart, count], seriesNumber) => {
      const { seriesUid } = mrFile();
      return Array.from({ length: count }, (_, i) =>
        mrFile({
          ...study,
          studyUid,
          seriesUid,
          pixels,
          fill: i + 16 * seriesNumber,
          more: [
            ...study.more,
            [0x00080060, 'CS', modality],
            [0x0008103e, 'LO', description],
            [0x00180015, 'CS', bodyPart],
            [0x00200011, 'IS', String(seriesNumber + 1)],
            [0x00200013, 'IS', String(i + 1)],
            [0x00400244, 'DA', study.studyDate],
            [0x00400245, 'TM', '1200'],
            [0x00290010, 'LO', 'ACME'],
            [0x00291001, 'OB', Buffer.alloc(2000, i)],
          ],
        }),
      );
    });
  });
