import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { needs, pythonWith, testWith } from '../../../../conformance/oracle.ts';
import { atnaMessage } from './atna.ts';
import { canonicalJson } from './chain.ts';
import { ACTIONS, type AuditEvent } from './event.ts';
import { syslogMessage } from './syslog.ts';

const python = pythonWith('xml.etree.ElementTree');
const without = needs([python === undefined && 'Python is not installed']);

/** What PS3.15 A.5.1 and the message tables A.5.3 require, read by a parser that is not ours. */
const ORACLE = String.raw`
import json, sys, re, base64
import xml.etree.ElementTree as E
CODED = {'csd-code', 'codeSystemName', 'originalText'}
out = []
for text in json.load(sys.stdin):
    root = E.fromstring(text.encode('utf-8'))
    wrong = []
    def need(ok, what):
        if not ok: wrong.append(what)
    order = [c.tag for c in root]
    names = ['EventIdentification', 'ActiveParticipant', 'AuditSourceIdentification', 'ParticipantObjectIdentification']
    need(root.tag == 'AuditMessage', 'root')
    need(order == sorted(order, key=names.index), 'order')
    need(order.count('EventIdentification') == 1 and order.count('AuditSourceIdentification') == 1, 'one each')
    need(order.count('ActiveParticipant') >= 1, 'participant')
    event = root.find('EventIdentification')
    need(event.get('EventActionCode') in set('CRUDE'), 'action')
    need(event.get('EventOutcomeIndicator') in {'0', '4', '8', '12'}, 'outcome')
    need(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', event.get('EventDateTime')), 'time')
    need([c.tag for c in event][0] == 'EventID', 'EventID first')
    for tag in ('EventID', 'EventTypeCode', 'RoleIDCode', 'MediaType', 'ParticipantObjectIDTypeCode'):
        for c in root.iter(tag):
            need(CODED <= set(c.attrib), tag)
    requestors = 0
    for p in root.findall('ActiveParticipant'):
        need(p.get('UserID'), 'UserID')
        need(p.get('UserIsRequestor') in ('true', 'false'), 'UserIsRequestor')
        requestors += p.get('UserIsRequestor') == 'true'
        need((p.get('NetworkAccessPointID') is None) == (p.get('NetworkAccessPointTypeCode') is None), 'access point')
        need(p.get('NetworkAccessPointTypeCode') in (None, '1', '2'), 'access point type')
    need(requestors <= 1, 'one requestor')
    need(root.find('AuditSourceIdentification').get('AuditSourceID'), 'source')
    for o in root.findall('ParticipantObjectIdentification'):
        need(o.get('ParticipantObjectID'), 'object id')
        need(o.get('ParticipantObjectTypeCode') in {'1', '2'}, 'object type')
        need(o.get('ParticipantObjectTypeCodeRole') in {'1', '3', '13'}, 'object role')
        tags = [c.tag for c in o]
        need(tags[0] == 'ParticipantObjectIDTypeCode', 'id type first')
        need(tags.count('ParticipantObjectName') + tags.count('ParticipantObjectQuery') == 1, 'name or query')
        for d in o.findall('ParticipantObjectDetail'):
            need(d.get('type') and d.get('value') is not None, 'detail')
            base64.b64decode(d.get('value'), validate=True)
    roles = [[r.get('csd-code') for r in p.findall('RoleIDCode')] for p in root.findall('ActiveParticipant')]
    objects = {o.find('ParticipantObjectIDTypeCode').get('csd-code'): o.get('ParticipantObjectID')
               for o in root.findall('ParticipantObjectIdentification')}
    details = {d.get('type'): base64.b64decode(d.get('value')).decode() for d in root.iter('ParticipantObjectDetail')}
    out.append({'wrong': wrong, 'id': event.find('EventID').get('csd-code'),
                'types': [t.get('csd-code') for t in event.findall('EventTypeCode')],
                'action': event.get('EventActionCode'), 'outcome': event.get('EventOutcomeIndicator'),
                'users': [p.get('UserID') for p in root.findall('ActiveParticipant')],
                'points': [p.get('NetworkAccessPointID') for p in root.findall('ActiveParticipant')],
                'roles': roles, 'objects': objects, 'details': details,
                'cycle': [o.get('ParticipantObjectDataLifeCycle') for o in root.findall('ParticipantObjectIdentification')]})
json.dump(out, sys.stdout)
`;

interface Seen {
  wrong: string[];
  id: string;
  types: string[];
  action: string;
  outcome: string;
  users: string[];
  points: (string | null)[];
  roles: string[][];
  objects: Record<string, string>;
  details: Record<string, string>;
  cycle: (string | null)[];
}

