import { Tag } from '../../dicom/index.ts';
import { Fault, isFault, type Warning } from '../../fault/index.ts';
import {
  DEFAULT_ZIP_LIMITS,
  type FileKind,
  listZip,
  readZipEntry,
  sniff,
  type ZipEntry,
} from '../../formats/index.ts';
import type { SeriesInput } from '../series/index.ts';
import { DEFAULT_INPUT_LIMITS, type InputLimits } from './limits.ts';
import { type ItemOptions, readItem } from './read-item.ts';

/** The images of an input, numbered by their place among all files in the order in which they were added. */
export interface TakenIn {
  readonly inputs: readonly SeriesInput[];
  /** About files that were left out: counts, never names. */
  readonly warnings: readonly Warning[];
  /** The files of these numbers, as they were stored. */
  bytesOf(indices: readonly number[]): readonly Uint8Array[];
}

const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';

/**
 * Files on their way to a study: whoever has the bytes (of a disk, an upload, a browser) adds them one by one. What a
 * file is, its content says and never its name. A file that is no image, or is damaged, leaves a warning; where DICOM
 * images are, volumes of other formats that merely lie beside them are left out.
 */
export class Intake {
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

  constructor(limits: InputLimits = DEFAULT_INPUT_LIMITS, options: ItemOptions = {}) {
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

  /**
   * @param pathCount what the person named: files, folders, archives
   * @param closedFolders folders that could not be listed
   * @throws Fault `NOTHING_FOUND` where no file is read; the file's own fault where there is one only
   */
  finish(pathCount: number, closedFolders = 0): TakenIn {
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
    return { inputs, warnings, bytesOf: (indices) => indices.map((i) => this.#stored.get(i)!) };
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
