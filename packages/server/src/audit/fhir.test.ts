import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from './chain.ts';
import { ACTIONS, type AuditEvent } from './event.ts';
import { auditEventResource, fhirLines } from './fhir.ts';
import type { Agent, AuditEventResource } from './fhir-types.ts';
import { chainLines, pseudonymised, pseudonymisedPages } from './pseudonyms.ts';
import type { ChainedRecord } from './search.ts';

// An independent validator over the R4 definitions.
const { Fhir } = createRequire(import.meta.url)('fhir') as {
  Fhir: new () => { validate(resource: unknown): { valid: boolean; messages: { message: string }[] } };
};
const validator = new Fhir();
const source = { name: 'spine.example.org', origin: 'https://spine.example.org:8443' };

function chained(event: AuditEvent, seq = 12): ChainedRecord {
  const record = { ...event, seq, at: '2026-03-01T08:00:00.123Z' };
  return { record, body: canonicalJson(record), previous: 'b'.repeat(64), hash: 'a'.repeat(64) };
}

const full: AuditEvent = {
  action: 'read',
  outcome: 'success',
  actor: 'account:5f',
  address: '10.0.0.7',
  studyUid: '1.2.840.1',
  patientKey: 'HOSP|4711',
  detail: { purpose: 'retrieve', instances: 3, sopInstanceUids: ['1.2.3', '1.2.4'], empty: '' },
};
const resource = (event: Partial<AuditEvent>) => auditEventResource(chained({ ...full, ...event }), source);
const { studyUid: _s, patientKey: _p, address: _a, ...bare } = full;

/** Codes of extensible value sets that BALP prescribes, and a value set that the validator does not have. */
const BEYOND_R4 = ['"custodian"', '"disclose"', 'v3-PurposeOfUse', '"BTG"'];

test.each(ACTIONS)('%s is a valid AuditEvent, with all that is known and with little', (action) => {
  for (const event of [
    { ...full, action },
    { ...bare, action },
    { ...full, action, outcome: 'refused' },
    { ...full, action, actor: 'worker' },
    { action, outcome: 'failed', actor: 'system' },
    { ...full, action, actor: ' \u0000\ud800<x>', patientKey: '\t', detail: { 'a\u0001': '\u0002' } },
  ] as const) {
    const { messages } = validator.validate(auditEventResource(chained(event), source));
    const found = messages.filter(({ message }) => !BEYOND_R4.some((known) => message.includes(known)));
    expect({ event, found }).toEqual({ event, found: [] });
  }
});

test('the validator would find what is wrong', () => {
  const { agent: _, ...without } = resource({});
  expect(validator.validate(without).valid).toBe(false);
  expect(validator.validate({ ...resource({}), action: 'Z' }).valid).toBe(false);
});

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const HL7 = 'http://terminology.hl7.org/CodeSystem/';
const codesOf = (agents: readonly Agent[]) => agents.map((a) => a.type?.coding[0]?.code);

/** What each pattern of BALP 1.1 requires, from its profile: type, subtype, action, roles of client, server and user. */
const PATTERNS = [
  ['read', 'Read', 'rest', 'read', 'R', ['110152', '110153', 'IRCP']],
  ['search', 'Query', 'rest', 'search-type', 'E', ['110153', '110152', 'IRCP']],
  ['store', 'Create', 'rest', 'create', 'C', ['110153', '110152', 'AUT']],
  ['consent', 'Update', 'rest', 'update', 'U', ['110153', '110152', 'AUT']],
  ['delete', 'Delete', 'rest', 'delete', 'D', ['110150', 'custodian', 'AUT']],
  ['erase', 'Delete', 'rest', 'delete', 'D', ['110150', 'custodian', 'AUT']],
] as const;

