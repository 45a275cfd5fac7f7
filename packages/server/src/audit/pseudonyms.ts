/** The audit without its patients: who and what is replaced by keyed hashes. The chain itself is never changed. */
import { canonicalJson } from './chain.ts';
import type { AuditRecord } from './event.ts';
import type { ChainedRecord } from './search.ts';

/** A hash that only the holder of the key can make: the same text, the same hash. */
export type KeyedHash = (text: string) => string;

const UID = /^\d+(\.\d+){3,}$/;

/** `hash` and `previous` stay those of the record as it stands in the chain. */
export function pseudonymised(given: ChainedRecord, keyedHash: KeyedHash): ChainedRecord {
  const { patientKey, studyUid, detail, ...rest } = given.record;
  const record: AuditRecord = {
    ...rest,
    ...(patientKey === undefined ? {} : { patientKey: keyedHash(patientKey) }),
    ...(studyUid === undefined ? {} : { studyUid: keyedHash(studyUid) }),
    ...(detail === undefined ? {} : { detail: Object.fromEntries(Object.entries(detail).map(hashed)) }),
  };
  return { ...given, record, body: canonicalJson(record) };

  function hashed([name, value]: [string, NonNullable<AuditRecord['detail']>[string]]) {
    if (typeof value === 'string') return [name, UID.test(value) ? keyedHash(value) : value] as const;
    if (Array.isArray(value)) return [name, value.map((v) => (UID.test(v) ? keyedHash(v) : v))] as const;
    return [name, value] as const;
  }
}

export async function* pseudonymisedPages(
  pages: AsyncIterable<readonly ChainedRecord[]>,
  keyedHash: KeyedHash,
): AsyncGenerator<readonly ChainedRecord[]> {
  for await (const page of pages) yield page.map((one) => pseudonymised(one, keyedHash));
}

/** NDJSON: each record with its hashes, the record as the bytes that were hashed. */
export async function* chainLines(
  pages: AsyncIterable<readonly ChainedRecord[]>,
): AsyncGenerator<Uint8Array> {
  for await (const page of pages)
    yield Buffer.from(
      page
        .map(({ body, hash, previous }) => `{"hash":"${hash}","previous":"${previous}","record":${body}}\n`)
        .join(''),
    );
}
