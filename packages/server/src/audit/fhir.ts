/**
 * A record as FHIR R4 AuditEvent. Successful deeds on resources follow the patterns of IHE Basic Audit Log Patterns
 * (BALP); all others are plain AuditEvents with the codes of DICOM PS3.15 A.5.3.
 */
import { isIP } from 'node:net';
import { type ActionCodes, codesOf, type DicomCode, factsOf, isServer, OUTCOME, ROLE } from './codes.ts';
import type { AuditRecord } from './event.ts';
import type { Agent, AuditEventResource, Coding, Concept, Entity, Reference } from './fhir-types.ts';
import type { ChainedRecord } from './search.ts';

/** The server as it names itself to others. */
export interface AuditSource {
  /** A name that the site chose, or the host's. */
  readonly name: string;
  /** `https://host:port`. */
  readonly origin: string;
}

const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const HL7 = 'http://terminology.hl7.org/CodeSystem/';
const REST: Coding = { system: `${HL7}audit-event-type`, code: 'rest', display: 'Restful Operation' };
const DISCLOSE: Coding = { system: `${HL7}iso-21089-lifecycle`, code: 'disclose' };
const BREAK_THE_GLASS: Coding = { system: `${HL7}v3-ActReason`, code: 'BTG', display: 'break the glass' };
/** BALP's name of a pattern, by interaction. */
const PATTERN = {
  create: 'Create',
  read: 'Read',
  update: 'Update',
  delete: 'Delete',
  'search-type': 'Query',
} as const;

/** Profile and type that a record may claim: all that the profile requires is known. */
function claimOf(record: AuditRecord, codes: ActionCodes): string | undefined {
  const { outcome, address, actor, patientKey, studyUid, action } = record;
  // Failures are recorded differently (BALP), and who did it from where must be known.
  if (outcome !== 'success' || address === undefined || isServer(actor)) return undefined;
  if (action === 'export')
    return patientKey !== undefined && studyUid !== undefined ? 'PrivacyDisclosure.Source' : undefined;
  if (codes.rest === undefined) return undefined;
  const thing = codes.rest === 'search-type' || studyUid !== undefined || action === 'consent';
  if (!thing) return undefined;
  return `${patientKey === undefined ? '' : 'Patient'}${PATTERN[codes.rest]}`;
}

export function auditEventResource(chained: ChainedRecord, source: AuditSource): AuditEventResource {
  const { record } = chained;
  const codes = codesOf(record);
  const claim = claimOf(record, codes);
  const observer: Reference = { display: text(source.name), type: 'Device' };
  return {
    resourceType: 'AuditEvent',
    id: `audit-${record.seq}`,
    ...(claim === undefined ? {} : { meta: { profile: [BALP + claim] } }),
    ...kindOf(codes, claim),
    action: codes.letter,
    recorded: record.at,
    outcome: OUTCOME[record.outcome],
    ...(record.action === 'break-glass' ? { purposeOfEvent: [{ coding: [BREAK_THE_GLASS] }] } : {}),
    agent: agentsOf(record, codes, claim, observer, source),
    source: {
      observer,
      type: [{ system: `${HL7}security-source-type`, code: '4', display: 'Application Server' }],
    },
    entity: entitiesOf(chained, codes),
  };
}

/** NDJSON (`application/fhir+ndjson`), as FHIR's bulk data has it. */
export async function* fhirLines(
  pages: AsyncIterable<readonly ChainedRecord[]>,
  source: AuditSource,
): AsyncGenerator<Uint8Array> {
  for await (const page of pages)
    yield Buffer.from(page.map((one) => `${JSON.stringify(auditEventResource(one, source))}\n`).join(''));
}

function kindOf(codes: ActionCodes, claim: string | undefined): Pick<AuditEventResource, 'type' | 'subtype'> {
  const event = coding(codes.event);
  const types = codes.type === undefined ? [] : [coding(codes.type)];
  if (claim === undefined) return { type: event, ...(types.length === 0 ? {} : { subtype: types }) };
  if (codes.rest === undefined) return { type: event, subtype: [DISCLOSE] };
  const interaction: Coding = {
    system: 'http://hl7.org/fhir/restful-interaction',
    code: codes.rest,
    display: codes.rest,
  };
  // The pattern of a deletion has one subtype, the others are open.
  return { type: REST, subtype: codes.rest === 'delete' ? [interaction] : [interaction, event] };
}

