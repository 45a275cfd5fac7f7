/** DCMTK's tools against the server as it is started, DIMSE set on: few of each, for conformance/dimse has the many. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { filesIn, folder, freePort, run, storescp } from '../dimse/dcmtk.ts';
import { hasCommand } from '../oracle.ts';
import { AS_KEPT, type MrFile, mrFile, retrieve, stowFiles } from './instances.ts';
import { launch, makeToken, signIn, startPromontory } from './peers/promontory.ts';
import type { Target } from './peers/target.ts';

const TOOLS = ['echoscu', 'storescu', 'findscu', 'movescu', 'getscu', 'storescp', 'dcmqrscp', 'openssl'];
const missing = TOOLS.filter((tool) => !hasCommand(tool));
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`not installed: ${missing}`);

const ALL = ['echo', 'store', 'find', 'move', 'get'];
const peer = (aeTitle: string, verbs: readonly string[] = ALL, addresses = ['127.0.0.1']) => ({
  aeTitle,
  addresses,
  verbs,
});
const bodyOf = (file: Buffer): Buffer => file.subarray(132 + 12 + file.readUInt32LE(140));
const contents = (files: readonly Buffer[]) => files.map((file) => bodyOf(file).toString('base64')).sort();
const key = (text: string) => ['-k', text];

function study(count = 3): MrFile[] {
  const { studyUid, seriesUid } = mrFile();
  return Array.from({ length: count }, () => mrFile({ studyUid, seriesUid }));
}

describe.skipIf(missing.length > 0)('DCMTK', () => {
  let server: Awaited<ReturnType<typeof launch>>;
  let target: Pick<Target, 'root' | 'headers'>;
  let cookie: string;
  let storePort: number;
  let archivePort: number;
  const at = (aeTitle = 'TESTER', called = 'PROMONTORY') => [
    '-aet',
    aeTitle,
    '-aec',
    called,
    '127.0.0.1',
    String(server.ready.dimsePort),
  ];
  beforeAll(async () => {
    [storePort, archivePort] = [await freePort(), await freePort()];
    server = await launch({
      settings: {
        dimse: {
          port: 0,
          peers: [
            peer('TESTER'),
            peer('CAMERA', ['echo', 'store']),
            peer('FARAWAY', ALL, ['192.0.2.0/24']),
            peer('QRSCP'),
          ],
          destinations: [
            { aeTitle: 'STORESCP', host: '127.0.0.1', port: storePort },
            { aeTitle: 'QRSCP', host: '127.0.0.1', port: archivePort },
          ],
        },
      },
    });
    cookie = await signIn(server.ready);
    const token = await makeToken(server.ready.origin, cookie);
    target = { root: `${server.ready.origin}/dicom-web`, headers: { authorization: `Bearer ${token}` } };
  });
  afterAll(async () => {
    await server?.stop();
    if (server !== undefined) rmSync(server.folder, { recursive: true, force: true });
  });

  const keep = (files: readonly MrFile[]) =>
    stowFiles(
      target,
      files.map(({ bytes }) => bytes),
    );

  test('echoscu: a listed peer is answered; an unknown title, a title from elsewhere and a wrong called title are not', async () => {
    expect(await run('echoscu', at())).toMatchObject({ code: 0 });
    for (const [who, reason] of [
      [at('STRANGER'), 'Calling AE Title Not Recognized'],
      [at('FARAWAY'), 'Calling AE Title Not Recognized'],
      [at('TESTER', 'OTHER'), 'Called AE Title Not Recognized'],
    ] as const) {
      const { code, output } = await run('echoscu', who);
      expect([code === 0, output]).toEqual([false, expect.stringContaining(reason)]);
    }
  });

  test('storescu: kept as it was said, under DICOMweb too; a conflict is 0110H', async () => {
    const files = study();
    const path = folder();
    files.forEach(({ bytes }, i) => {
      writeFileSync(join(path, `${i}.dcm`), bytes);
    });
    const sent = await run('storescu', ['-v', ...at('CAMERA'), '+sd', path]);
    expect(sent, sent.output).toMatchObject({ code: 0 });
    const { parts } = await retrieve(target, `/studies/${files[0]?.studyUid}`, AS_KEPT);
    expect(contents(parts)).toEqual(contents(files.map(({ bytes }) => bytes)));
    writeFileSync(join(path, '0.dcm'), mrFile({ ...files[0], patientName: 'Other^Person' }).bytes);
    const conflict = await run('storescu', ['-v', ...at('CAMERA'), join(path, '0.dcm')]);
    expect(conflict.output).toMatch(/0x0?110/);
  });

  test('a peer does only what its verbs say', async () => {
    const found = await run('findscu', ['-S', ...key('QueryRetrieveLevel=STUDY'), ...at('CAMERA')]);
    expect([found.code === 0, found.output]).toEqual([
      false,
      expect.stringContaining('No Acceptable Presentation Contexts'),
    ]);
  });

  test('findscu, getscu, movescu to storescp: what DICOMweb stored', async () => {
    const files = study();
    const studyUid = files[0]?.studyUid as string;
    await keep(files);
    const keys = [...key('QueryRetrieveLevel=STUDY'), ...key(`StudyInstanceUID=${studyUid}`)];
    const found = await run('findscu', [
      '-v',
      '-S',
      ...keys,
      ...key('NumberOfStudyRelatedInstances'),
      ...at(),
    ]);
    expect(found.output).toMatch(/IS \[3 ?\]/);

    const got = folder();
    expect(await run('getscu', ['-S', '+B', '-od', got, ...keys, ...at()])).toMatchObject({ code: 0 });
    expect(contents(filesIn(got))).toEqual(contents(files.map(({ bytes }) => bytes)));

    const scp = await storescp([], storePort);
    const moved = await run('movescu', ['-v', '-S', '-aem', 'STORESCP', ...keys, ...at()]);
    expect(moved, moved.output).toMatchObject({ code: 0 });
    expect(contents(filesIn(scp.received))).toEqual(contents(files.map(({ bytes }) => bytes)));
    expect((await run('movescu', ['-d', '-S', '-aem', 'NOWHERE', ...keys, ...at()])).output).toMatch(
      /0xa801/i,
    );
  });

  test('dcmqrscp: an archive that we send to, and that sends to us', async () => {
    const path = folder();
    const storage = folder();
    const config = join(path, 'dcmqrscp.cfg');
    writeFileSync(
      config,
      [
        'NetworkType = "tcp"',
        `NetworkTCPPort = ${archivePort}`,
        'MaxPDUSize = 16384',
        'MaxAssociations = 16',
        'HostTable BEGIN',
        `ours = (PROMONTORY, 127.0.0.1, ${server.ready.dimsePort})`,
        'tester = (TESTER, 127.0.0.1, 104)',
        'HostTable END',
        'VendorTable BEGIN',
        'VendorTable END',
        'AETable BEGIN',
        `QRSCP ${storage} RW (100, 1024mb) ANY`,
        'AETable END',
        '',
      ].join('\n'),
    );
    void run('dcmqrscp', ['-c', config]);
    const archive = (...args: string[]) => [
      ...args,
      '-aet',
      'TESTER',
      '-aec',
      'QRSCP',
      '127.0.0.1',
      String(archivePort),
    ];
    for (let tries = 0; (await run('echoscu', archive())).code !== 0; tries++) {
      if (tries > 50) throw new Error('dcmqrscp does not answer');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const files = study(2);
    const keys = (of: readonly MrFile[]) => [
      ...key('QueryRetrieveLevel=STUDY'),
      ...key(`StudyInstanceUID=${of[0]?.studyUid}`),
    ];
    await keep(files);
    const moved = await run('movescu', ['-v', '-S', '-aem', 'QRSCP', ...keys(files), ...at()]);
    expect(moved, moved.output).toMatchObject({ code: 0 });
    const found = await run('findscu', archive('-v', '-S', ...keys(files)));
    expect(found.output).toMatch(/Find Response: 1 \(Pending/);

    // The other way: it is asked to move one of its own to us.
    const theirs = study(2);
    theirs.forEach(({ bytes }, i) => {
      writeFileSync(join(path, `${i}.dcm`), bytes);
    });
    for (const i of [0, 1])
      expect(await run('storescu', [...archive(), join(path, `${i}.dcm`)])).toMatchObject({ code: 0 });
    const back = await run('movescu', archive('-v', '-S', '-aem', 'PROMONTORY', ...keys(theirs)));
    expect(back, back.output).toMatchObject({ code: 0 });
    const { parts } = await retrieve(target, `/studies/${theirs[0]?.studyUid}`, AS_KEPT);
    expect(parts).toHaveLength(2);
  });

  test('every association stands in the audit, refused ones too, and no name in the log', async () => {
    const answer = await fetch(`${server.ready.origin}/api/audit?action=association&limit=1000`, {
      headers: { cookie },
    });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([200, expect.stringContaining('peer:TESTER')]);
    for (const title of ['STRANGER', 'FARAWAY']) expect(text).toContain(title);
    expect(server.log()).not.toMatch(/Other\^Person|Doe\^Jane/);
  });
});

describe.skipIf(missing.length > 0)('DCMTK over TLS with client certificates', () => {
  test('a certificate of the authority is needed, both to call and to be called', async () => {
    const path = folder();
    const file = (name: string) => join(path, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: path, stdio: 'ignore' });
    const make = (name: string) => [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
    ];
    openssl('req', '-x509', ...make('ca'), '-out', 'ca.crt', '-days', '2');
    openssl('req', '-x509', ...make('stranger'), '-out', 'stranger.crt', '-days', '2');
    writeFileSync(file('san.txt'), 'subjectAltName=IP:127.0.0.1\n');
    for (const name of ['own', 'peer']) {
      openssl('req', ...make(name), '-out', `${name}.csr`);
      openssl(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
        ...['-out', `${name}.crt`, '-days', '2', '-extfile', 'san.txt'],
      );
    }
    const storePort = await freePort();
    const server = await startPromontory({
      settings: {
        dimse: {
          port: 0,
          tls: {
            certFile: file('own.crt'),
            keyFile: file('own.key'),
            caFile: file('ca.crt'),
            clientCertificates: true,
          },
          peers: [peer('TESTER')],
          destinations: [{ aeTitle: 'STORESCP', host: '127.0.0.1', port: storePort, tls: true }],
        },
      },
    });
    onTestFinished(async () => void (await server.stop()));
    const at = ['-aet', 'TESTER', '-aec', 'PROMONTORY', '127.0.0.1', String(server.dimsePort)];
    const tlsOf = (name: string) => ['+tls', file(`${name}.key`), file(`${name}.crt`), '+cf', file('ca.crt')];

    expect(await run('echoscu', [...tlsOf('peer'), ...at])).toMatchObject({ code: 0 });
    for (const without of [[], ['+tla', '+cf', file('ca.crt')], tlsOf('stranger')])
      expect((await run('echoscu', [...without, ...at])).code).not.toBe(0);

    const sent = mrFile();
    writeFileSync(file('sent.dcm'), sent.bytes);
    expect(await run('storescu', [...tlsOf('peer'), ...at, file('sent.dcm')])).toMatchObject({ code: 0 });
    const scp = await storescp(tlsOf('peer'), storePort);
    const keys = [...key('QueryRetrieveLevel=STUDY'), ...key(`StudyInstanceUID=${sent.studyUid}`)];
    // DCMTK's movescu has no TLS: a tunnel that shows the peer's certificate stands before it.
    const tunnel = createServer((client) => {
      const onward = connect({
        host: '127.0.0.1',
        port: server.dimsePort as number,
        ca: readFileSync(file('ca.crt')),
        key: readFileSync(file('peer.key')),
        cert: readFileSync(file('peer.crt')),
      });
      client.pipe(onward).pipe(client);
      client.on('error', () => onward.destroy());
      onward.on('error', () => client.destroy());
    });
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void tunnel.close());
    const { port } = tunnel.address() as { port: number };
    const through = [...at.slice(0, -1), String(port)];
    const moved = await run('movescu', ['-v', '-S', '-aem', 'STORESCP', ...keys, ...through]);
    expect(moved, moved.output).toMatchObject({ code: 0 });
    expect(contents(filesIn(scp.received))).toEqual(contents([readFileSync(file('sent.dcm'))]));
  });
});