function read(messages: readonly string[]): Seen[] {
  const { stdout, stderr, status } = spawnSync(python as string, ['-c', ORACLE], {
    input: JSON.stringify(messages),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const source = { name: 'spine.example.org', origin: 'https://spine.example.org:8443' };
const full: AuditEvent = {
  action: 'read',
  outcome: 'success',
  actor: 'account:5f',
  address: '10.0.0.7',
  studyUid: '1.2.840.1',
  patientKey: 'HOSP|4711',
  detail: { instances: 3 },
};
const chained = (event: AuditEvent, seq = 12) => {
  const record = { ...event, seq, at: '2026-03-01T08:00:00.123Z' };
  return { record, body: canonicalJson(record), previous: 'b'.repeat(64), hash: 'a'.repeat(64) };
};
const message = (event: Partial<AuditEvent>) => atnaMessage(chained({ ...full, ...event }), source);

describe('messages as PS3.15 A.5 has them', () => {
  testWith(without, 'every action, with all that is known and with little', () => {
    const events = ACTIONS.flatMap((action): AuditEvent[] => [
      { ...full, action },
      { action, outcome: 'failed', actor: 'system' },
      { action, outcome: 'refused', actor: 'peer:SCANNER', address: 'scanner.local' },
    ]);
    const seen = read(
      events.map((event) => message({ ...event })).concat(events.map((e) => atnaMessage(chained(e), source))),
    );
    expect(seen.map((one, i) => [events[i % events.length]?.action, one.wrong])).toEqual(
      seen.map((_, i) => [events[i % events.length]?.action, []]),
    );
  });

  testWith(without, 'the tables: event, type, action and roles', () => {
    const rows = [
      ['server-start', '110100', ['110120'], 'E', [['110150'], ['110151']]],
      ['sign-in', '110114', ['110122'], 'E', [[], ['110150']]],
      ['sign-out', '110114', ['110123'], 'E', [[], ['110150']]],
      ['search', '110112', [], 'E', [['110153'], ['110152']]],
      ['read', '110103', [], 'R', [[], ['110150']]],
      ['store', '110104', [], 'C', [['110153'], ['110152']]],
      ['delete', '110105', [], 'D', [[], ['110150']]],
      ['erase', '110105', [], 'D', [[], ['110150']]],
      ['export', '110106', [], 'R', [['110153'], ['110154']]],
      ['consent', '110110', [], 'U', [[], ['110150']]],
      ['review', '110110', [], 'U', [[], ['110150']]],
      ['report-sign', '110110', [], 'C', [[], ['110150']]],
      ['break-glass', '110113', ['110127'], 'E', [['110150'], []]],
      ['audit-read', '110101', [], 'R', [[], ['110150']]],
    ] as const;
    const seen = read(rows.map(([action]) => message({ action })));
    expect(seen.map(({ id, types, action, roles }, i) => [rows[i]?.[0], id, types, action, roles])).toEqual(
      rows,
    );
    expect(seen[7]?.cycle).toContain('15');
  });

  testWith(without, 'study, patient and place in the chain', () => {
    const [seen] = read([message({ detail: { instances: 3, sopInstanceUids: ['1.2', '1.3'] } })]);
    expect(seen?.objects).toEqual({
      '110180': '1.2.840.1',
      '2': 'HOSP|4711',
      '12': 'https://spine.example.org:8443/api/audit',
    });
    expect(seen?.details).toMatchObject({
      seq: '12',
      hash: 'a'.repeat(64),
      instances: '3',
      sopInstanceUids: '1.2 1.3',
    });
    expect(seen?.users).toEqual(['account:5f', 'spine.example.org']);
    expect(seen?.points).toEqual(['10.0.0.7', 'spine.example.org']);
  });

  testWith(without, 'a part of a study that goes is no study deleted', () => {
    const [seen] = read([message({ action: 'delete', detail: { seriesInstanceUid: '1.2.3' } })]);
    expect(seen).toMatchObject({ id: '110103', action: 'D' });
  });

  testWith(without, 'what a client may put into a name is text in every parser', () => {
    const hostile = `"/><x a='&#0;' y="]]>&amp;<!--\n\t\u0000\u0001\ufffe\ud800 ü 漢 𐍈`;
    const [seen] = read([
      message({ actor: hostile, patientKey: hostile, studyUid: hostile, detail: { [hostile]: hostile } }),
    ]);
    expect(seen?.wrong).toEqual([]);
    const kept = ['\u0000', '\u0001', '\ufffe']
      .reduce((t, c) => t.replaceAll(c, '\ufffd'), hostile)
      .toWellFormed();
    expect(seen?.users[0]).toBe(kept);
    expect(seen?.objects['2']).toBe(kept);
    expect(Object.keys(seen?.details ?? {})).toContain(kept);
  });
});

test('a long list of UIDs stays below what every collector takes', () => {
  const many = Array.from(
    { length: 5_000 },
    (_, i) => `1.2.840.113619.2.353.6945.3185497.15289.1504261374.${i}.${'9'.repeat(10)}`,
  );
  const one = chained({ ...full, action: 'conflict', outcome: 'refused', detail: { sopInstanceUids: many } });
  expect(syslogMessage(one.record, atnaMessage(one, source), 'host').length).toBeLessThan(32_768);
});

describe('RFC 5424', () => {
  const text = (event: Partial<AuditEvent>, seq: number, host = 'spine.example.org') => {
    const one = chained({ ...full, ...event }, seq);
    return Buffer.from(syslogMessage(one.record, '<AuditMessage/>', host)).toString('utf8');
  };

  test('header, sequence, byte order mark', () => {
    expect(text({}, 12)).toBe(
      '<85>1 2026-03-01T08:00:00.123Z spine.example.org promontory - DICOM+RFC3881 [meta sequenceId="12"] \ufeff<AuditMessage/>',
    );
  });

  test('what was refused is a warning', () => {
    for (const event of [{ outcome: 'refused' }, { outcome: 'failed' }, { action: 'break-glass' }] as const)
      expect(text(event, 1)).toMatch(/^<84>1 /);
  });

  test('the sequence starts again at 1, a host without a name is nil', () => {
    expect(text({}, 2_147_483_647)).toContain('sequenceId="2147483647"');
    expect(text({}, 2_147_483_648)).toContain('sequenceId="1"');
    expect(text({}, 1, ' \u0000ü')).toContain('.123Z - promontory');
  });
});
