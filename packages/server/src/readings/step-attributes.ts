/**
 * What clients say of a procedure step, in the DICOM JSON model (PS3.18 annex F): read strictly, for it is stored and
 * given back to others. Attributes that are not kept are left out, and the answer says so.
 */
import {
  DataSetBuilder,
  type JsonDataSet,
  type JsonElement,
  type JsonName,
  type Vr,
  vrOf,
} from '@promontory/core/dicom';
import { isFault } from '@promontory/core/fault';
import { malformed } from './worklist-refused.ts';

const MOST_DEEP = 8;
const LONGEST_TEXT = 10_240;
const MOST_VALUES = 1_000;

const NUMBERS: readonly Vr[] = ['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'UV', 'SV'];
const EITHER: readonly Vr[] = ['DS', 'IS'];
const BINARY: readonly Vr[] = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'];

export interface ReadDataSet {
  readonly dataSet: JsonDataSet;
  /** Something was left out: private and unknown attributes, binary values. */
  readonly isCut: boolean;
}

/**
 * One data set, alone or as the only member of a list.
 * @throws WorklistRefused malformed
 */
export function readStepDataSet(json: unknown): ReadDataSet {
  const given = Array.isArray(json) && json.length === 1 ? json[0] : json;
  const cut = { isCut: false };
  return { dataSet: dataSetOf(given, 0, cut), isCut: cut.isCut };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function dataSetOf(json: unknown, depth: number, cut: { isCut: boolean }): JsonDataSet {
  if (!isObject(json)) throw malformed('The body is no data set in DICOM JSON.');
  if (depth > MOST_DEEP) throw malformed('The data set is nested too deeply.');
  const out: JsonDataSet = {};
  for (const [name, element] of Object.entries(json)) {
    if (!/^[0-9A-Fa-f]{8}$/.test(name) || !isObject(element))
      throw malformed('The body is no data set in DICOM JSON.');
    const key = name.toUpperCase();
    const vr = vrOf(Number.parseInt(key, 16));
    if (vr === undefined || BINARY.includes(vr) || 'BulkDataURI' in element) cut.isCut = true;
    else out[key] = elementOf(key, vr, element, depth, cut);
  }
  return out;
}

function elementOf(
  key: string,
  vr: Vr,
  element: Record<string, unknown>,
  depth: number,
  cut: { isCut: boolean },
): JsonElement {
  if (element.vr !== undefined && element.vr !== vr) throw malformed(`Attribute ${key} has another VR.`);
  const { Value: values } = element;
  if (values === undefined) return { vr };
  if (!Array.isArray(values) || values.length > MOST_VALUES)
    throw malformed(`Attribute ${key} is no list of values.`);
  if (values.length === 0) return { vr };
  if (vr === 'SQ') return { vr, Value: values.map((value) => dataSetOf(value, depth + 1, cut)) };
  const read = values.map((value) => leafOf(key, vr, value));
  demandFit(key, vr, read);
  return { vr, Value: read };
}

type Leaf = string | number | JsonName | null;

function leafOf(key: string, vr: Vr, value: unknown): Leaf {
  if (value === null) return null;
  const isText = typeof value === 'string' && value.length <= LONGEST_TEXT && !value.includes('\0');
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (vr === 'PN') {
    const names = isObject(value) ? Object.entries(value) : [];
    const fits = ([kind, name]: [string, unknown]) =>
      ['Alphabetic', 'Ideographic', 'Phonetic'].includes(kind) &&
      typeof name === 'string' &&
      name.length <= LONGEST_TEXT &&
      !/[\0=]/.test(name);
    if (isObject(value) && names.every(fits)) return Object.fromEntries(names) as JsonName;
  } else if (NUMBERS.includes(vr) ? isNumber : EITHER.includes(vr) ? isNumber || isText : isText)
    return value as string | number;
  throw malformed(`Attribute ${key} has a value that its VR has not.`);
}

/** Length and letters are those of the VR (PS3.5 6.2): what is given back can be written as a file. */
function demandFit(key: string, vr: Vr, values: readonly Leaf[]): void {
  const text = (value: Leaf): string =>
    value === null
      ? ''
      : typeof value === 'object'
        ? [value.Alphabetic, value.Ideographic, value.Phonetic]
            .map((name) => name ?? '')
            .join('=')
            .replace(/=+$/, '')
        : `${value}`;
  try {
    const written = NUMBERS.includes(vr) ? values.map(Number) : values.map(text);
    new DataSetBuilder().set(Number.parseInt(key, 16), written, vr).build();
  } catch (error) {
    if (!isFault(error)) throw error;
    throw malformed(`Attribute ${key} has a value that its VR has not.`);
  }
}

/** The first value as text, without the blanks around it. */
export function textOf(dataSet: JsonDataSet, key: string): string | undefined {
  const value = dataSet[key]?.Value?.[0];
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? `${value}` : '';
  return text === '' ? undefined : text;
}

export const itemsOf = (dataSet: JsonDataSet, key: string): readonly JsonDataSet[] =>
  (dataSet[key]?.Value ?? []).filter(isObject) as JsonDataSet[];

const DATE_TIME = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?([+-]\d{4})?$/;

/**
 * DT (PS3.5 6.2), to the day at least.
 * @param offset Timezone Offset From UTC (0008,0201) of the data set; without either it is UTC, as in what we answer
 * @throws WorklistRefused malformed
 */
export function dateTimeOf(text: string, offset: string | undefined): Date {
  const [, year, month, day, hour = '00', minute = '00', second = '00', , zone] = DATE_TIME.exec(text) ?? [];
  const away = /^([+-])(\d{2})(\d{2})$/.exec(zone ?? offset ?? '+0000');
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (away === null || Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(day))
    throw malformed('A date or time is malformed.');
  const minutes = Number(away[2]) * 60 + Number(away[3]);
  return new Date(at.getTime() - (away[1] === '-' ? -minutes : minutes) * 60_000);
}
