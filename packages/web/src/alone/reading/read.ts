import { readingPictures, renderReport } from '@promontory/core/draw';
import { writeNiftiGz } from '@promontory/core/formats';
import { phantomStudy } from '@promontory/core/phantom';
import type { CodecPort } from '@promontory/core/pixels';
import { assembleStudy, type Reading, readChecked, selectSeries } from '@promontory/core/reading';
import type { StartedEngine } from './engine.ts';
import { hashOver } from './hash.ts';
import type { GivenFile, ReadRequest, Result, ResultFile, Told } from './messages.ts';
import { type Taken, takeIn } from './take-in.ts';

export interface ReadPorts {
  readonly version: string;
  readonly codecs: CodecPort;
  readonly engine: () => Promise<StartedEngine>;
  readonly now: () => Date;
  readonly tell: (told: Told) => void;
}

/**
 * From what a person gave to results, as the server does it.
 * @throws Fault as taking in, assembling and reading do
 */
export async function read(request: ReadRequest, ports: ReadPorts): Promise<Result> {
  const start = ports.now().getTime();
  const { taken, given } = await takeInFrom(request, ports);
  ports.tell({ kind: 'input', files: given, bytes: taken.bytes });
  const assembled = await assembleStudy(taken.inputs, {
    codecs: ports.codecs,
    studyInstanceUid: request.studyInstanceUid,
  });
  const study = { ...assembled, warnings: [...taken.warnings, ...assembled.warnings] };
  // What cannot be read is refused before megabytes of models are fetched.
  selectSeries(study);
  ports.tell({ kind: 'progress', stage: 'engine', done: 0, total: 1 });
  const engine = await ports.engine();
  ports.tell({ kind: 'engine', engine: engine.describe() });
  const reading = await readChecked(study, {
    runner: engine.runner,
    softwareVersion: ports.version,
    now: ports.now,
    lumbarCount: request.lumbarCount,
    hashInputs: async ({ inputs }) => ({
      sha256: await hashOver(taken.bytesOf(inputs)),
      files: inputs.length,
    }),
    progress: (stage, done, total) => ports.tell({ kind: 'progress', stage, done, total }),
  });
  ports.tell({ kind: 'progress', stage: 'pictures', done: 0, total: 1 });
  return {
    ...outputsOf(reading),
    engine: engine.describe(),
    totalMs: ports.now().getTime() - start,
    input: { files: given, bytes: taken.bytes },
  };
}

async function takeInFrom(
  { source }: ReadRequest,
  ports: ReadPorts,
): Promise<{ taken: Taken; given: number }> {
  const tell = (done: number, total: number) => ports.tell({ kind: 'progress', stage: 'files', done, total });
  if ('files' in source) {
    return { taken: await takeIn(source.files, source.named, tell), given: source.files.length };
  }
  ports.tell({ kind: 'progress', stage: 'draw-patient', done: 0, total: 1 });
  const files: GivenFile[] = phantomStudy({ seed: source.seed }).files.map(({ name, bytes }) => ({
    path: name,
    file: new Blob([bytes as Uint8Array<ArrayBuffer>]),
  }));
  return { taken: await takeIn(files, files.length, tell), given: files.length };
}

/** All that a reading gives, but pictures as pixels: those the page draws, which has a canvas. */
function outputsOf(reading: Reading): Pick<Result, 'findings' | 'pictures' | 'files'> {
  const { findings, segmentation } = reading;
  const pictures = readingPictures(reading);
  const text = (path: string, content: string): ResultFile => ({
    path,
    bytes: new TextEncoder().encode(content),
  });
  return {
    findings,
    pictures,
    files: [
      text('findings.json', `${JSON.stringify(findings, null, 2)}\n`),
      { path: 'segmentation.nii.gz', bytes: new Uint8Array(writeNiftiGz(segmentation)) },
      text('report.html', renderReport(findings, pictures)),
    ],
  };
}
