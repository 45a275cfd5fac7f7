/** Which UIDs name things of the standard and not an object, study, device or person. */
import { Tag } from '../dicom/index.ts';

/** Everything that DICOM registers is below this root (PS3.6 annex A); none of it comes from a hospital. */
const DICOM_ROOT = '1.2.840.10008.';

export const isDicomUid = (uid: string): boolean => uid.startsWith(DICOM_ROOT) || uid === '';

/** Classes, transfer syntaxes and coding schemes: kept where table E.1-1 does not list them, private ones too. */
const KEPT: ReadonlySet<number> = new Set([
  Tag.SOPClassUID,
  Tag.RelatedGeneralSOPClassUID,
  Tag.OriginalSpecializedSOPClassUID,
  Tag.SOPClassesInStudy,
  Tag.CodingSchemeUID,
  Tag.ContextGroupExtensionCreatorUID,
  Tag.ContextUID,
  Tag.MappingResourceUID,
  Tag.StoredInstanceTransferSyntaxUID,
  Tag.ReferencedSOPClassUID,
  Tag.SOPClassesSupported,
  Tag.AvailableTransferSyntaxUID,
  Tag.MACCalculationTransferSyntaxUID,
]);

export const isKeptUid = (tag: number): boolean => KEPT.has(tag);
