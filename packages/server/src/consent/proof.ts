/** The document that says what was erased and that it is gone. It holds nothing by which the patient is known. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/index.ts';
import type { Blobs } from '../ports/blobs/index.ts';
import type { Database } from '../ports/database/index.ts';
import { type Absence, searchEverywhere } from './absence.ts';
import { copiesLeftInPacs, type Erased, keepProof } from './erasure-rows.ts';
import type { Needles } from './needles.ts';

/** Kept from the commit on. */
export interface ErasureRecord extends Erased {
  readonly erasureId: string;
  readonly at: string;
  /** As the audit names who did it. */
  readonly by: string;
  readonly reason: string;
  readonly target: 'patient' | 'study';
  /** Keyed hashes: who holds the key and knows the patient can tell that it was this one. */
  readonly patientHash: string;
  readonly studyHashes: readonly string[];
  /** Nothing of the patient is held any more. */
  readonly patientGone: boolean;
}

export interface ErasureProof {
  readonly kind: 'promontory-erasure-proof';
  readonly erasure: ErasureRecord;
  readonly verifiedAt: string;
  /**
   * `uids`: other studies of the patient are held, so name and ID are rightly there. After an interruption only what
   * the audit knows could be searched for.
   */
  readonly searchedFor: 'uids-and-identity' | 'uids' | 'study-uids-and-patient-key';
  readonly database: Absence;
  readonly files: { readonly absent: number; readonly stillThere: readonly string[] };
  /** Images of which the PACS that is the archive has its own copies still: neither shown here nor fetched again. */
  readonly copiesInPacs: number;
  /** Nothing unexplained is left in the database, none of the files, and no copy in the PACS. */
  readonly complete: boolean;
  /** What the proof does not cover. */
  readonly remarks: readonly string[];
  /** SHA-256 of all the above as canonical JSON. */
  readonly digest: string;
}

const AUDIT_KEPT =
  'The audit trail is kept by law and cannot be altered: it still holds the patient key and the study UIDs of what was done. Its exports give keyed hashes in their place on request.';
const BACKUPS = 'Backups, and copies that were exported or sent before, are not reached.';
const SPACE =
  'The database frees the space of deleted rows when it is next vacuumed; until then their bytes may lie in its files.';
const ELSEWHERE =
  'Some of it also stands in records of other studies, which were not to be erased: of people with the same name or ID, or references between studies.';
const TOO_SHORT =
  'A name or ID of fewer than four characters stands in many places by chance: the patient key was searched for instead.';
const IN_PACS =
  'The PACS still holds its own copies of these images. They are neither shown here nor fetched again; whoever runs the PACS must delete them there.';
const SHARED = 'Files that another study uses, byte for byte the same, were left.';

export async function prove(
  ports: { readonly database: Database; readonly blobs: Blobs; readonly now: () => Date },
  erasure: ErasureRecord,
  needles: Needles,
  searchedFor: ErasureProof['searchedFor'],
): Promise<ErasureProof> {
  const { database, blobs, now } = ports;
  const found = await searchEverywhere(database, needles);
  const gone = erasure.hashes.filter((hash) => !erasure.shared.includes(hash));
  const stillThere: string[] = [];
  for (const hash of gone) if (await blobs.has(hash)) stillThere.push(hash);
  const copiesInPacs = await copiesLeftInPacs(database, gone);
  const unproven = {
    kind: 'promontory-erasure-proof',
    erasure,
    verifiedAt: now().toISOString(),
    searchedFor,
    database: found,
    files: { absent: gone.length - stillThere.length, stillThere },
    copiesInPacs,
    complete:
      stillThere.length === 0 &&
      copiesInPacs === 0 &&
      found.remnants.every(({ why }) => why !== 'unexplained'),
    remarks: [
      AUDIT_KEPT,
      BACKUPS,
      SPACE,
      ...(found.remnants.some(({ why }) => why === 'another-study') ? [ELSEWHERE] : []),
      ...(needles.tooShort > 0 ? [TOO_SHORT] : []),
      ...(erasure.shared.length > 0 ? [SHARED] : []),
      ...(copiesInPacs > 0 ? [IN_PACS] : []),
    ],
  } as const;
  const proof: ErasureProof = { ...unproven, digest: digestOf(unproven) };
  await keepProof(database, erasure.erasureId, canonicalJson(proof));
  return proof;
}

const digestOf = (document: object): string =>
  createHash('sha256').update(canonicalJson(document)).digest('hex');

/** Whether a proof is the one that was made. */
export function isIntact({ digest, ...rest }: ErasureProof): boolean {
  return digestOf(rest) === digest;
}
