/** What is negotiated: PS3.6 table A-1, PS3.4 annexes A, B and C. */
import { FILE_SYNTAXES, TransferSyntax } from '@promontory/core/dicom';

export const VERIFICATION = '1.2.840.10008.1.1';

export type Model = 'patient' | 'study';
export type QueryVerb = 'find' | 'move' | 'get';

/** Query/Retrieve: model and verb by SOP Class UID. */
export const QUERY_CLASSES: ReadonlyMap<string, { readonly model: Model; readonly verb: QueryVerb }> =
  new Map([
    ['1.2.840.10008.5.1.4.1.2.1.1', { model: 'patient', verb: 'find' }],
    ['1.2.840.10008.5.1.4.1.2.1.2', { model: 'patient', verb: 'move' }],
    ['1.2.840.10008.5.1.4.1.2.1.3', { model: 'patient', verb: 'get' }],
    ['1.2.840.10008.5.1.4.1.2.2.1', { model: 'study', verb: 'find' }],
    ['1.2.840.10008.5.1.4.1.2.2.2', { model: 'study', verb: 'move' }],
    ['1.2.840.10008.5.1.4.1.2.2.3', { model: 'study', verb: 'get' }],
  ]);

/**
 * Every composite object that belongs to a patient's study has its class below this root, those of coming editions
 * included; what is not below it (hanging protocols, colour palettes, implant templates) belongs to no study.
 */
const STORAGE_ROOT = '1.2.840.10008.5.1.4.1.1.';

/** @param others private storage classes of the settings */
export const isStorageClass = (uid: string, others: readonly string[] = []): boolean =>
  uid.startsWith(STORAGE_ROOT) || others.includes(uid);

/** Instances are kept as they come, decoded here or not. */
export const STORED_SYNTAXES: readonly string[] = FILE_SYNTAXES;

/** Which a context is given where it proposes several: those that can be rendered and read. */
export const DECODED_SYNTAXES: readonly string[] = Object.values(TransferSyntax);

/** For commands with an identifier; the first one is every peer's default. */
export const PLAIN_SYNTAXES: readonly string[] = [
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.ExplicitVRLittleEndian,
];
