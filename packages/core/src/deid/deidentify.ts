/** One object in, the same without its patient out, or the reason why not. */
import {
  buildDataSet,
  createDicomFile,
  type DataSet,
  DataSetBuilder,
  DICTIONARY_EDITION,
  type DicomFile,
  Tag,
  TransferSyntax,
  writeDicom,
} from '../dicom/index.ts';
import { isFault } from '../fault/index.ts';
import { blankRegions, hasEmbeddedOverlay, withoutUnusedBits } from './blank.ts';
import { cleanDataSet } from './clean-data-set.ts';
import { findLeaks } from './find-leaks.ts';
import { type Identity, identityOf } from './identity.ts';
import { flagsOf, refusalReason } from './object-policy.ts';
import { columnsOf, type DeidOptions, type MethodCode, methodCodes } from './options.ts';
import { type OptionColumn, PROFILE_EDITION } from './profile-table.generated.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { type Refusal, type RefusalReason, refusal } from './refusal.ts';
import { type ObjectReport, Tally } from './report.ts';
import { withoutAsides } from './stored-pixels.ts';

export interface Deidentified {
  readonly outcome: 'deidentified';
  readonly file: DicomFile;
  /** The file as written and read again by the second reader: these bytes and no others are to be passed on. */
  readonly bytes: Uint8Array;
  readonly report: ObjectReport;
}

/**
 * De-identifies one object by PS3.15 Annex E. Compressed pixels in which something is to be blanked must have been
 * decoded before (`decodeToNative`); a deflated file comes out as explicit VR little endian.
 * @throws Fault USAGE for options that contradict each other
 */
export function deidentify(file: DicomFile, options: DeidOptions): Deidentified | Refusal {
  const columns = columnsOf(options);
  const regions = options.cleanPixels?.regions ?? [];
  try {
    const reason = refusalReason(file, {
      cleanStructured: columns.has('structured'),
      regionsGiven: regions.length > 0,
    });
    if (reason !== undefined) return refusal(reason);
    const pixels = cleanPixels(file, options);
    if (typeof pixels === 'string') return refusal(pixels);
    const bare = withoutAsides(pixels.file);
    if (typeof bare === 'string') return refusal(bare);
    const asides = bare !== pixels.file;
    return clean(file, { ...pixels, file: bare, asides }, columns, options);
  } catch (error) {
    // Damage that shows only when values are looked at or written.
    if (isFault(error) && error.code !== 'USAGE') return refusal('DAMAGED');
    throw error;
  }
}

interface CleanPixels {
  readonly file: DicomFile;
  readonly blanked: boolean;
  readonly done: ObjectReport['pixels'];
}

function cleanPixels(file: DicomFile, { cleanPixels: wish }: DeidOptions): CleanPixels | RefusalReason {
  if (file.pixelData === undefined) return { file, blanked: false, done: 'none' };
  let result = file;
  const embedded = hasEmbeddedOverlay(file);
  if (embedded) {
    const cleared = withoutUnusedBits(file);
    if (cleared === undefined) return 'EMBEDDED_OVERLAY';
    result = cleared;
  }
  const regions = wish?.regions ?? [];
  if (regions.length === 0) {
    return { file: result, blanked: false, done: embedded ? 'unused-bits-cleared' : 'unchanged' };
  }
  const blanked = blankRegions(result, regions);
  if (typeof blanked === 'string') return blanked;
  return { file: blanked, blanked: true, done: embedded ? 'blanked-and-unused-bits-cleared' : 'blanked' };
}

function clean(
  original: DicomFile,
  pixels: CleanPixels & { readonly asides: boolean },
  columns: ReadonlySet<OptionColumn>,
  options: DeidOptions,
): Deidentified | Refusal {
  const { dataSet } = pixels.file;
  const identity: Identity = identityOf(original.dataSet, {
    keepDates: columns.has('fullDates'),
    keepUids: columns.has('uids'),
    keepInstitution: columns.has('institution'),
  });
  const tally = new Tally();
  if (pixels.asides) tally.add('', Tag.PixelData, 'cleaned', 'structure');
  const sopClassUid = dataSet.text(Tag.SOPClassUID)!;
  const cleaned = cleanDataSet(dataSet, {
    columns,
    identity,
    sopClassUid,
    nested: false,
    structured: false,
    dummies: false,
    path: '',
    pseudonyms: pseudonymsOf(dataSet, options.keyedHash),
    tally,
  });
  const methods = methodCodes(columns, pixels.blanked);
  const file = createDicomFile(stamped(cleaned, methods, columns, pixels.blanked), {
    transferSyntaxUid: outputSyntax(pixels.file),
  });
  const bytes = writeDicom(file);
  if (findLeaks(bytes, identity).length > 0) return refusal('LEAK_FOUND');
  return {
    outcome: 'deidentified',
    file,
    bytes,
    report: {
      sopClassUid,
      profileEdition: PROFILE_EDITION,
      dictionaryEdition: DICTIONARY_EDITION,
      methods: methods.map(({ value }) => value),
      counts: tally.counts(),
      attributes: tally.attributes(),
      pixels: pixels.done,
      flags: flagsOf(original),
    },
  };
}

/** Those that deflate the whole data set (PS3.5 sections A.5, A.7): beside Deflated Explicit the ones of JPIP. */
const DEFLATED: readonly string[] = [
  TransferSyntax.DeflatedExplicitVRLittleEndian,
  '1.2.840.10008.1.2.4.95',
  '1.2.840.10008.1.2.4.205',
];

/** Deflated bytes could not be searched, so they are written plain. */
const outputSyntax = ({ transferSyntaxUid }: DicomFile): string =>
  DEFLATED.includes(transferSyntaxUid) ? TransferSyntax.ExplicitVRLittleEndian : transferSyntaxUid;

/** What PS3.15 section E.1.1 and E.3 have a de-identified object say of itself. */
function stamped(
  dataSet: DataSet,
  methods: readonly MethodCode[],
  columns: ReadonlySet<OptionColumn>,
  blanked: boolean,
): DataSet {
  const builder = new DataSetBuilder(dataSet)
    .set(Tag.PatientIdentityRemoved, 'YES')
    .set(Tag.DeidentificationMethod, ['PROMONTORY', `DICOM PS3.15 E.1-1 ${PROFILE_EDITION}`])
    .set(
      Tag.DeidentificationMethodCodeSequence,
      methods.map(({ value, meaning }) =>
        buildDataSet({ CodeValue: value, CodingSchemeDesignator: 'DCM', CodeMeaning: meaning }),
      ),
    )
    .set(
      Tag.LongitudinalTemporalInformationModified,
      columns.has('fullDates') ? 'UNMODIFIED' : columns.has('modifiedDates') ? 'MODIFIED' : 'REMOVED',
    );
  if (blanked) builder.set(Tag.BurnedInAnnotation, 'NO');
  return builder.build();
}
