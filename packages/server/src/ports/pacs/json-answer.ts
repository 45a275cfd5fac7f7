/** DICOM JSON answers (PS3.18 annex F) of a PACS that may send anything. */
import type { Answer } from './exchange.ts';
import { PacsAnswerUnusable } from './faults.ts';

export const DICOM_JSON = 'application/dicom+json';

export type JsonRow = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is JsonRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The data sets of an answer. @throws PacsAnswerUnusable, PacsUnavailable */
export async function rowsOf(answer: Answer): Promise<JsonRow[]> {
  const value = await jsonOf(answer);
  const rows = Array.isArray(value) ? value : [value];
  if (!rows.every(isRow)) throw new PacsAnswerUnusable('The PACS answers with JSON that is no DICOM.');
  return rows;
}

async function jsonOf(answer: Answer): Promise<unknown> {
  if (!/^application\/(dicom\+)?json\b/i.test(answer.contentType)) {
    answer.discard();
    throw new PacsAnswerUnusable('The PACS answers with something else than DICOM JSON.');
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // Without the cause: a parser quotes what it cannot read.
    throw new PacsAnswerUnusable('The PACS answers with what is no JSON.');
  }
}

/** The first value of an attribute; nothing where it is absent or of a form that no attribute has. */
export function firstOf(row: JsonRow, key: string): unknown {
  const element = row[key];
  const values = isRow(element) ? element.Value : undefined;
  return Array.isArray(values) ? values[0] : undefined;
}

/** Items of a sequence. */
export function itemsOf(row: JsonRow, key: string): JsonRow[] {
  const element = row[key];
  const values = isRow(element) ? element.Value : undefined;
  return Array.isArray(values) ? values.filter(isRow) : [];
}
