import type { Volume } from '../geometry/index.ts';
import type { BinaryGradeName } from '../spine/index.ts';

/** What an expert said of one disc; absent where nothing was said. */
export interface DiscTruth {
  /** 1 is the lowest disc, the one above S1. */
  readonly number: number;
  readonly pfirrmann?: number | undefined;
  readonly modic?: number | undefined;
  readonly binary: Readonly<Partial<Record<BinaryGradeName, boolean>>>;
}

/** A labelled study of a dataset. */
export interface StudyTruth {
  readonly study: string;
  /** Studies of one patient are never taken for independent. */
  readonly patient: string;
  readonly discs: readonly DiscTruth[];
  /** What to tell apart: sex, field strength, manufacturer. */
  readonly traits: Readonly<Record<string, string>>;
}

/** What a voxel value of a mask stands for. */
export interface MaskScheme {
  /** Disc number (1 = lowest) of a value, if it is a disc. */
  readonly discNumber: (value: number) => number | undefined;
  readonly isCanal: (value: number) => boolean;
  /** Vertebra number (1 = lowest above S1) of a value, if it is a vertebra. */
  readonly vertebraNumber: (value: number) => number | undefined;
  /** Whether vertebrae hold arch and processes too: then only their bodies can be compared. */
  readonly wholeVertebrae: boolean;
}

export interface Mask {
  readonly volume: Volume<Uint8Array | Int16Array | Uint16Array | Float32Array>;
  readonly scheme: MaskScheme;
}
