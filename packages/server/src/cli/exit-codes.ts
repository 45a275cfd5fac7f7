import type { FaultCode } from '@promontory/core/fault';

/** What the command line tells its caller. The table in docs/command-line.md and in --help is made from this. */
export const EXITS = {
  ok: { code: 0, meaning: 'done' },
  unexpected: { code: 1, meaning: 'a defect of the program' },
  usage: { code: 2, meaning: 'the command line was not understood' },
  nothing: { code: 3, meaning: 'nothing that could be read is at the path' },
  unfit: {
    code: 4,
    meaning: 'images, but none that this program reads: not MR, not lumbar, no sagittal series',
  },
  damaged: { code: 5, meaning: 'the input is damaged, or larger than the caps' },
  ambiguous: { code: 6, meaning: 'several patients or studies: choose one' },
  output: { code: 7, meaning: 'the output folder is not empty or cannot be written' },
  model: { code: 8, meaning: 'a model is missing or is not the one its card describes' },
  start: { code: 9, meaning: 'the server will not start as it is set; the line says why' },
  refused: { code: 10, meaning: 'nothing could be de-identified: every object was refused' },
  key: { code: 11, meaning: 'the key of the de-identification cannot be used' },
  archive: { code: 12, meaning: 'index, bytes or audit of the archive do not agree' },
} as const;

const EXIT_OF: Readonly<Record<FaultCode, keyof typeof EXITS>> = {
  USAGE: 'usage',
  NOTHING_FOUND: 'nothing',
  NOT_RECOGNISED: 'nothing',
  NOT_MR: 'unfit',
  NO_SAGITTAL_SERIES: 'unfit',
  NOT_LUMBAR: 'unfit',
  UNSUPPORTED: 'unfit',
  TRUNCATED: 'damaged',
  MALFORMED: 'damaged',
  PIXELS_INCONSISTENT: 'damaged',
  PIXELS_CONSTANT: 'damaged',
  LIMIT_EXCEEDED: 'damaged',
  AMBIGUOUS_STUDY: 'ambiguous',
  OUTPUT_REFUSED: 'output',
  MODEL_UNAVAILABLE: 'model',
  DEIDENTIFICATION_REFUSED: 'refused',
  KEY_REFUSED: 'key',
  START_REFUSED: 'start',
  ARCHIVE_DAMAGED: 'archive',
};

/** The one place that maps faults to exit codes. */
export const exitCodeOf = (code: FaultCode): number => EXITS[EXIT_OF[code]].code;

/** One row per exit code: the number, the error codes that lead to it, the meaning. */
export const exitTable = (): readonly (readonly [number, string, string])[] =>
  Object.entries(EXITS).map(([name, { code, meaning }]) => [
    code,
    (Object.keys(EXIT_OF) as FaultCode[]).filter((fault) => EXIT_OF[fault] === name).join(', '),
    meaning,
  ]);
