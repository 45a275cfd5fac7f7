/** Values that stand for a removed one and are valid for their VR (action D of PS3.15 table E.1-1a). */
import type { ElementValue, Vr } from '../dicom/index.ts';

const TEXT = 'REMOVED';
export const DUMMY_NAME = 'ANONYMOUS';

export function dummyOf(vr: Vr): ElementValue {
  switch (vr) {
    case 'PN':
      return DUMMY_NAME;
    case 'DA':
      return '19000101';
    case 'DT':
      return '19000101000000';
    case 'TM':
      return '000000';
    case 'AS':
      return '000D';
    case 'UI':
      return '2.25.0';
    case 'UR':
      return 'urn:removed';
    case 'DS':
    case 'IS':
    case 'US':
    case 'SS':
    case 'UL':
    case 'SL':
    case 'UV':
    case 'SV':
    case 'FL':
    case 'FD':
    case 'AT':
      return 0;
    case 'OB':
    case 'OW':
    case 'OF':
    case 'OD':
    case 'OL':
    case 'OV':
    case 'UN':
      return new Uint8Array(8);
    case 'SQ':
      return [];
    default:
      return TEXT;
  }
}
