import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { DeidOptions } from '@promontory/core/deid';
import { Fault, isFault } from '@promontory/core/fault';
import { DeidRecord, deidentifyBytes } from '../exports/index.ts';
import {
  keyedHashOf,
  openSecretKey,
  openStagedFolder,
  type StagedFolder,
  type StreamedFile,
  streamFiles,
} from '../ports/files/index.ts';
import type { Command } from './command.ts';
import { deidWishes } from './deidentify-options.ts';
import { required, text } from './option-values.ts';
import type { Ports } from './ports.ts';
import { startProgress } from './progress.ts';

const REPORT = 'deidentification-report.json';
const DEFAULT_KEY = 'deidentify.key';

export const deidentify: Command = {
  options: {
    out: { type: 'string' },
    force: { type: 'boolean' },
    'key-file': { type: 'string' },
    retain: { type: 'string', multiple: true },
    'clean-descriptors': { type: 'boolean' },
    'clean-structured': { type: 'boolean' },
    blank: { type: 'string', multiple: true },
    json: { type: 'boolean' },
    quiet: { type: 'boolean' },
  },
  paths: 'some',
  async run({ paths, values }, ports) {
    const folder = resolve(required(values, 'out', 'the folder for the copies'));
    const wishes = deidWishes(values);
    const quiet = values.quiet === true;
    const staged = openStagedFolder(folder, values.force === true);
    const progress = startProgress(ports, quiet);
    try {
      const keyPath = resolve(text(values, 'key-file') ?? join(ports.configFolder, DEFAULT_KEY));
      const key = openSecretKey(keyPath, folder);
      if (key.created && !quiet) {
        ports.err(
          `A new key was made: ${keyPath}\nKeep it secret. The same key gives the same pseudonyms.\n`,
        );
      }
      const run = new Run({ ...wishes, keyedHash: keyedHashOf(key) }, staged, ports);
      for await (const file of streamFiles(paths)) {
        progress.step('De-identifying', file.done, file.total);
        await run.take(file);
      }
      progress.end();
      const { record } = run;
      if (record.objects === 0) {
        throw new Fault('NOTHING_FOUND', 'There is no DICOM object at the path given.', {
          advice: 'Give a folder with DICOM files, a ZIP of them, or DICOM files.',
        });
      }
      staged.write(REPORT, record.toJson(ports.version, wishes));
      staged.publish();
      const summary = record.summary();
      if (summary.deidentified === 0) {
        throw new Fault('DEIDENTIFICATION_REFUSED', `All ${record.objects} objects were refused.`, {
          advice: `${REPORT} in the output folder tells the reasons: ${Object.keys(summary.refused).join(', ')}.`,
        });
      }
      if (values.json === true) ports.out(`${JSON.stringify({ ...summary, keyCreated: key.created })}\n`);
      else if (!quiet) ports.out(`${record.toText()}\n\nResults: ${folder}\n`);
    } finally {
      progress.end();
      staged.discard();
    }
  },
};

/** One object at a time: nothing of an object stays in memory but what was done to it. */
class Run {
  readonly record = new DeidRecord();
  readonly #options: DeidOptions;
  readonly #staged: StagedFolder;
  readonly #ports: Ports;
  /** Hash of what was written, by its path. */
  readonly #written = new Map<string, string>();

  constructor(options: DeidOptions, staged: StagedFolder, ports: Ports) {
    this.#options = options;
    this.#staged = staged;
    this.#ports = ports;
  }

  async take({ index, kind, bytes }: StreamedFile): Promise<void> {
    if (kind === 'unreadable')
      return this.record.refuse(index, 'UNREADABLE', 'Check its permissions and size.');
    if (kind !== 'dicom' || bytes === undefined) return this.record.skip();
    try {
      await this.#deidentify(index, bytes);
    } catch (error) {
      if (isFault(error, 'OUTPUT_REFUSED')) throw error;
      if (isFault(error, 'NOT_RECOGNISED')) return this.record.skip();
      if (isFault(error)) return this.record.refuse(index, 'DAMAGED', 'Send it again from its source.');
      // The others of ten thousand must not be lost for it; the error itself may hold anything, so it is not told.
      this.record.refuse(index, 'UNEXPECTED', 'A defect of the program; please report the kind of object.');
    }
  }

  async #deidentify(index: number, bytes: Uint8Array): Promise<void> {
    const outcome = await deidentifyBytes(bytes, this.#options, () => this.#ports.codecs());
    if (outcome.outcome === 'refused') {
      return this.record.refuse(index, outcome.reason, `${outcome.message} ${outcome.advice}`);
    }
    const { path } = outcome;
    const hash = createHash('sha256').update(outcome.bytes).digest('base64');
    const earlier = this.#written.get(path);
    if (earlier === hash) return this.record.duplicate(index);
    if (earlier !== undefined) {
      return this.record.refuse(index, 'SAME_UID', 'Another object has the same UID; the first one is kept.');
    }
    this.#staged.write(path, outcome.bytes);
    this.#written.set(path, hash);
    this.record.accept(index, path, outcome);
  }
}
