/** Names as nobody should have them: markup, turned text, no text, and as long as DICOM lets them be. */
import { mrFile } from '../../conformance/archive/instances.ts';

export const MARKUP = '<img src=x onerror=globalThis.hostile=1><b>bold</b>';
/** Shows as `exe.gpj` where it is not stopped. */
export const TURNED = '\u202egpj.exe\u202c';
export const LONG = 'W'.repeat(64);
export const HEBREW = 'כהן^שרה';

export const NAMES = [MARKUP, TURNED, LONG, '', HEBREW, 'Yamada^Tarou=山田^太郎', 'O\'Neil^"Ann" & Co'];

/** One study each, its description and its ID as hostile as its patient's name (in which `=` parts the writings). */
export const hostileFiles = (): Uint8Array[] =>
  NAMES.map((patientName, i) => {
    const text = patientName.replaceAll('^', ' ');
    return mrFile({
      patientName,
      patientId: i === 3 ? '' : `${i} ${text}`.slice(0, 64),
      pixels: 64,
      more: [
        [0x00081030, 'LO', text],
        [0x0008103e, 'LO', text],
      ],
    }).bytes;
  });
