/**
 * DICOMweb (PS3.18) over the archive's gate: STOW-RS, QIDO-RS, WADO-RS, delete, capabilities. Every function answers
 * with a status, headers and a body that may be a stream; what cannot be done is thrown as a `DicomwebRefusal`.
 */
export { type Answer, DICOM, OCTETS } from './answer.ts';
export { type Capability, capabilities, GIVES } from './capabilities.ts';
export { DEFAULT_PART_LIMITS, type Part, type PartLimits, readMultipart } from './multipart-reader.ts';
export { type MultipartBody, multipartRelated, type OutgoingPart } from './multipart-writer.ts';
export type { Wanted } from './negotiate.ts';
export { DEFAULT_QUERY_LIMITS, type QueryLimits, readQuery } from './read-query.ts';
export { DicomwebRefusal, type RefusalReason } from './refusal.ts';
export { remove } from './remove.ts';
export { retrieveBulk } from './retrieve-bulk.ts';
export type { Retrieval } from './retrieve-context.ts';
export { retrieveFrames } from './retrieve-frames.ts';
export { retrieveInstances } from './retrieve-instances.ts';
export { retrieveMetadata } from './retrieve-metadata.ts';
export { retrieveRendered, retrieveThumbnail } from './retrieve-rendered.ts';
export { scopeOf } from './scope.ts';
export { search } from './search.ts';
export { STORED_TYPES, store } from './store.ts';
export { MAKEABLE } from './transfer-syntaxes.ts';
