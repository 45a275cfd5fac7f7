/** Associations with DCMTK both ways: echo, sending as user, TLS, audit. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { mrFile, person } from '../../packages/server/src/archive/archive.testing.ts';
import type { InstanceRecord } from '../../packages/server/src/archive/index.ts';
import { echo, sendInstances, VERBS } from '../../packages/server/src/dimse/index.ts';
import { OWN_TITLE, PEER } from '../../packages/server/src/dimse/listener.testing.ts';
import { at, check, destination, dimseBench, KEY, studyUidOf } from './bench.ts';
import { filesIn, folder, freePort, run, storescp } from './dcmtk.ts';

const bench = dimseBench();
const { listening, studyOf } = bench;

check('echoscu is answered; a stranger is rejected', async () => {
  const { port, audited } = await listening();
  expect(await run('echoscu', at(port))).toMatchObject({ code: 0 });
  const stranger = await run('echoscu', ['-aet', 'STRANGER', '-aec', OWN_TITLE, '127.0.0.1', String(port)]);
  expect(stranger.code).not.toBe(0);
  expect(stranger.output).toContain('Calling AE Title Not Recognized');
  const wrong = await run('echoscu', ['-aet', 'TESTER', '-aec', 'OTHER', '127.0.0.1', String(port)]);
  expect(wrong.output).toContain('Called AE Title Not Recognized');
  expect(audited.map(({ outcome }) => outcome)).toEqual(['success', 'refused', 'refused']);
});

check('send and echo as user; a destination that refuses our title', async () => {
  const scp = await storescp();
  const files = await studyOf({}, 3);
  const records = bench.archive.recordsFor(person('radiologist', 'spine'));
  const instances: InstanceRecord[] = await records.instances({ studyUid: studyUidOf(files[0]!) }, 'move');
  const options = { aeTitle: OWN_TITLE, open: (instance: InstanceRecord) => records.open(instance) };
  expect(await echo(destination(scp.port), options)).toBe(true);
  const outcomes = await sendInstances(destination(scp.port), instances, options);
  expect(outcomes).toEqual(instances.map(({ sopUid }) => ({ sopUid, outcome: 'completed', status: 0 })));
  expect(filesIn(scp.received)).toHaveLength(3);
  await expect(echo(destination(await freePort()), options)).rejects.toMatchObject({ code: 'unreachable' });
  const { port } = await listening();
  await expect(echo(destination(port, { aeTitle: OWN_TITLE }), options)).rejects.toMatchObject({
    code: 'rejected',
  });
  expect(await echo(destination(port, { aeTitle: OWN_TITLE }), { ...options, aeTitle: 'TESTER' })).toBe(true);
});

check('over TLS, both ways, with certificates of both sides', async () => {
  const path = folder();
  const file = (name: string) => join(path, name);
  const openssl = async (...args: string[]) =>
    expect(await run('openssl', args, path)).toMatchObject({ code: 0 });
  await openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=Test CA',
    '-days',
    '2',
  );
  writeFileSync(file('san.txt'), 'subjectAltName=IP:127.0.0.1\n');
  for (const name of ['own', 'peer']) {
    await openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      'san.txt',
    );
  }
  const text = (name: string) => readFileSync(file(name), 'utf8');
  const tls = {
    key: text('own.key'),
    cert: text('own.crt'),
    ca: text('ca.crt'),
    requireClientCertificate: true,
  };
  const peerTls = ['+tls', file('peer.key'), file('peer.crt'), '+cf', file('ca.crt')];
  const scp = await storescp(peerTls);
  const { port } = await listening({ tls });
  expect(await run('echoscu', [...peerTls, ...at(port)])).toMatchObject({ code: 0 });
  expect((await run('echoscu', at(port))).code).not.toBe(0);
  expect((await run('echoscu', ['+tla', '+cf', file('ca.crt'), ...at(port)])).code).not.toBe(0);
  const files = await studyOf({}, 2);
  writeFileSync(file('new.dcm'), mrFile());
  expect(await run('storescu', [...peerTls, ...at(port), file('new.dcm')])).toMatchObject({ code: 0 });
  const records = bench.archive.recordsFor(person('radiologist', 'spine'));
  const instances = await records.instances({ studyUid: studyUidOf(files[0]!) }, 'move');
  const sent = await sendInstances(destination(scp.port, { tls: true }), instances, {
    aeTitle: OWN_TITLE,
    tls,
    open: (instance) => records.open(instance),
  });
  expect(sent.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  expect(filesIn(scp.received)).toHaveLength(2);
  expect(await echo(destination(port, { aeTitle: OWN_TITLE, tls: true }), { aeTitle: 'TESTER', tls })).toBe(
    true,
  );
  // A peer whose certificate nobody signed is not sent to.
  await expect(
    echo(destination(scp.port, { tls: true }), { aeTitle: OWN_TITLE, tls: { key: tls.key, cert: tls.cert } }),
  ).rejects.toMatchObject({ code: 'unreachable' });
});

check('every verb stands in the audit of the archive under the peer', async () => {
  const { port } = await listening({ peers: [{ ...PEER, verbs: VERBS }] });
  const path = join(folder(), 'new.dcm');
  const file = mrFile();
  writeFileSync(path, file);
  expect(await run('storescu', [...at(port), path])).toMatchObject({ code: 0 });
  const study = KEY(`StudyInstanceUID=${studyUidOf(file)}`);
  await run('getscu', ['-S', ...KEY('QueryRetrieveLevel=STUDY'), ...study, ...at(port)], folder());
  await run('findscu', ['-S', ...KEY('QueryRetrieveLevel=STUDY'), ...KEY('PatientID=none'), ...at(port)]);
  const rows = await bench.archive.database.query<{ action: string }>(
    "select distinct action from audit_event where actor = 'peer:TESTER' order by action",
  );
  expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['read', 'search', 'store']));
});
