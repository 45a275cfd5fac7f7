import { createHash } from 'node:crypto';
import { Tag } from '@promontory/core/dicom';
import { Fault, isFault, type Warning } from '@promontory/core/fault';
import {
  DEFAULT_ZIP_LIMITS,
  type FileKind,
  listZip,
  readZipEntry,
  sniff,
  type ZipEntry,
} from '@promontory/core/formats';
import type { SeriesInput } from '@promontory/core/reading';
import { findFiles } from './find-files.ts';
import { DEFAULT_INPUT_LIMITS, type InputLimits } from './limits.ts';
import { readFileOfUse } from './read-file.ts';
import { type ItemOptions, readItem } from './read-item.ts';

export interface CollectOptions extends ItemOptions {
  readonly limits?: InputLimits;
  readonly progress?: (done: number, total: number) => void;
}

/** The images of an input, numbered by their place among all files in the order of their paths. */
export interface CollectedInput {
  readonly inputs: readonly SeriesInput[];
  /** About files that were left out: counts, never names. */
  readonly warnings: readonly Warning[];
  /** Hex SHA-256 over the sorted SHA-256 of the files of these numbers, as they were stored. */
  hashOf(indices: readonly number[]): string;
}

const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';

/**
 * Reads what can be read of files, folders (with all below them) and ZIP archives. What a file is, its content says and
 * never its name. A file that is no image, or is damaged, leaves a warning; where DICOM images are, volumes of other
 * formats that merely lie in the same folder or archive are left out.
 *
 * @throws Fault `NOTHING_FOUND` where no file is, or none that is read; the file's own fault where there is one only;
 * `LIMIT_EXCEEDED` for an input beyond the caps
 */
export async function collectInput(
  paths: readonly string[],
  options: CollectOptions = {},
): Promise<CollectedInput> {
  const limits = options.limits ?? DEFAULT_INPUT_LIMITS;
  const { files, closedFolders } = findFiles(paths, limits.maxFiles);
  const pile = new Pile(limits, options);
  for (const [i, path] of files.entries()) {
    options.progress?.(i, files.length);
    await pile.attempt(async () => {
      const { kind, bytes } = await readFileOfUse(path, limits.maxFileBytes);
      if (bytes !== undefined && kind === 'zip') await pile.addArchive(bytes);
      else pile.add(kind, bytes);
    });
  }
  return pile.finish(paths.length, closedFolders);
}

/**
 * The same for files that are in memory already.
 * @throws as `collectInput`
 */
export async function collectBytes(files: readonly Uint8Array[]): Promise<CollectedInput> {
  const pile = new Pile(DEFAULT_INPUT_LIMITS, {});
  for (const bytes of files) await pile.attempt(() => pile.add(sniff(bytes), bytes));
  return pile.finish(files.length, 0);
}

/** Files read so far, and what became of them. */
class Pile {
  readonly #limits: InputLimits;
  readonly #options: ItemOptions;
  readonly #inputs: SeriesInput[] = [];
  readonly #stored = new Map<number, Uint8Array>();
  readonly #warnings: Warning[] = [];
  readonly #faults: Fault[] = [];
  #skipped = 0;
  #directories = 0;
  #next = 0;
  #bytes = 0;

  constructor(limits: InputLimits, options: ItemOptions) {
    this.#limits = limits;
    this.#options = options;
  }

