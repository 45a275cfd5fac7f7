export {
  type Anchor,
  AnchorTooNear,
  anchor,
  anchorLine,
  keepAnchor,
  latestAnchor,
  NoAnchor,
  parseAnchor,
} from './anchor.ts';
export { appendAudit } from './append.ts';
export { atnaMessage } from './atna.ts';
export type { AuditFilter } from './audit-rows.ts';
export { canonicalJson, chainHash, type Link } from './chain.ts';
export { ACTIONS, type AuditAction, type AuditEvent, type AuditRecord } from './event.ts';
export { type AuditSource, fhirLines } from './fhir.ts';
export { auditOutbox, type Delivery, type Outbox, type OutboxPorts } from './outbox.ts';
export { chainLines, type KeyedHash, pseudonymisedPages } from './pseudonyms.ts';
export {
  AuditForbidden,
  type AuditLog,
  type AuditPage,
  type AuditReader,
  auditLog,
  type ChainedRecord,
} from './search.ts';
export { syslogMessage } from './syslog.ts';
export {
  type AuditBreak,
  type AuditVerdict,
  type BreakKind,
  type VerifyOptions,
  verifyAudit,
} from './verify.ts';
