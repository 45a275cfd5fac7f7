import { expect, test } from 'vitest';
import type { InstanceRecord } from '../archive/index.ts';
import { DimseRefused } from './faults.ts';
import { listenDimse } from './listen.ts';
import { AllowList, identityOf, type Peer, parseNetwork, VERBS } from './peers.ts';
import { memoryRecords } from './records.testing.ts';
import type { DimseSettings } from './settings.ts';
import { batchesOf } from './store-user.ts';

const PEER: Peer = {
  aeTitle: 'SCANNER',
  addresses: ['10.1.0.0/16', 'fd00::/8'],
  verbs: ['store'],
  project: 'spine',
};
const SETTINGS: DimseSettings = {
  aeTitle: 'US',
  host: '127.0.0.1',
  port: 0,
  peers: [PEER],
  destinations: [],
};
const start = (given: Partial<DimseSettings>) =>
  listenDimse(
    { ...SETTINGS, ...given },
    { recordsFor: () => memoryRecords(), audit: async () => {}, log: () => {} },
  );

test.each<[string, Partial<DimseSettings>]>([
  ['on the network without TLS', { host: '0.0.0.0' }],
  ['on the network without TLS (IPv6)', { host: '::' }],
  ['on a name that is not this machine for certain', { host: 'scanner.local' }],
  ['on the network without a peer', { host: '0.0.0.0', peers: [], insecureOnNetwork: true }],
  [
    'with client certificates that nobody could check',
    { tls: { key: '', cert: '', requireClientCertificate: true } },
  ],
  ['with a title too long', { aeTitle: 'A'.repeat(17) }],
  ['with a peer of no address', { peers: [{ ...PEER, addresses: [] }] }],
  ['with a peer by name', { peers: [{ ...PEER, addresses: ['scanner'] }] }],
])('does not start %s', async (_, given) => {
  await expect(start(given)).rejects.toBeInstanceOf(DimseRefused);
});

test.each<[string, Partial<DimseSettings>]>([
  ['on loopback', {}],
  ['on localhost, which is loopback', { host: 'localhost' }],
  ['on loopback without peers: all are refused', { peers: [] }],
  ['on the network without TLS where that is named', { host: '0.0.0.0', insecureOnNetwork: true }],
])('starts %s', async (_, given) => {
  const { port, close } = await start(given);
  expect(port).toBeGreaterThan(0);
  await close();
});

test('a taken port is an error, not a silence', async () => {
  const { port, close } = await start({});
  await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await close();
});

test('peers are known by title and address together', () => {
  const list = new AllowList([PEER, { ...PEER, aeTitle: 'OTHER', addresses: ['192.168.1.7'] }]);
  expect(list.find('SCANNER', '10.1.200.3')).toBe(PEER);
  expect(list.find('SCANNER', '::ffff:10.1.2.3')).toBe(PEER);
  expect(list.find('SCANNER', 'fd12::1')).toBe(PEER);
  expect(list.find('SCANNER', '10.2.0.1')).toBeUndefined();
  expect(list.find('SCANNER', '192.168.1.7')).toBeUndefined();
  expect(list.find('scanner', '10.1.0.1')).toBeUndefined();
  expect(list.knowsAddress('192.168.1.7')).toBe(true);
  expect(list.knowsAddress('192.168.1.8')).toBe(false);
  expect(list.knowsAddress('')).toBe(false);
});

test.each(['10.0.0.0/33', '::/129', '10.0.0', 'host', '', '10.0.0.1/', '10.0.0.0/8/8'])(
  '%s is no network',
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);

test('verbs become what the gate allows, in one project', () => {
  expect(identityOf({ ...PEER, verbs: ['echo'] }, '10.1.0.1').scopes).toEqual([]);
  expect(identityOf({ ...PEER, verbs: VERBS }, '::ffff:10.1.0.1')).toMatchObject({
    kind: 'peer',
    actor: 'peer:SCANNER',
    address: '10.1.0.1',
    projects: [{ projectId: 'spine' }],
    storesInto: 'spine',
    scopes: ['store', 'search', 'read'],
  });
});

test('instances of very many classes take as many associations as their contexts need', () => {
  const instances = Array.from(
    { length: 200 },
    (_, i): InstanceRecord => ({
      studyUid: '1',
      seriesUid: '1',
      sopUid: `1.${i}`,
      sopClass: `1.2.${i % 100}`,
      transferSyntax: i % 3 === 0 ? '1.2.840.10008.1.2.4.90' : '1.2.840.10008.1.2.1',
      sha256: '',
      sizeBytes: 1,
      frames: 1,
    }),
  );
  const batches = batchesOf(instances);
  expect(batches.flatMap((batch) => batch.instances)).toEqual(instances);
  for (const { contexts, instances: members } of batches) {
    expect(contexts.length).toBeLessThanOrEqual(128);
    for (const { sopClass, transferSyntax } of members)
      expect(contexts).toContainEqual({ abstractSyntax: sopClass, transferSyntaxes: [transferSyntax] });
  }
  expect(batches.length).toBeGreaterThan(1);
});
