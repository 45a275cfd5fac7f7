/** Codes of our own and of the standard that a procedure step carries. */
import { buildDataSet, type DataSet, type JsonDataSet, toDicomJson } from '@promontory/core/dicom';

export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** The one procedure that is performed here: Scheduled Workitem Code Sequence (0040,4018). */
export const LUMBAR_READING: Code = {
  value: 'LUMBAR-READING',
  scheme: '99PROMONTORY',
  meaning: 'Lumbar spine MR reading',
};

/** Performed Station Name Code Sequence (0040,4028) of what our own workers did. */
export const OUR_STATION: Code = { value: 'PROMONTORY', scheme: '99PROMONTORY', meaning: 'Promontory' };

/** PS3.16 CID 9300: our own reasons stand beside it, in Reason For Cancellation (0074,1238). */
export const UNSPECIFIED_REASON: Code = {
  value: '110513',
  scheme: 'DCM',
  meaning: 'Discontinued for unspecified reason',
};

/** An item of a code sequence: PS3.3 table 8.8-1. */
export const codeItem = ({ value, scheme, meaning }: Code): DataSet =>
  buildDataSet({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning });

export const codeItemJson = (code: Code): JsonDataSet => toDicomJson(codeItem(code));
