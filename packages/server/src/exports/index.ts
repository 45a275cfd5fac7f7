export { DeidRecord, type DeidWishes } from './deid-record.ts';
export { type DeidentifiedBytes, deidentifyBytes } from './deidentify-bytes.ts';
export { type PreviewPorts, previewExport, type StudyPreview } from './preview-export.ts';
export {
  DEID_WORKER,
  type ExportPorts,
  type ExportRequest,
  ExportTooLarge,
  exportStudies,
  NoConsent,
  NothingToExport,
} from './study-exports.ts';
