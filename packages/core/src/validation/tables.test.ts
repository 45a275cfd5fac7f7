import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';
import { ownTruths } from './labels.ts';
import { spiderTruths, withoutPlaceholders } from './spider.ts';

test('CSV: quotes, separators, line ends, a byte-order mark', () => {
  const rows = parseCsv('\uFEFFIVD_label, Note\r\n1,"a, ""b""\nc"\r\n\r\n2,\r\n');
  expect(rows.map((r) => [...r])).toEqual([
    [
      ['ivd label', '1'],
      ['note', 'a, "b"\nc'],
    ],
    [
      ['ivd label', '2'],
      ['note', ''],
    ],
  ]);
  expect(parseCsv('a;b\n1;2')[0].get('b')).toBe('2');
  expect(() => parseCsv('a\n"1')).toThrowError(expect.objectContaining({ code: 'MALFORMED' }));
  expect(parseCsv('')).toEqual([]);
});

const PUBLISHED =
  'Patient,IVD label,Modic,UP endplate,LOW endplate,Spondylolisthesis,Disc herniation,Disc narrowing,Disc bulging,Pfirrman grade\n';

test("SPIDER's grades as published and under plain names; the overview gives traits", () => {
  const overview = parseCsv(
    'new_file_name,sex,MagneticFieldStrength,Manufacturer\n7_t1,F,1.5,SIEMENS\n7_t2,F,1.5,SIEMENS',
  );
  const [truth] = spiderTruths(parseCsv(`${PUBLISHED}7,2,0,1,0,0,0,0,1,3\n7,1,2,0,0,0,1,1,1,5`), overview);
  expect(truth).toMatchObject({ study: '7', traits: { sex: 'F', fieldT: '1.5', manufacturer: 'SIEMENS' } });
  expect(truth.discs.map((d) => d.number)).toEqual([1, 2]);
  expect(truth.discs[0]).toMatchObject({
    pfirrmann: 5,
    modic: 2,
    binary: { herniation: true, upperEndplate: false },
  });
  expect(truth.discs[1]).toMatchObject({
    pfirrmann: 3,
    modic: 0,
    binary: { upperEndplate: true, narrowing: false },
  });
  const plain = parseCsv('patient,disc,upper_endplate,pfirrmann\n7,1,1,2');
  expect(spiderTruths(plain, [])[0].discs[0]).toMatchObject({
    pfirrmann: 2,
    binary: { upperEndplate: true },
  });
});

test('what cannot have been graded is no grade', () => {
  const [truth] = spiderTruths(parseCsv(`${PUBLISHED}7,1,0,1,0,0,0,1,1,1`), []);
  const [t1Only] = withoutPlaceholders(truth, { t1: true, t2: false }).discs;
  expect(t1Only.pfirrmann).toBeUndefined();
  expect(t1Only.modic).toBeUndefined();
  expect(t1Only.binary.narrowing).toBe(true);
  const [t2Only] = withoutPlaceholders(truth, { t1: false, t2: true }).discs;
  expect(t2Only).toMatchObject({ pfirrmann: 1, modic: undefined });
  expect(withoutPlaceholders(truth, { t1: true, t2: true })).toEqual(truth);
});

test('our own labels: discs by name or number, absent cells are absent', () => {
  const [truth] = ownTruths(
    parseCsv('study,patient,sex,disc,pfirrmann,upperEndplate\nA,P,M,L4/L5,2,\nA,P,M,1,4,0'),
  );
  expect(truth).toMatchObject({ study: 'A', patient: 'P', traits: { sex: 'M' } });
  expect(truth.discs).toMatchObject([
    { number: 1, pfirrmann: 4, binary: { upperEndplate: false } },
    { number: 2, pfirrmann: 2 },
  ]);
  expect(truth.discs[1].binary).toEqual({});
  expect(truth.discs[1].modic).toBeUndefined();
});

test.for([
  ['study,disc\n,1', 'study'],
  ['study,disc\nA,L9/S7', 'disc'],
  ['study,disc,pfirrmann\nA,1,6', 'pfirrmann'],
  ['study,disc,modic\nA,1,I', 'modic'],
] as const)('%s is refused, naming the column and not the value', ([text, name]) => {
  expect(() => ownTruths(parseCsv(text))).toThrowError(
    expect.objectContaining({ code: 'MALFORMED', message: expect.stringContaining(`"${name}"`) }),
  );
});
