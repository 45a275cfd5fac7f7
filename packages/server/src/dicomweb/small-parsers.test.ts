import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bulkPath } from './bulk-path.ts';
import { byteRange } from './byte-range.ts';
import { frameList } from './frame-list.ts';
import { nativeModel } from './native-model.ts';
import { DicomwebRefusal } from './refusal.ts';
import { renderParameters } from './render-parameters.ts';

const reasonOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (error) {
    return error instanceof DicomwebRefusal ? error.reason : String(error);
  }
};

describe('frame lists', () => {
  test('numbers and ranges, in the order asked', () => {
    expect(frameList('3,1', 5)).toEqual([3, 1]);
    expect(frameList('5,1-3', 5)).toEqual([5, 1, 2, 3]);
  });
  test.each([
    ['', 'bad-request'],
    ['0', 'bad-request'],
    ['-1', 'bad-request'],
    ['1,', 'bad-request'],
    ['1,1', 'bad-request'],
    ['1-3,2', 'bad-request'],
    ['3-1', 'bad-request'],
    ['1.5', 'bad-request'],
    ['1e3', 'bad-request'],
    ['../1', 'bad-request'],
    ['6', 'absent'],
    ['1-999999999', 'absent'],
    ['9999999999', 'bad-request'],
    ['1,'.repeat(40_000), 'bad-request'],
  ])('%s is refused: %s', (text, reason) => {
    expect(reasonOf(() => frameList(text, 5))).toBe(reason);
  });
  test('a million frames are not listed, nor as many as a file may say that it has', () => {
    expect(reasonOf(() => frameList('1-1000000', 2_000_000))).toBe('bad-request');
    expect(reasonOf(() => frameList('1-999999999', 2 ** 31 - 1))).toBe('bad-request');
    expect(reasonOf(() => frameList('1-5000,5001-10001', 2 ** 31 - 1))).toBe('bad-request');
    expect(frameList('1-10000', 10_000)).toHaveLength(10_000);
  });
});

describe('paths of bulk data', () => {
  test('tags and items', () => {
    expect(bulkPath('7FE00010')).toEqual([0x7fe00010]);
    expect(bulkPath('00880200/1/7fe00010')).toEqual([0x00880200, 1, 0x7fe00010]);
  });
  test.each([
    '',
    '/',
    '7FE0001',
    '7FE00010/',
    '7FE00010/1',
    '00880200/0/7FE00010',
    '00880200/-1/7FE00010',
    '00880200/1e1/7FE00010',
    '../../etc/passwd',
    '00880200/1/'.repeat(200),
    `${'00880200/1/'.repeat(65)}7FE00010`,
  ])('%s is refused', (text) => {
    expect(reasonOf(() => bulkPath(text))).toBe('bad-request');
  });
});

test('byte ranges', () => {
  expect(byteRange('bytes=0-9', 100)).toEqual({ start: 0, end: 10 });
  expect(byteRange('bytes=90-', 100)).toEqual({ start: 90, end: 100 });
  expect(byteRange('bytes=-10', 100)).toEqual({ start: 90, end: 100 });
  expect(byteRange('bytes=-1000', 100)).toEqual({ start: 0, end: 100 });
  expect(byteRange('bytes=50-1000', 100)).toEqual({ start: 50, end: 100 });
  for (const whole of [undefined, '', 'bytes=-', 'bytes=1-2,3-4', 'items=0-1', 'bytes=9-1', 'bytes=a-b'])
    expect(byteRange(whole, 100)).toBeUndefined();
  for (const outside of ['bytes=100-', 'bytes=999999999999999-', 'bytes=-0'])
    expect(reasonOf(() => byteRange(outside, 100))).toBe('range');
  expect(reasonOf(() => byteRange('bytes=0-', 0))).toBe('range');
});

describe('rendering parameters', () => {
  test('window, viewport, quality', () => {
    expect(
      renderParameters('window=40,400,linear-exact&viewport=100,200,,,-50.5,&quality=80&accept=x'),
    ).toEqual({
      warnings: [],
      window: { centre: 40, width: 400, shape: 'linear-exact' },
      viewport: { width: 100, height: 200, sourceWidth: -50.5 },
      quality: 80,
    });
    expect(renderParameters('window=-40.5,1').window?.shape).toBe('linear');
    expect(renderParameters('annotation=patient&iccprofile=srgb').warnings).toHaveLength(2);
    expect(renderParameters('iccprofile=no').warnings).toEqual([]);
  });
  test.each([
    'window=40',
    'window=40,0',
    'window=40,-1,sigmoid',
    'window=a,b',
    'window=1,2,gamma',
    'window=1,2,linear,4',
    'window=Infinity,1',
    'viewport=100',
    'viewport=0,100',
    'viewport=100,4097',
    'viewport=1.5,100',
    'viewport=1,1,1,1,1,1,1',
    'viewport=,',
    'quality=0',
    'quality=101',
    'quality=',
    'quality=90&quality=80',
    'window=%',
  ])('%s is refused', (search) => {
    expect(reasonOf(() => renderParameters(search))).toBe('bad-request');
  });
});

describe('the native model', () => {
  const xml = (dataSet: Parameters<typeof nativeModel>[0]) => Buffer.from(nativeModel(dataSet)).toString();
  test('values, names, items, bulk', () => {
    const text = xml({
      '00080016': { vr: 'UI', Value: ['1.2'] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Doe^Jane^^Dr', Ideographic: '山田^太郎' }] },
      '00091010': { vr: 'OB', InlineBinary: 'AAE=' },
      '00400275': { vr: 'SQ', Value: [{ '00400009': { vr: 'SH', Value: ['a', null, 'b'] } }, {}] },
      '7FE00010': { vr: 'OW', BulkDataURI: 'http://h/x?a&b' },
    });
    expect(text).toContain(
      '<DicomAttribute tag="00080016" vr="UI" keyword="SOPClassUID"><Value number="1">1.2</Value></DicomAttribute>',
    );
    expect(text).toContain(
      '<PersonName number="1"><Alphabetic><FamilyName>Doe</FamilyName><GivenName>Jane</GivenName><NamePrefix>Dr</NamePrefix></Alphabetic><Ideographic><FamilyName>山田</FamilyName>',
    );
    expect(text).toContain('<DicomAttribute tag="00091010" vr="OB"><InlineBinary>AAE=</InlineBinary>');
    expect(text).toContain(
      '<Item number="1"><DicomAttribute tag="00400009" vr="SH" keyword="ScheduledProcedureStepID"><Value number="1">a</Value><Value number="2"/><Value number="3">b</Value></DicomAttribute></Item><Item number="2"></Item>',
    );
    expect(text).toContain('<BulkData uri="http://h/x?a&amp;b"/>');
  });
  test('no value breaks out of the markup, and what XML cannot hold is left out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = xml({ '00104000': { vr: 'LT', Value: [value] } });
        const inner = /<Value number="1">([\s\S]*)<\/Value><\/DicomAttribute><\/NativeDicomModel>\n$/.exec(
          text,
        )?.[1];
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there.
        expect(inner).toMatch(/^[^<>\u0000-\u0008\u000b\u000c\u000e-\u001f]*$/);
      }),
    );
  });
});
