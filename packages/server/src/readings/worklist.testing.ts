/** Data sets of a client of the worklist. */

import { randomUUID } from 'node:crypto';
import type { JsonDataSet } from '@promontory/core/dicom';
import type { Identity } from '../access/index.ts';
import { person } from '../archive/archive.testing.ts';
import type { Database } from '../ports/database/index.ts';

const code = (value: string, scheme: string) => ({
  vr: 'SQ',
  Value: [
    {
      '00080100': { vr: 'SH', Value: [value] },
      '00080102': { vr: 'SH', Value: [scheme] },
      '00080104': { vr: 'LO', Value: ['x'] },
    },
  ],
});

/** All that an N-CREATE demands, and no more. */
export const orderJson = (studyUid: string, more: JsonDataSet = {}): JsonDataSet => ({
  '00404005': { vr: 'DT', Value: ['20260101000000'] },
  '00404018': code('LUMBAR-READING', '99PROMONTORY'),
  '00404021': { vr: 'SQ', Value: [{ '0020000D': { vr: 'UI', Value: [studyUid] } }] },
  '00404041': { vr: 'CS', Value: ['READY'] },
  '00741000': { vr: 'CS', Value: ['SCHEDULED'] },
  '00741200': { vr: 'CS', Value: ['MEDIUM'] },
  '00741204': { vr: 'LO', Value: ['Reading'] },
  ...more,
});

/** What table CC.2.5-3 demands of a step that is completed. */
export const performedJson = (): JsonDataSet => ({
  '00741216': {
    vr: 'SQ',
    Value: [
      {
        '00404019': code('LUMBAR-READING', '99PROMONTORY'),
        '00404028': code('STATION-7', '99LOCAL'),
        '00404033': { vr: 'SQ' },
        '00404050': { vr: 'DT', Value: ['20260102030405'] },
        '00404051': { vr: 'DT', Value: ['20260102030505'] },
      },
    ],
  },
});

export const cancelledJson = (): JsonDataSet => ({
  '00741002': { vr: 'SQ', Value: [{ '0074100E': code('110513', 'DCM') }] },
});

export const progressJson = (percent: number, description: string): JsonDataSet => ({
  '00741002': {
    vr: 'SQ',
    Value: [
      {
        '00741004': { vr: 'DS', Value: [percent] },
        '00741006': { vr: 'ST', Value: [description] },
      },
    ],
  },
});

/** Somebody whose account is really there: subscriptions belong to accounts. */
export async function withAccount(
  database: Database,
  ...of: Parameters<typeof person>
): Promise<Identity & { readonly accountId: string }> {
  const accountId = randomUUID();
  await database.query('insert into account (account_id, login, display_name) values ($1, $2, $2)', [
    accountId,
    accountId,
  ]);
  return { ...person(...of), accountId };
}
