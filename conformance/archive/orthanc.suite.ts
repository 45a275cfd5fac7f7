/** Orthanc as a differential oracle: the same instances, the same DICOMweb requests; where answers differ, the clause that decides. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataFolder, hasCommand } from '../oracle.ts';
import { corpus } from './corpus.ts';
import { AS_KEPT, mrFile, retrieve, stowFiles } from './instances.ts';
import { type Dialect, type Element, isMatch, type Row, textsOf, withoutSeparators } from './matching.ts';
import { type Orthanc, orthancVersion, startOrthanc } from './peers/orthanc.ts';
import { type Started, startPromontory } from './peers/promontory.ts';
import type { Target } from './peers/target.ts';

if (!hasCommand('Orthanc') && process.env.CI === 'true') throw new Error('Orthanc is not installed');

type Level = 'study' | 'series' | 'instance';
const PATH: Readonly<Record<Level, string>> = {
  study: '/studies',
  series: '/series',
  instance: '/instances',
};
const UID: Readonly<Record<Level, string>> = { study: '0020000D', series: '0020000E', instance: '00080018' };

interface Asked {
  readonly status: number;
  readonly rows: readonly Row[];
  readonly warning: string | null;
}

async function ask(target: Pick<Target, 'root' | 'headers'>, path: string): Promise<Asked> {
  const response = await fetch(target.root + path, {
    headers: { ...target.headers, accept: 'application/dicom+json' },
  });
  const json: unknown = await response.json().catch(() => []);
  return {
    status: response.status,
    rows: Array.isArray(json) ? json : [],
    warning: response.headers.get('warning'),
  };
}

const firstOf = (row: Row, key: string): string => textsOf(row[key])[0] ?? '';
const uidsOf = (rows: readonly Row[], level: Level): string[] =>
  rows.map((row) => firstOf(row, UID[level])).sort();

describe.skipIf(!hasCommand('Orthanc'))('beside Orthanc', () => {
  let ours: Started;
  let orthanc: Orthanc;
  /** What both hold: instances of other content, or that only one took, stand apart. */
  let common: { study: string; series: string; instance: string }[];
  let inBoth: Readonly<Record<Level, ReadonlySet<string>>>;
  /** All that we say of each study, series and instance. */
  const everything: Record<Level, readonly Row[]> = { study: [], series: [], instance: [] };

  beforeAll(async () => {
    [ours, orthanc] = await Promise.all([
      startPromontory(),
      startOrthanc(undefined, { settings: { DefaultEncoding: 'Utf8' } }),
    ]);
    expect(orthancVersion()).toContain('Orthanc');
    for (const file of corpus()) await Promise.all([ours, orthanc].map((each) => stowFiles(each, [file])));
    for (const level of ['study', 'series', 'instance'] as const)
      everything[level] = (await ask(ours, `${PATH[level]}?limit=1000&includefield=all`)).rows;
    const theirs = new Set(uidsOf((await ask(orthanc, '/instances?limit=1000')).rows, 'instance'));
    const shared = everything.instance.filter((row) => theirs.has(firstOf(row, UID.instance)));
    common = shared.map((row) => ({
      study: firstOf(row, UID.study),
      series: firstOf(row, UID.series),
      instance: firstOf(row, UID.instance),
    }));
    const [study, series, instance] = (['study', 'series', 'instance'] as const).map(
      (level) => new Set(common.map((each) => each[level])),
    ) as [Set<string>, Set<string>, Set<string>];
    inBoth = { study, series, instance };
  });
  afterAll(async () => {
    await Promise.all([ours?.stop(), orthanc?.stop()]);
  });

  const shared = (rows: readonly Row[], level: Level): string[] =>
    uidsOf(rows, level).filter((uid) => inBoth[level].has(uid));

  test('hold the same instances, but for what the standard lets us refuse', async () => {
    const theirs = (await ask(orthanc, '/instances?limit=1000')).rows;
    const onlyOurs = uidsOf(everything.instance, 'instance').filter((uid) => !inBoth.instance.has(uid));
    const onlyTheirs = uidsOf(theirs, 'instance').filter((uid) => !inBoth.instance.has(uid));
    expect(onlyOurs).toEqual([]);
    // Data sets without preamble and meta information are no PS3.10 files, which is what STOW-RS takes (PS3.18 8.7.3.3).
    expect(onlyTheirs).toEqual(
      dataFolder === undefined ? [] : ['1.2.333.4444.5.6.7.8', '1.2.826.0.1.3680043.8.498.2010020400001'],
    );
    expect(common.length).toBeGreaterThan(dataFolder === undefined ? 10 : 80);
  });

  describe('QIDO-RS', () => {
    /** Orthanc compares every text without regard to case, counts empty dates as early, ends ranges at their letters, and sees the groups of a name as one text. */
    const orthancOf = (key: string): Dialect => ({
      anyCase: true,
      emptyIsEarly: true,
      // In its index a study without a date has an empty one.
      absentIsEarly: ['00080020', '00080030'].includes(key),
      separatorsStand: true,
      groupsAreOne: true,
      endIsExact: true,
    });
    const KEYS: Readonly<Record<Level, readonly string[]>> = {
      study: [
        '0020000D',
        '00080020',
        '00080030',
        '00080050',
        '00080061',
        '00080090',
        '00081030',
        '00100010',
        '00100020',
        '00100030',
        '00100040',
        '00200010',
      ],
      series: ['0020000E', '00080060', '00200011', '0008103E', '00180015', '00400244', '00400245'],
      instance: ['00080018', '00080016', '00200013'],
    };
    const KEYS_ASKED: Readonly<Record<Level, readonly string[]>> = {
      study: KEYS.study,
      series: [...KEYS.series, '0020000D', '00080020', '00100010', '00100020'],
      instance: [...KEYS.instance, '00080060', '0020000E', '00080020', '00100010', '00100020'],
    };
    const PER_KEY = 6;

    /** Questions made of the values that are there. */
    function questions(rows: readonly Row[], key: string): { vr: string; queries: string[] } {
      const vr = rows.find((row) => row[key] !== undefined)?.[key]?.vr ?? 'LO';
      const values = [...new Set(rows.flatMap((row) => textsOf(row[key])))]
        .filter((text) => /[\p{L}\p{N}]/u.test(text) && !text.includes('\\'))
        .map((text) => (vr === 'DA' || vr === 'TM' ? withoutSeparators(text, vr) : text))
        .sort();
      // Evenly over all that there are: ours first in no order of theirs.
      const some = values.filter((_, i) => i % Math.ceil(values.length / PER_KEY) === 0);
      const queries = some.flatMap((value) => {
        if (vr === 'DA' || vr === 'TM')
          return [
            value,
            `${value}-`,
            `-${value}`,
            `${value.slice(0, 2)}${vr === 'DA' ? '000101' : ''}-${value}`,
          ];
        if (vr === 'UI' || vr === 'IS') return [value];
        return [
          value,
          `${value.slice(0, 3)}*`,
          `*${value.slice(-3)}`,
          `${value.slice(0, 2)}?${value.slice(3)}`,
          value.toLowerCase(),
          value.toUpperCase(),
        ];
      });
      if (vr === 'UI') queries.push(some.join(','));
      if (vr === 'CS') queries.push(some.slice(0, 2).join(','));
      if (vr !== 'UI' && vr !== 'DA' && vr !== 'TM' && vr !== 'IS') queries.push('*', 'none such');
      return { vr, queries: [...new Set(queries)].filter((query) => query.length > 0) };
    }

    /** Orthanc 1.10 reads few percent-escapes of a query: what needs them is asked of us alone. */
    const isPlain = (query: string): boolean => /^[\w\-.*?^=,]+$/.test(query);

    test.for(['study', 'series', 'instance'] as const)(
      '%s: the same matches, or the difference that the clause decides',
      async (level) => {
        const wrong: string[] = [];
        const unexplained: string[] = [];
        let [asked, compared] = [0, 0];
        for (const key of KEYS_ASKED[level]) {
          const { vr, queries } = questions(everything[level], key);
          for (const query of queries) {
            asked += 1;
            const judged = (dialect?: Dialect) =>
              uidsOf(
                everything[level].filter((row) => isMatch(row[key], vr, query, dialect)),
                level,
              );
            const answer = await ask(
              ours,
              `${PATH[level]}?limit=1000&fuzzymatching=false&${key}=${encodeURIComponent(query)}`,
            );
            if (answer.status !== 200 || uidsOf(answer.rows, level).join() !== judged().join())
              wrong.push(`${key}=${query}: ${answer.status} ${answer.rows.length}, not ${judged().length}`);
            // To Orthanc an asterisk alone asks for a value at most levels; PS3.4 C.2.2.2.4 makes it universal matching.
            if (!isPlain(query) || query === '*') continue;
            compared += 1;
            const other = await ask(orthanc, `${PATH[level]}?limit=1000&${key}=${query}`);
            const expected = judged(orthancOf(key)).filter((uid) => inBoth[level].has(uid));
            if (shared(other.rows, level).join() !== expected.join())
              unexplained.push(`${key}=${query}: ${other.rows.length}, expected ${expected.length}`);
          }
        }
        expect(wrong).toEqual([]);
        expect(unexplained).toEqual([]);
        expect(asked).toBeGreaterThan(50);
        expect(compared).toBeGreaterThan(asked / 3);
      },
    );

    test('below a study and a series, with a key beside', async () => {
      const wrong: string[] = [];
      for (const { study, series } of common.filter((_, i) => i % 8 === 0)) {
        for (const [path, level] of [
          [`/studies/${study}/series`, 'series'],
          [`/studies/${study}/instances`, 'instance'],
          [`/studies/${study}/series/${series}/instances`, 'instance'],
          [`/studies/${study}/series?Modality=MR`, 'series'],
          [`/studies/${study}/instances?InstanceNumber=1`, 'instance'],
          [`/series?StudyInstanceUID=${study}`, 'series'],
          [`/instances?SeriesInstanceUID=${series}`, 'instance'],
        ] as const) {
          const [a, b] = await Promise.all([ask(ours, path), ask(orthanc, path)]);
          if (shared(a.rows, level).join() !== shared(b.rows, level).join()) wrong.push(path);
        }
      }
      expect(wrong).toEqual([]);
    });

    test('pages tile the whole, without gap and without overlap', async () => {
      for (const level of ['study', 'series', 'instance'] as const) {
        for (const target of [ours, orthanc]) {
          const pages: string[] = [];
          for (let offset = 0; ; offset += 7) {
            const { rows } = await ask(target, `${PATH[level]}?limit=7&offset=${offset}`);
            pages.push(...rows.map((row) => firstOf(row, UID[level])));
            if (rows.length < 7) break;
          }
          expect(new Set(pages).size).toBe(pages.length);
          expect(pages.filter((uid) => inBoth[level].has(uid))).toHaveLength(inBoth[level].size);
        }
      }
    });

    /** What PS3.18 tables 10.6.3-3 to -5 require, and Orthanc gives too. */
    const REQUIRED: Readonly<Record<Level, readonly string[]>> = {
      study: [
        '00080020',
        '00080030',
        '00080050',
        '00080061',
        '00080090',
        '00100010',
        '00100020',
        '00100030',
        '00100040',
        '0020000D',
        '00200010',
        '00201206',
        '00201208',
      ],
      series: ['00080060', '0008103E', '0020000E', '00200011', '00201209'],
      instance: ['00080016', '00080018', '00200013', '00280010', '00280011', '00280100'],
    };
    /** Required too; Orthanc leaves them out. */
    const ALSO: Readonly<Record<Level, readonly string[]>> = {
      study: ['00080056', '00081190'],
      series: ['00081190'],
      instance: ['00080056', '00081190'],
    };

    test.for(['study', 'series', 'instance'] as const)('%s: the required attributes agree', async (level) => {
      const [{ rows: mine }, { rows: other }] = await Promise.all([
        ask(ours, `${PATH[level]}?limit=1000`),
        ask(orthanc, `${PATH[level]}?limit=1000`),
      ]);
      const theirs = new Map(other.map((row) => [firstOf(row, UID[level]), row]));
      const wrong: string[] = [];
      for (const row of mine) {
        const uid = firstOf(row, UID[level]);
        for (const key of ALSO[level]) if (firstOf(row, key) === '') wrong.push(`${uid} lacks ${key}`);
        const beside = theirs.get(uid);
        if (beside === undefined) continue;
        for (const key of REQUIRED[level]) {
          const [a, b] = [row[key], beside[key]];
          if (a === undefined && b === undefined) continue;
          if (a === undefined) wrong.push(`${uid} ${key} only there`);
          else if (b !== undefined && !sameValues(a, b) && explanationOf(key, a, b, row) === undefined)
            wrong.push(`${uid} ${key}: ${JSON.stringify(a)} ${JSON.stringify(b)}`);
        }
      }
      expect(wrong).toEqual([]);
    });

    test('includefield brings what is asked for', async () => {
      for (const field of ['StudyDescription', '00081030', 'all']) {
        const [a, b] = await Promise.all([
          ask(ours, `/studies?limit=1000&includefield=${field}`),
          ask(orthanc, `/studies?limit=1000&includefield=${field}`),
        ]);
        const theirs = new Map(b.rows.map((row) => [firstOf(row, UID.study), row]));
        for (const row of a.rows) {
          const beside = theirs.get(firstOf(row, UID.study))?.['00081030'];
          if (beside !== undefined)
            expect(textsOf(row['00081030']).map((t) => t.trim())).toEqual(
              textsOf(beside).map((t) => t.trim()),
            );
        }
        expect(a.rows.some((row) => firstOf(row, '00081030') === 'Lumbar spine')).toBe(true);
      }
    });
  });

  describe('WADO-RS', () => {
    test('metadata: value by value, but for what the table lists', async () => {
      const unexplained: string[] = [];
      const used = new Set<string>();
      for (const { study, series, instance } of common) {
        const path = `/studies/${study}/series/${series}/instances/${instance}`;
        const [a, b] = await Promise.all([ask(ours, `${path}/metadata`), ask(orthanc, `${path}/metadata`)]);
        expect([a.status, a.rows.length, b.rows.length]).toEqual([200, 1, 1]);
        if (SECOND_CONTENT.has(instance)) continue;
        for (const { key, x, y } of differencesOf(a.rows[0] as Row, b.rows[0] as Row)) {
          const why = explanationOf(key, x, y, a.rows[0] as Row);
          if (why === undefined) unexplained.push(`${instance} ${key} ${brief(x)} ${brief(y)}`);
          else used.add(why);
        }
      }
      expect(unexplained).toEqual([]);
      // A line of the table that nothing needs any more is to be taken out.
      if (dataFolder !== undefined)
        expect([...used].sort()).toEqual(DIFFERENCES.map(({ why }) => why).sort());
    });

    test('instances come back with the same bytes behind the preamble', async () => {
      for (const { study, series, instance } of common) {
        const path = `/studies/${study}/series/${series}/instances/${instance}`;
        const [a, b] = await Promise.all([ours, orthanc].map((each) => retrieve(each, path, AS_KEPT)));
        expect([a?.status, a?.parts.length]).toEqual([200, 1]);
        if (SECOND_CONTENT.has(instance)) continue;
        expect(a?.parts[0]?.subarray(128).equals(b?.parts[0]?.subarray(128) as Buffer), instance).toBe(true);
        expect(a?.parts[0]?.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
      }
    });

    test('a study and a series hold what they hold there', async () => {
      for (const { study, series } of common.filter((_, i) => i % 12 === 0)) {
        for (const path of [`/studies/${study}`, `/studies/${study}/series/${series}`]) {
          const [a, b] = await Promise.all([ours, orthanc].map((each) => retrieve(each, path, AS_KEPT)));
          const contents = (parts: readonly Buffer[] = []) =>
            parts.map((part) => part.subarray(128).toString('base64')).sort();
          if (![...SECOND_CONTENT].some((uid) => common.find((c) => c.instance === uid)?.study === study))
            expect(contents(a?.parts)).toEqual(contents(b?.parts));
        }
      }
    });

    test('frames, uncompressed: equal where the compression loses nothing', async () => {
      let compared = 0;
      const unlike: string[] = [];
      for (const { study, series, instance } of common) {
        const path = `/studies/${study}/series/${series}/instances/${instance}/frames/1`;
        const accept = 'multipart/related; type="application/octet-stream"';
        const [a, b] = await Promise.all([ours, orthanc].map((each) => retrieve(each, path, accept)));
        // Debian's Orthanc decodes no JPEG 2000, and no RLE of 32 bits.
        if (b?.status !== 200 || b.parts[0] === undefined) continue;
        compared += 1;
        expect([a?.status, a?.parts[0]?.length], instance).toEqual([200, b.parts[0].length]);
        if (!a?.parts[0]?.equals(b.parts[0])) unlike.push(instance);
      }
      expect(compared).toBeGreaterThan(dataFolder === undefined ? 10 : 60);
      // JPEG that loses: PS3.5 8.2.1 leaves the last bit to the decoder; ours is held to three others in conformance/pixels.
      expect(unlike.filter((uid) => !LOSSY.has(uid) && !SECOND_CONTENT.has(uid))).toEqual([]);
    });

    test('private bulk data that are fetched apart', async () => {
      const [row] = everything.instance.filter((each) => firstOf(each, '00100020') === 'V-1');
      const instance = `/studies/${firstOf(row as Row, UID.study)}/series/${firstOf(row as Row, UID.series)}/instances/${firstOf(row as Row, UID.instance)}`;
      const bytes = await Promise.all(
        [ours, orthanc].map(async (each) => {
          const [metadata] = (await ask(each, `${instance}/metadata`)).rows;
          const uri = metadata?.['00291001']?.BulkDataURI as string;
          const path = uri.slice(uri.indexOf('/studies/'));
          return (await retrieve(each, path, 'multipart/related; type="application/octet-stream"')).parts[0];
        }),
      );
      expect(bytes[0]).toHaveLength(2000);
      expect(bytes[1]?.equals(bytes[0] as Buffer)).toBe(true);
    });
  });

  describe('STOW-RS and delete', () => {
    const pathOf = ({ studyUid, seriesUid, sopUid }: ReturnType<typeof mrFile>) =>
      `/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;

    test('a resend succeeds in both; other content under the UID is refused by us and lost by Orthanc', async () => {
      const first = mrFile({ patientName: 'First^One' });
      const other = mrFile({ ...first, patientName: 'Other^One' });
      for (const target of [ours, orthanc]) {
        expect((await stowFiles(target, [first.bytes])).stored).toEqual([first.sopUid]);
        expect((await stowFiles(target, [first.bytes])).stored).toEqual([first.sopUid]);
      }
      // PS3.18 10.5.3: a Store Instances Response tells of each failure. Orthanc says "stored" and keeps the first.
      const [a, b] = [await stowFiles(ours, [other.bytes]), await stowFiles(orthanc, [other.bytes])];
      expect([a.status, a.stored, a.failed.get(first.sopUid)]).toEqual([409, [], 272]);
      expect([b.status, b.stored]).toEqual([200, [first.sopUid]]);
      for (const target of [ours, orthanc]) {
        const { parts } = await retrieve(target, pathOf(first), AS_KEPT);
        expect(parts[0]?.subarray(128).equals(first.bytes.subarray(128))).toBe(true);
      }
    });

    test('an instance of another study than the request names is refused in both', async () => {
      const [mine, stray] = [mrFile(), mrFile()];
      const [a, b] = [
        await stowFiles(ours, [mine.bytes, stray.bytes], `/studies/${mine.studyUid}`),
        await stowFiles(orthanc, [mine.bytes, stray.bytes], `/studies/${mine.studyUid}`),
      ];
      expect([a.status, a.stored, [...a.failed.keys()]]).toEqual([202, [mine.sopUid], [stray.sopUid]]);
      expect(a.failed.get(stray.sopUid)).toBe(0xa900);
      expect([b.stored, [...b.failed.keys()]]).toEqual([[mine.sopUid], [stray.sopUid]]);
      for (const target of [ours, orthanc])
        expect((await ask(target, `/studies/${stray.studyUid}/instances`)).rows).toEqual([]);
    });

    test('what is no DICOM is refused in both', async () => {
      for (const target of [ours, orthanc]) {
        const { status, stored } = await stowFiles(target, [Buffer.from('no DICOM at all')]);
        expect([status >= 400 && status < 500, stored]).toEqual([true, []]);
      }
    });

    test('what is deleted is gone, at each level, and nothing beside it', async () => {
      const [a, b] = [mrFile(), mrFile()];
      const c = mrFile({ studyUid: a.studyUid, seriesUid: a.seriesUid });
      const d = mrFile({ studyUid: a.studyUid });
      await stowFiles(
        ours,
        [a, b, c, d].map(({ bytes }) => bytes),
      );
      const left = async () =>
        (
          await Promise.all(
            [a, b, c, d].map(async (file) => (await ask(ours, `${pathOf(file)}/metadata`)).status === 200),
          )
        ).map(Number);
      const remove = async (path: string) =>
        (await fetch(ours.root + path, { method: 'DELETE', headers: ours.headers })).status;
      expect([await remove(pathOf(a)), await left()]).toEqual([204, [0, 1, 1, 1]]);
      expect(await remove(pathOf(a))).toBe(404);
      expect([await remove(`/studies/${a.studyUid}/series/${a.seriesUid}`), await left()]).toEqual([
        204,
        [0, 1, 0, 1],
      ]);
      expect([await remove(`/studies/${a.studyUid}`), await left()]).toEqual([204, [0, 1, 0, 0]]);
      expect((await ask(ours, `/studies?StudyInstanceUID=${a.studyUid}`)).rows).toEqual([]);
      // Deleted is not refused: it can be stored again.
      expect((await stowFiles(ours, [a.bytes])).stored).toEqual([a.sopUid]);
    });
  });
});

/** Two files of the corpus have this UID, and Orthanc refuses the first: its VRs are implicit where its meta information says explicit. */
const SECOND_CONTENT = new Set(['1.2.826.0.1.3680043.8.498.13002811185086637637347356263722492924']);
/** JPEG baseline and extended. */
const LOSSY = new Set(['1.3.6.1.4.1.5962.1.1.8.1.5.20040826185059.5457']);

interface Difference {
  readonly key: string;
  readonly x: Element | undefined;
  readonly y: Element | undefined;
}

/** Leaves at which two data sets differ, within sequences too. */
function differencesOf(a: Row, b: Row): Difference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((key): Difference[] => {
    const [x, y] = [a[key], b[key]];
    if (x !== undefined && y !== undefined && sameValues(x, y)) return [];
    const [items, others] = [x?.Value ?? [], y?.Value ?? []] as [Row[], Row[]];
    if (x?.vr === 'SQ' && y?.vr === 'SQ' && items.length === others.length)
      return items.flatMap((item, i) => differencesOf(item ?? {}, others[i] ?? {}));
    return [{ key, x, y }];
  });
}

/** Trailing blanks are padding (PS3.5 6.2); a group of a name that is empty is one that is absent (PS3.18 F.2.2). */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.trimEnd();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, text]) => text !== ''));
}

/** Binary values count as equal here: how they are carried is the server's choice (F.2.6, F.2.7); bytes are compared apart. */
const binary = (element: Element): boolean =>
  element.InlineBinary !== undefined || element.BulkDataURI !== undefined;

const sameValues = (a: Element, b: Element): boolean =>
  a.vr === b.vr &&
  (JSON.stringify((a.Value ?? []).map(plain)) === JSON.stringify((b.Value ?? []).map(plain)) ||
    (binary(a) && binary(b)));

interface Explained {
  readonly why: string;
  holds(key: string, ours: Element | undefined, theirs: Element | undefined, row: Row): boolean;
}

/** Where we differ, and by what we may. */
const DIFFERENCES: readonly Explained[] = [
  {
    why: 'PS3.18 F.2.1: the text is in UTF-8, so Specific Character Set says ISO_IR 192; Orthanc repeats that of the file',
    holds: (key, ours) => key === '00080005' && (ours === undefined || textsOf(ours).join() === 'ISO_IR 192'),
  },
  {
    why: 'PS3.18 F.2.7: bulk data are pointed to; Orthanc leaves encapsulated pixel data out',
    holds: (key, ours, theirs) =>
      key === '7FE00010' && ours?.BulkDataURI !== undefined && theirs === undefined,
  },
  {
    why: 'PS3.5 6.1.2.5: code extensions (ISO 2022) within a name; Orthanc gives their escape codes as letters',
    holds: (key, ours, theirs) =>
      key === '00100010' && ours?.vr === 'PN' && /[$;]/.test(textsOf(theirs).join()),
  },
  {
    why: 'PS3.5 6.1.2.3: a backslash parts values whatever ISO_IR 13 shows in its place; Orthanc gives one value with a yen sign',
    holds: (_, ours, theirs) => ours?.vr === 'CS' && textsOf(theirs).join() === textsOf(ours).join('\u00a5'),
  },
  {
    why: 'PS3.5 6.2: a backslash in UT is a letter; Orthanc takes what stands before it for the value',
    holds: (_, ours, theirs) =>
      ours?.vr === 'UT' &&
      textsOf(ours)
        .join()
        .startsWith(`${textsOf(theirs)[0]}\\`),
  },
  {
    why: 'PS3.18 F.2.3: IS and DS are numbers or texts; Orthanc gives none where DCMTK finds them malformed',
    holds: (_, ours, theirs) =>
      ['IS', 'DS'].includes(ours?.vr ?? '') && (ours?.Value ?? []).length > 0 && theirs?.Value?.length === 0,
  },
  {
    why: 'PS3.18 F.2.3: FL is the number that the file has; Orthanc rounds the smallest to zero',
    holds: (_, ours, theirs) =>
      ours?.vr === 'FL' &&
      (ours.Value ?? []).every((value, i) => Math.abs(Number(value) - Number(theirs?.Value?.[i])) < 1e-6),
  },
  {
    why: 'PS3.18 F.2.2: the VR is that of the file, UN; Orthanc reads private creators as LO',
    holds: (key, ours, theirs) => ours?.vr === 'UN' && theirs?.vr === 'LO' && /^.{3}[13579BDF]00/.test(key),
  },
];

const explanationOf = (key: string, x: Element | undefined, y: Element | undefined, row: Row) =>
  DIFFERENCES.find(({ holds }) => holds(key, x, y, row))?.why;

const brief = (element: Element | undefined): string => (JSON.stringify(element) ?? 'absent').slice(0, 120);
