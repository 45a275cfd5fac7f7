/** An audit message as syslog carries it: RFC 5424, with what PS3.15 A.6 says about PRI and MSGID. */
import type { AuditRecord } from './event.ts';

/** Security/authorization messages. */
const FACILITY = 10;
const NOTICE = 5;
const WARNING = 4;
/** RFC 5424 7.3.1: counts up to 2147483647, then starts at 1 again. */
const SEQUENCE_MAX = 2_147_483_647;
const BOM = '\ufeff';

export function syslogMessage(record: AuditRecord, xml: string, host: string): Uint8Array {
  const severity =
    record.outcome !== 'success' || record.action === 'break-glass' || record.action === 'conflict'
      ? WARNING
      : NOTICE;
  const header = [
    `<${FACILITY * 8 + severity}>1`,
    record.at,
    printable(host, 255),
    'promontory',
    '-',
    'DICOM+RFC3881',
    `[meta sequenceId="${((record.seq - 1) % SEQUENCE_MAX) + 1}"]`,
  ].join(' ');
  return Buffer.from(`${header} ${BOM}${xml}`, 'utf8');
}

/** Printable ASCII without blanks; the nil value where nothing is left. */
const printable = (text: string, length: number): string =>
  text.replace(/[^\x21-\x7e]/g, '').slice(0, length) || '-';