  /** A fault of one file is no fault of the input. */
  async attempt(read: () => Promise<void> | void): Promise<void> {
    const index = this.#next;
    try {
      await read();
    } catch (error) {
      if (!isFault(error) || error instanceof TooMuch) throw error;
      this.#faults.push(error);
      if (error.code === 'NOT_RECOGNISED' || error.code === 'UNSUPPORTED') this.#skipped++;
      else {
        this.#warnings.push({
          code: 'SLICE_UNREADABLE',
          message: `A file could not be read (${error.code}) and is left out.`,
          subject: `input ${index}`,
        });
      }
    }
    if (this.#next === index) this.#next++;
  }

  /** @throws Fault of the file */
  add(kind: FileKind, bytes: Uint8Array | undefined): void {
    const index = this.#next++;
    if (this.#next > this.#limits.maxFiles) {
      throw new TooMuch(`The input holds more than ${this.#limits.maxFiles} files.`);
    }
    const input = readItem(index, kind, bytes ?? new Uint8Array(0), this.#options);
    if ('file' in input && input.file.dataSet.text(Tag.SOPClassUID) === MEDIA_DIRECTORY) {
      this.#directories++;
      return;
    }
    this.#bytes += bytes?.length ?? 0;
    if (this.#bytes > this.#limits.maxTotalBytes) {
      throw new TooMuch(`The images have more than ${this.#limits.maxTotalBytes >> 20} MiB together.`);
    }
    this.#inputs.push(input);
    this.#stored.set(index, bytes!);
  }

  async addArchive(archive: Uint8Array): Promise<void> {
    const limits = {
      ...DEFAULT_ZIP_LIMITS,
      maxEntries: this.#limits.maxFiles,
      maxBytes: this.#limits.maxFileBytes,
      maxTotalBytes: this.#limits.maxTotalBytes,
    };
    const entries = listZip(archive, limits).sort(byLabel);
    for (const entry of entries) {
      await this.attempt(() => {
        const bytes = entryWithin(archive, entry, limits);
        this.add(sniff(bytes), bytes);
      });
    }
  }

  finish(pathCount: number, closedFolders: number): CollectedInput {
    const dicom = this.#inputs.filter((input) => 'file' in input);
    const everyFileWasNamed = this.#next === pathCount;
    const inputs = dicom.length > 0 && !everyFileWasNamed ? dicom : this.#inputs;
    if (inputs.length === 0) throw this.#nothing();
    const beside = this.#inputs.length - inputs.length;
    const skipped: readonly (readonly [number, string])[] = [
      [this.#skipped, 'files are no images of a kind that is read'],
      [this.#directories, 'DICOMDIR files are not needed'],
      [beside, 'volumes or pictures of other formats lie beside the DICOM images'],
      [closedFolders, 'folders could not be opened'],
    ];
    const warnings = [...this.#warnings];
    for (const [count, what] of skipped) {
      if (count > 0) warnings.push({ code: 'FILE_SKIPPED', message: `Skipped ${count}: ${what}.` });
    }
    return { inputs, warnings, hashOf: (indices) => hashOver(indices.map((i) => this.#stored.get(i)!)) };
  }

  #nothing(): Fault {
    const only = this.#faults[0];
    if (this.#next === 1 && only !== undefined) return only;
    if (this.#next === 0) {
      return new Fault('NOTHING_FOUND', 'There is no file at the path given.', { advice: WHAT_TO_GIVE });
    }
    return new Fault('NOTHING_FOUND', `None of the ${this.#next} files is an image that can be read.`, {
      advice: WHAT_TO_GIVE,
    });
  }
}

const WHAT_TO_GIVE =
  'Give a folder with DICOM files, a ZIP of them, or a DICOM, NIfTI, MetaImage or PNG file.';

/** The input as a whole is beyond the caps: reading on would not help. */
class TooMuch extends Fault {
  constructor(message: string) {
    super('LIMIT_EXCEEDED', message, { advice: 'Give the files of one study.' });
  }
}

/** An entry that inflates beyond its caps was made to do so: the archive is refused, for it may hold thousands. */
function entryWithin(archive: Uint8Array, entry: ZipEntry, limits: typeof DEFAULT_ZIP_LIMITS): Uint8Array {
  try {
    return readZipEntry(archive, entry, limits);
  } catch (error) {
    if (isFault(error, 'LIMIT_EXCEEDED'))
      throw new TooMuch('An entry of the ZIP archive is far larger than it should be.');
    throw error;
  }
}

const byLabel = (a: ZipEntry, b: ZipEntry): number =>
  a.label < b.label ? -1 : a.label > b.label ? 1 : a.offset - b.offset;

function hashOver(files: readonly Uint8Array[]): string {
  const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
  return sha256(files.map(sha256).sort().join('\n'));
}