describe('IHE BALP', () => {
  test.each(PATTERNS)('%s follows Patient%s', (action, pattern, type, subtype, letter, roles) => {
    const given = resource({ action });
    expect(given.meta?.profile).toEqual([
      `https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Patient${pattern}`,
    ]);
    expect(given.type).toMatchObject({ system: `${HL7}audit-event-type`, code: type });
    expect(given.subtype?.[0]).toMatchObject({
      system: 'http://hl7.org/fhir/restful-interaction',
      code: subtype,
    });
    if (pattern === 'Delete') expect(given.subtype).toHaveLength(1);
    expect(given).toMatchObject({ action: letter, outcome: '0' });
    expect(codesOf(given.agent)).toEqual(roles);
    const [client, server, user] = given.agent as [Agent, Agent, Agent];
    for (const machine of [client, server]) {
      expect(machine.who).toBeDefined();
      expect(machine.network).toBeDefined();
    }
    expect(user).toMatchObject({ requestor: true, who: { identifier: { value: 'account:5f' } } });
    expect(user.network).toBeUndefined();
    expectEntities(given, pattern === 'Query');
    // Without a patient it is the plain pattern.
    const { patientKey: _, ...noPatient } = { ...full, action };
    const plain = auditEventResource(chained(noPatient), source);
    expect(plain.meta?.profile[0]).toMatch(new RegExp(`IHE.BasicAudit.${pattern}$`));
    expect(plain.entity.some((e) => e.type.code === '1')).toBe(false);
  });

  test('an export is a disclosure at its source', () => {
    const given = resource({ action: 'export' });
    expect(given.meta?.profile[0]).toMatch(/IHE\.BasicAudit\.PrivacyDisclosure\.Source$/);
    expect(given.type).toMatchObject({ system: DCM, code: '110106' });
    expect(given.subtype).toEqual([{ system: `${HL7}iso-21089-lifecycle`, code: 'disclose' }]);
    expect(given.action).toBe('R');
    const server = given.agent.find((a) => a.type?.coding[0]?.code === '110153');
    expect(server?.who).toEqual(given.source.observer);
    expectEntities(given, false);
  });

  test('no pattern is claimed where something that it requires is not known, or the deed did not succeed', () => {
    const { address: _, ...noAddress } = full;
    for (const event of [
      noAddress,
      { ...full, outcome: 'refused' },
      { ...full, outcome: 'failed' },
      { ...full, actor: 'system' },
      { ...bare, address: '10.0.0.7' },
      { ...full, action: 'sign-in' },
    ] as const) {
      const given = auditEventResource(chained(event), source);
      expect(given.meta).toBeUndefined();
      expect(given.type.system).toBe(DCM);
    }
  });
});

function expectEntities(given: AuditEventResource, isQuery: boolean): void {
  const patients = given.entity.filter((e) => e.type.code === '1');
  expect(patients).toEqual([
    {
      what: { type: 'Patient', identifier: { value: 'HOSP|4711' } },
      type: { system: `${HL7}audit-entity-type`, code: '1', display: 'Person' },
      role: { system: `${HL7}object-role`, code: '1', display: 'Patient' },
    },
  ]);
  const objects = given.entity.filter((e) => e.type.code === '2');
  expect(objects).toHaveLength(1);
  expect(objects[0]?.role.code).toBe(isQuery ? '24' : '4');
  expect(objects[0]?.what === undefined).toBe(isQuery);
  expect(objects[0]?.query === undefined).toBe(!isQuery);
  for (const entity of given.entity)
    expect(entity.name !== undefined && entity.query !== undefined).toBe(false);
}

test('sign-in, break-glass and refusal carry the codes of DICOM', () => {
  expect(resource({ action: 'sign-in' })).toMatchObject({
    type: { system: DCM, code: '110114' },
    subtype: [{ system: DCM, code: '110122' }],
  });
  expect(resource({ action: 'break-glass' })).toMatchObject({
    type: { code: '110113' },
    subtype: [{ code: '110127' }],
    purposeOfEvent: [{ coding: [{ code: 'BTG' }] }],
  });
  expect(resource({ action: 'refusal', outcome: 'refused' })).toMatchObject({ outcome: '4' });
});

test('a line for each record, its place in the chain in it', async () => {
  const text = await textOf(fhirLines(pages([chained(full, 1)], [chained(full, 2)]), source));
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).id)).toEqual(['audit-1', 'audit-2']);
  expect(JSON.parse(lines[0] as string).entity.at(-1).detail).toContainEqual({
    type: 'hash',
    valueString: 'a'.repeat(64),
  });
});

test('as chain lines, each record is the bytes that were hashed', async () => {
  const one = chained(full);
  const text = await textOf(chainLines(pages([one])));
  expect(text).toBe(`{"hash":"${one.hash}","previous":"${one.previous}","record":${one.body}}\n`);
});

test('on request without patients: keyed hashes in place of key and UIDs, the hashes of the chain kept', async () => {
  const keyedHash = (text: string) => `K${Buffer.from(text).toString('hex')}`;
  const one = chained({ ...full, detail: { ...full.detail, seriesInstanceUid: '1.2.840.1.7' } });
  const text = await textOf(chainLines(pseudonymisedPages(pages([one]), keyedHash)));
  for (const canary of ['4711', '1.2.840.1']) expect(text).not.toContain(canary);
  const { record, hash } = pseudonymised(one, keyedHash);
  expect(record).toMatchObject({ patientKey: keyedHash('HOSP|4711'), studyUid: keyedHash('1.2.840.1') });
  expect(record.detail).toMatchObject({ instances: 3, seriesInstanceUid: keyedHash('1.2.840.1.7') });
  expect(hash).toBe(one.hash);
});

async function* pages(...given: ChainedRecord[][]): AsyncGenerator<readonly ChainedRecord[]> {
  yield* given;
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}