function agentsOf(
  record: AuditRecord,
  codes: ActionCodes,
  claim: string | undefined,
  observer: Reference,
  source: AuditSource,
): Agent[] {
  const server: Agent = {
    who: observer,
    requestor: isServer(record.actor),
    network: { address: source.origin, type: '5' },
  };
  const network = networkOf(record.address);
  const who = { identifier: { value: text(record.actor) } };
  if (isServer(record.actor)) return [{ ...server, type: typed(ROLE.application) }];
  if (claim === undefined || network === undefined)
    return [
      { who, requestor: true, ...(network === undefined ? {} : { network }) },
      { ...server, type: typed(ROLE.application) },
    ];
  const [ofClient, ofServer] = ROLES_IN[codes.rest ?? 'export'];
  return [
    { type: ofClient, who: { display: text(record.address ?? '') }, requestor: false, network },
    { ...server, type: ofServer },
    {
      type: codes.rest === undefined || READS.includes(codes.rest) ? RECIPIENT : AUTHOR,
      who,
      requestor: true,
    },
  ];
}

const READS: readonly string[] = ['read', 'search-type'];
const typed = (code: DicomCode): Concept => ({ coding: [coding(code)] });
const RECIPIENT: Concept = {
  coding: [{ system: `${HL7}v3-ParticipationType`, code: 'IRCP', display: 'information recipient' }],
};
const AUTHOR: Concept = {
  coding: [{ system: `${HL7}v3-ParticipationType`, code: 'AUT', display: 'author (originator)' }],
};
const CUSTODIAN: Concept = {
  coding: [{ system: `${HL7}provenance-participant-type`, code: 'custodian', display: 'Custodian' }],
};
/** Client and server, as BALP types them: data flows from source to destination, and so does a query. */
const ROLES_IN = {
  read: [typed(ROLE.destination), typed(ROLE.source)],
  export: [typed(ROLE.destination), typed(ROLE.source)],
  create: [typed(ROLE.source), typed(ROLE.destination)],
  update: [typed(ROLE.source), typed(ROLE.destination)],
  'search-type': [typed(ROLE.source), typed(ROLE.destination)],
  delete: [typed(ROLE.application), CUSTODIAN],
} as const;

function entitiesOf(chained: ChainedRecord, codes: ActionCodes): Entity[] {
  const { record, hash, previous } = chained;
  const entities: Entity[] = [];
  const { patientKey, studyUid, action } = record;
  const role = (code: string, display: string) => ({ system: `${HL7}object-role`, code, display });
  const type = (code: string, display: string) => ({ system: `${HL7}audit-entity-type`, code, display });
  if (patientKey !== undefined)
    entities.push({
      what: { type: 'Patient', identifier: { value: text(patientKey) } },
      type: type('1', 'Person'),
      role: role('1', 'Patient'),
    });
  if (codes.rest === 'search-type')
    entities.push({
      type: type('2', 'System Object'),
      role: role('24', 'Query'),
      // The keys that were matched; their values may name people and are not recorded.
      query: Buffer.from(JSON.stringify(record.detail ?? {})).toString('base64'),
    });
  else if (studyUid !== undefined)
    entities.push({
      what: {
        type: 'ImagingStudy',
        identifier: { system: 'urn:dicom:uid', value: `urn:oid:${text(studyUid)}` },
      },
      type: type('2', 'System Object'),
      role: role('4', 'Domain Resource'),
    });
  else if (action === 'consent')
    entities.push({
      what: { type: 'Consent', display: 'research consent' },
      type: type('2', 'System Object'),
      role: role('4', 'Domain Resource'),
    });
  // Its place in the chain, so that an export can be held against it.
  const facts: [string, string][] = [
    ['seq', String(record.seq)],
    ['hash', hash],
    ['previous', previous],
    ['action', action],
    ...factsOf(record),
  ];
  entities.push({
    type: type('4', 'Other'),
    role: role('13', 'Security Resource'),
    name: 'Security Audit Log',
    detail: facts
      .filter(([, value]) => text(value) !== '')
      .map(([name, value]) => ({ type: text(name) || '-', valueString: text(value) })),
  });
  return entities;
}

function coding({ code, meaning }: DicomCode): Coding {
  return { system: DCM, code, display: meaning };
}

function networkOf(address: string | undefined): Agent['network'] | undefined {
  if (address === undefined || text(address) === '') return undefined;
  return { address: text(address), type: isIP(address) === 0 ? '1' : '2' };
}

/** FHIR's string: no control characters, no blanks at its ends. */
const text = (given: string): string =>
  given
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed.
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim();
