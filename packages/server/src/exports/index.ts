export { DeidRecord, type DeidWishes } from './deid-record.ts';
export { pathOf } from './object-path.ts';
export {
  DEID_WORKER,
  type ExportPorts,
  type ExportRequest,
  ExportTooLarge,
  exportStudies,
  NoConsent,
  NothingToExport,
} from './study-exports.ts';
