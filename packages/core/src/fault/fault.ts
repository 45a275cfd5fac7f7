/**
 * The closed set of things that can go wrong while reading a study.
 * Adding a code means: document it in docs/errors.md and map it to an exit code in the command line.
 */
export type FaultCode =
  /** The bytes are not a DICOM data set (or not the format they claim to be). */
  | 'NOT_RECOGNISED'
  /** The bytes end before a declared length does. */
  | 'TRUNCATED'
  /** The bytes contradict their own structure. */
  | 'MALFORMED'
  /** A cap was reached: nesting depth, element count, inflated size, ratio, pixel count. */
  | 'LIMIT_EXCEEDED'
  /** Valid, but of a kind that we do not read (transfer syntax, datatype). */
  | 'UNSUPPORTED'
  /** The pixel data does not fit Rows × Columns × … . */
  | 'PIXELS_INCONSISTENT'
  /** Every pixel of a series has the same value. */
  | 'PIXELS_CONSTANT'
  /** Nothing that could be read was found at the path. */
  | 'NOTHING_FOUND'
  /** Images were found, but none is a magnetic resonance image. */
  | 'NOT_MR'
  /** No sagittal series that can be read as a lumbar spine. */
  | 'NO_SAGITTAL_SERIES'
  /** The images do not look like a lumbar spine. */
  | 'NOT_LUMBAR'
  /** More than one patient or study; the caller must choose. */
  | 'AMBIGUOUS_STUDY'
  /** The output folder is not empty, or cannot be written. */
  | 'OUTPUT_REFUSED'
  /** A model file is missing or is not the one its card describes. */
  | 'MODEL_UNAVAILABLE'
  /** The server will not start as it is set. */
  | 'START_REFUSED'
  /** Index, bytes or audit of the archive do not agree. */
  | 'ARCHIVE_DAMAGED'
  /** Every object was refused by the de-identification. */
  | 'DEIDENTIFICATION_REFUSED'
  /** The key of the de-identification is malformed, open to others, or lies where it would be passed on. */
  | 'KEY_REFUSED'
  /** The command line was not understood. */
  | 'USAGE';

/** Fields that help to find the place. Never patient data (house style 7). */
export interface FaultFields {
  /** Byte offset in the input where the fault was noticed. */
  readonly offset?: number;
  /** Attribute in question, as `(gggg,eeee)`. */
  readonly tag?: string;
  /** What to do next, one sentence. */
  readonly advice?: string;
  /** Choices offered to the caller, e.g. StudyInstanceUIDs. */
  readonly choices?: readonly string[];
  readonly cause?: unknown;
}

/** The one error class of core. `code` says what, `message` says it in words without patient data. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly offset: number | undefined;
  readonly tag: string | undefined;
  readonly advice: string | undefined;
  readonly choices: readonly string[] | undefined;

  constructor(code: FaultCode, message: string, fields: FaultFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = code;
    this.offset = fields.offset;
    this.tag = fields.tag;
    this.advice = fields.advice;
    this.choices = fields.choices;
  }
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}
