/** C-MOVE and C-GET by DCMTK. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDicom, Tag } from '@promontory/core/dicom';
import { expect } from 'vitest';
import { mrFile, newUid } from '../../packages/server/src/archive/archive.testing.ts';
import { PEER } from '../../packages/server/src/dimse/listener.testing.ts';
import { at, bodyOf, check, destination, dimseBench, IMPLICIT, KEY, sopUidOf, studyUidOf } from './bench.ts';
import { filesIn, folder, freePort, run, storescp } from './dcmtk.ts';

const { listening, keep, studyOf } = dimseBench();

check('movescu: to storescp, as kept; and to itself', async () => {
  const scp = await storescp();
  const own = await freePort();
  const { port, audited } = await listening({
    destinations: [destination(scp.port), destination(own, { aeTitle: 'TESTER' })],
  });
  const files = await studyOf({}, 5);
  const study = studyUidOf(files[0]!);
  const keys = [...KEY('QueryRetrieveLevel=STUDY'), ...KEY(`StudyInstanceUID=${study}`)];
  const moved = await run('movescu', ['-v', '-S', '-aem', 'STORESCP', ...keys, ...at(port)]);
  expect(moved, moved.output).toMatchObject({ code: 0 });
  expect(moved.output).toContain('Success');
  expect(audited).toContainEqual({
    action: 'export',
    outcome: 'success',
    actor: 'peer:TESTER',
    address: '127.0.0.1',
    studyUid: study,
    detail: { destination: 'STORESCP', host: '127.0.0.1', instances: 5 },
  });
  const received = filesIn(scp.received);
  expect(new Map(received.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')]))).toEqual(
    new Map(files.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')])),
  );

  // With +B movescu writes into the working folder, whatever -od says.
  const out = folder();
  const one = [
    ...KEY('QueryRetrieveLevel=IMAGE'),
    ...KEY(`StudyInstanceUID=${study}`),
    ...KEY(`SeriesInstanceUID=${parseDicom(files[0]!).dataSet.text(Tag.SeriesInstanceUID)}`),
    ...KEY(`SOPInstanceUID=${sopUidOf(files[1]!)}\\${sopUidOf(files[3]!)}`),
  ];
  const self = await run(
    'movescu',
    ['-v', '-S', '+B', '-aem', 'TESTER', '+P', String(own), ...one, ...at(port)],
    out,
  );
  expect(self, self.output).toMatchObject({ code: 0 });
  expect(filesIn(out).map(sopUidOf).sort(), self.output).toEqual(
    [sopUidOf(files[1]!), sopUidOf(files[3]!)].sort(),
  );
});

check('movescu: a patient; an unknown or forbidden destination; one that is not there; nothing', async () => {
  const scp = await storescp();
  const { port, audited } = await listening({
    peers: [{ ...PEER, movesTo: ['STORESCP', 'GONE'] }],
    destinations: [
      destination(scp.port),
      destination(await freePort(), { aeTitle: 'GONE' }),
      destination(scp.port, { aeTitle: 'FORBIDDEN' }),
    ],
  });
  const id = newUid().slice(-12);
  const files = [...(await studyOf({ PatientID: id }, 2)), ...(await studyOf({ PatientID: id }, 2))];
  const move = (to: string, ...keys: string[]) =>
    run('movescu', ['-d', '-P', '-aem', to, ...keys.flatMap(KEY), ...at(port)]);
  const patient = ['QueryRetrieveLevel=PATIENT', `PatientID=${id}`];
  for (const to of ['NOWHERE', 'FORBIDDEN']) expect((await move(to, ...patient)).output).toMatch(/0xa801/i);
  expect(audited.filter(({ action }) => action === 'refusal')).toHaveLength(2);
  const gone = await move('GONE', ...patient);
  expect(gone.output).toMatch(/0xa702/i);
  expect(gone.output).toMatch(/NumberOfFailed\w+ *: 4|Failed Suboperations *: 4/i);
  expect((await move('STORESCP', 'QueryRetrieveLevel=PATIENT', 'PatientID=none-such')).output).toMatch(
    /0x0000/,
  );
  expect((await move('STORESCP', 'QueryRetrieveLevel=STUDY')).output).toMatch(/0xa900/i);
  expect(filesIn(scp.received)).toEqual([]);
  expect(await move('STORESCP', ...patient)).toMatchObject({ code: 0 });
  expect(filesIn(scp.received).map(sopUidOf).sort()).toEqual(files.map(sopUidOf).sort());
});

check('movescu: what the destination does not take as kept goes uncompressed, or fails by name', async () => {
  const path = folder();
  const plain = await studyOf(
    { Rows: 16, Columns: 16, PixelData: Uint16Array.from({ length: 256 }, (_, i) => i) },
    1,
  );
  writeFileSync(
    join(path, 'in.dcm'),
    mrFile({
      StudyInstanceUID: studyUidOf(plain[0]!),
      Rows: 16,
      Columns: 16,
      PixelData: Uint16Array.from({ length: 256 }, (_, i) => 3 * i),
    }),
  );
  expect(await run('dcmcrle', [join(path, 'in.dcm'), join(path, 'rle.dcm')])).toMatchObject({ code: 0 });
  const rle = readFileSync(join(path, 'rle.dcm'));
  await keep([rle]);
  const keys = [...KEY('QueryRetrieveLevel=STUDY'), ...KEY(`StudyInstanceUID=${studyUidOf(plain[0]!)}`)];

  const implicitOnly = await storescp(['+xi']);
  const { port } = await listening({ destinations: [destination(implicitOnly.port)] });
  const moved = await run('movescu', ['-d', '-S', '-aem', 'STORESCP', ...keys, ...at(port)]);
  expect(moved.output).toMatch(/0xb000/i);
  const [received, ...others] = filesIn(implicitOnly.received);
  expect(others).toEqual([]);
  expect(parseDicom(received!).transferSyntaxUid).toBe(IMPLICIT);
  expect(parseDicom(received!).dataSet.bytes(Tag.PixelData)).toEqual(
    Buffer.from(parseDicom(plain[0]!).dataSet.bytes(Tag.PixelData)!),
  );

  const rleToo = await storescp(['+xr']);
  const asked: string[] = [];
  const other = await listening(
    { destinations: [destination(implicitOnly.port), destination(rleToo.port, { aeTitle: 'RLE' })] },
    {
      // Stands for the product's transcoder: DCMTK's own decoder.
      async transcode(bytes, transferSyntax) {
        asked.push(transferSyntax);
        writeFileSync(join(path, 'kept.dcm'), bytes);
        await run('dcmdrle', ['+ti', join(path, 'kept.dcm'), join(path, 'out.dcm')]);
        return readFileSync(join(path, 'out.dcm'));
      },
    },
  );
  const again = await run('movescu', ['-d', '-S', '-aem', 'STORESCP', ...keys, ...at(other.port)]);
  expect(again, again.output).toMatchObject({ code: 0 });
  expect(asked).toEqual([IMPLICIT, IMPLICIT]);
  expect(filesIn(implicitOnly.received)).toHaveLength(2);

  await run('movescu', ['-S', '-aem', 'RLE', ...keys, ...at(other.port)]);
  expect(
    filesIn(rleToo.received)
      .map((f) => bodyOf(f).toString('hex'))
      .sort(),
  ).toEqual([rle, plain[0]!].map((f) => bodyOf(f).toString('hex')).sort());
  expect(asked).toHaveLength(2);
});

check('getscu: a study over the same association, as kept', async () => {
  const { port } = await listening();
  const files = await studyOf({}, 4);
  for (const model of ['-S', '-P']) {
    const out = folder();
    const got = await run('getscu', [
      '-v',
      model,
      '+B',
      '-od',
      out,
      ...KEY('QueryRetrieveLevel=STUDY'),
      ...KEY(`PatientID=P-1`),
      ...KEY(`StudyInstanceUID=${studyUidOf(files[0]!)}`),
      ...at(port),
    ]);
    expect(got, got.output).toMatchObject({ code: 0 });
    const received = filesIn(out);
    expect(new Map(received.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')]))).toEqual(
      new Map(files.map((f) => [sopUidOf(f), bodyOf(f).toString('hex')])),
    );
  }
});
