/** A record as DICOM audit message: PS3.15 A.5.1 (schema), A.5.2 (conventions), A.5.3 (messages). */
import { isIP } from 'node:net';
import {
  type ActionCodes,
  codesOf,
  type DicomCode,
  factsOf,
  isServer,
  MEDIA_URI,
  OUTCOME,
  ROLE,
  SOP_CLASS_UID,
  STUDY_INSTANCE_UID,
} from './codes.ts';
import type { AuditRecord } from './event.ts';
import type { AuditSource } from './fhir.ts';
import type { ChainedRecord } from './search.ts';
import { element, type Xml } from './xml.ts';

/** Study Root Query/Retrieve Information Model: what QIDO-RS and C-FIND ask. */
const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1';
/** Codes of A.5.1.2.4, which came from RFC 3881. */
const PATIENT_NUMBER: DicomCode = { code: '2', meaning: 'Patient Number' };
const URI: DicomCode = { code: '12', meaning: 'URI' };

export function atnaMessage(chained: ChainedRecord, source: AuditSource): string {
  const { record } = chained;
  const codes = codesOf(record);
  const message = element('AuditMessage', {}, [
    element(
      'EventIdentification',
      {
        EventActionCode: codes.letter,
        EventDateTime: record.at,
        EventOutcomeIndicator: OUTCOME[record.outcome],
      },
      [
        coded('EventID', codes.event),
        ...(codes.type === undefined ? [] : [coded('EventTypeCode', codes.type)]),
      ],
    ),
    ...participantsOf(record, codes, source),
    element('AuditSourceIdentification', { AuditSourceID: source.name }, [
      element('AuditSourceTypeCode', { 'csd-code': '4' }),
    ]),
    ...objectsOf(chained, codes, source),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>${message.text}`;
}

/** Who took part, in the roles that the message's table asks for. */
function participantsOf(record: AuditRecord, codes: ActionCodes, source: AuditSource): Xml[] {
  const { family } = codes;
  const own = isServer(record.actor);
  const actor = (isRequestor: boolean, roles: readonly DicomCode[] = []) =>
    participant(record.actor, isRequestor, roles, accessPoint(record.address));
  const server = (isRequestor: boolean, roles: readonly DicomCode[] = [ROLE.application]) =>
    participant(source.name, isRequestor, roles, accessPoint(hostOf(source.origin)));
  switch (family) {
    case 'application':
      return own ? [server(false)] : [server(false), actor(true, [ROLE.launcher])];
    case 'authentication':
      // The access point is mandatory here (A.5.3.12): a sign-in without a network was made on this machine.
      return [
        participant(record.actor, true, [], accessPoint(record.address ?? hostOf(source.origin))),
        server(false),
      ];
    case 'alert':
      // Who performed it is never the requestor (A.5.3.11): the server reports.
      return own ? [server(false)] : [server(false), actor(false)];
    case 'query':
    case 'transferred':
      // Both ends are asked for, even where they are one (the server's own results).
      return [actor(true, [ROLE.source]), server(false, [ROLE.destination])];
    case 'export':
      return [
        own ? server(true, [ROLE.source]) : actor(true, [ROLE.source]),
        participant(
          destinationOf(record),
          false,
          [ROLE.destinationMedia],
          accessPoint(record.address),
          MEDIA_URI,
        ),
      ];
    default:
      return own ? [server(true)] : [actor(true), server(false)];
  }
}

const destinationOf = ({ detail, address }: AuditRecord): string =>
  typeof detail?.destination === 'string' ? detail.destination : `download:${address ?? 'here'}`;

/** What it was done to. */
function objectsOf(chained: ChainedRecord, codes: ActionCodes, source: AuditSource): Xml[] {
  const { record, hash } = chained;
  const objects: Xml[] = [];
  if (codes.family === 'query')
    objects.push(
      object(STUDY_ROOT_FIND, '2', '3', SOP_CLASS_UID, 'DCM', [
        // The keys that were matched; their values may name people and are not recorded.
        element('ParticipantObjectQuery', {}, [base64(JSON.stringify(record.detail ?? {}))]),
      ]),
    );
  if (record.studyUid !== undefined)
    objects.push(
      object(
        record.studyUid,
        '2',
        '3',
        STUDY_INSTANCE_UID,
        'DCM',
        [element('ParticipantObjectName', {}, ['Study'])],
        record.action === 'erase' ? { ParticipantObjectDataLifeCycle: '15' } : {},
      ),
    );
  if (record.patientKey !== undefined)
    objects.push(
      object(record.patientKey, '1', '1', PATIENT_NUMBER, 'RFC-3881', [
        element('ParticipantObjectName', {}, ['Patient']),
      ]),
    );
  // An extension that A.5 allows: the record's place in our chain, so that the collector holds an anchor of it.
  const facts: [string, string][] = [
    ['Alert Description', record.action],
    ['seq', String(record.seq)],
    ['hash', hash],
    ...factsOf(record),
  ];
  objects.push(
    object(`${source.origin}/api/audit`, '2', '13', URI, 'RFC-3881', [
      element('ParticipantObjectName', {}, ['Security Audit Log']),
      ...facts.map(([type, value]) =>
        element('ParticipantObjectDetail', { type, value: Buffer.from(value).toString('base64') }),
      ),
    ]),
  );
  return objects;
}

function object(
  id: string,
  typeCode: '1' | '2',
  role: string,
  idType: DicomCode,
  system: 'DCM' | 'RFC-3881',
  children: readonly Xml[],
  more: Readonly<Record<string, string>> = {},
): Xml {
  return element(
    'ParticipantObjectIdentification',
    {
      ParticipantObjectID: id,
      ParticipantObjectTypeCode: typeCode,
      ParticipantObjectTypeCodeRole: role,
      ...more,
    },
    [coded('ParticipantObjectIDTypeCode', idType, system), ...children],
  );
}

interface AccessPoint {
  readonly NetworkAccessPointID?: string;
  readonly NetworkAccessPointTypeCode?: '1' | '2';
}

const accessPoint = (address: string | undefined): AccessPoint =>
  address === undefined
    ? {}
    : { NetworkAccessPointID: address, NetworkAccessPointTypeCode: isIP(address) === 0 ? '1' : '2' };

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname.replace(/^\[|\]$/g, '') : origin;
}

const participant = (
  id: string,
  isRequestor: boolean,
  roles: readonly DicomCode[],
  at: AccessPoint,
  media?: DicomCode,
): Xml =>
  element('ActiveParticipant', { UserID: id, UserIsRequestor: String(isRequestor), ...at }, [
    ...roles.map((role) => coded('RoleIDCode', role)),
    ...(media === undefined ? [] : [element('MediaIdentifier', {}, [coded('MediaType', media)])]),
  ]);

const coded = (name: string, { code, meaning }: DicomCode, system = 'DCM'): Xml =>
  element(name, { 'csd-code': code, codeSystemName: system, originalText: meaning });

const base64 = (text: string): string => Buffer.from(text).toString('base64');
