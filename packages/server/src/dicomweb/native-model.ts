/** The Native DICOM Model in XML (PS3.19 annex A.1), made from the JSON model, for `application/dicom+xml`. */
import { type JsonDataSet, type JsonElement, type JsonName, keywordOf } from '@promontory/core/dicom';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** What XML 1.0 has no place for, escaped or not (section 2.2). */
const FORBIDDEN = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const text = (value: string): string =>
  value.replace(FORBIDDEN, '').replace(/[&<>"']/g, (character) => ESCAPES[character]);

export const nativeModel = (dataSet: JsonDataSet): Uint8Array =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xml:space="preserve">${attributes(dataSet)}</NativeDicomModel>\n`,
  );

const attributes = (dataSet: JsonDataSet): string =>
  Object.entries(dataSet)
    .map(([tag, element]) => attribute(tag, element))
    .join('');

function attribute(tag: string, element: JsonElement): string {
  const keyword = keywordOf(Number.parseInt(tag, 16));
  const name = keyword === undefined ? '' : ` keyword="${keyword}"`;
  return `<DicomAttribute tag="${text(tag)}" vr="${text(element.vr)}"${name}>${content(element)}</DicomAttribute>`;
}

function content({ vr, Value, InlineBinary, BulkDataURI }: JsonElement): string {
  if (BulkDataURI !== undefined) return `<BulkData uri="${text(BulkDataURI)}"/>`;
  if (InlineBinary !== undefined) return `<InlineBinary>${text(InlineBinary)}</InlineBinary>`;
  return (Value ?? [])
    .map((value, i) => {
      const number = ` number="${i + 1}"`;
      if (vr === 'SQ') return `<Item${number}>${attributes((value ?? {}) as JsonDataSet)}</Item>`;
      if (value === null) return `<Value${number}/>`;
      if (vr === 'PN') return `<PersonName${number}>${personName(value as JsonName)}</PersonName>`;
      return `<Value${number}>${text(String(value))}</Value>`;
    })
    .join('');
}

const COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

const personName = (name: JsonName): string =>
  (['Alphabetic', 'Ideographic', 'Phonetic'] as const)
    .filter((group) => name[group] !== undefined)
    .map((group) => {
      const parts = (name[group] ?? '').split('^');
      const inner = COMPONENTS.map((component, i) =>
        parts[i] ? `<${component}>${text(parts[i])}</${component}>` : '',
      );
      return `<${group}>${inner.join('')}</${group}>`;
    })
    .join('');
