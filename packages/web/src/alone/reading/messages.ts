/** What the page and the thread that reads tell each other. */
import type { FaultCode } from '@promontory/core/fault';
import type { ReadStage } from '@promontory/core/reading';
import type { Findings } from '@promontory/core/spine';

/** A file that a person gave. The path is the person's: it orders the files and goes nowhere else. */
export interface GivenFile {
  readonly path: string;
  readonly file: Blob;
}

export interface Given {
  readonly files: readonly GivenFile[];
  /** What the person named: files, folders, archives. */
  readonly named: number;
}

export interface ReadRequest {
  /** What is read: files, or a patient drawn from a seed. */
  readonly source: Given | { readonly seed: number };
  /** Where the page lies: models are fetched from the folder beside it. */
  readonly base: string;
  readonly studyInstanceUid?: string;
  readonly lumbarCount?: 4 | 5 | 6;
}

export type Stage = 'draw-patient' | 'files' | 'engine' | ReadStage | 'pictures';
/** In the order in which they come. */
export const STAGES: readonly Stage[] = [
  'files',
  'engine',
  'load',
  'segment',
  'measure',
  'grade',
  'axial',
  'pictures',
];

/** By what the networks are run. */
export interface Engine {
  readonly provider: 'wasm' | 'webgpu';
  readonly threads: number;
  /** Of the start-up probe, where there is a graphics processor: the segmenter, once. */
  readonly probe?: EngineProbe;
}
export type EngineProbe =
  | { readonly wasmMs: number; readonly webgpuMs: number; readonly largestDifference: number }
  /** The graphics processor was tried and refused. */
  | { readonly failed: string };

export interface ResultPicture {
  readonly name: string;
  readonly view: 'overview' | 'disc' | 'axial';
  readonly level?: string;
  readonly svg: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly alt: string;
}
export interface ResultFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Result {
  readonly findings: Findings;
  readonly pictures: readonly ResultPicture[];
  /** `findings.json`, `segmentation.nii.gz`, `report.html`. */
  readonly files: readonly ResultFile[];
  readonly engine: Engine;
  /** From the request to this answer. */
  readonly totalMs: number;
  readonly input: { readonly files: number; readonly bytes: number };
}

/** `memory`: there was not enough; `crashed`: the thread ended; `defect`: anything that should not be. */
export type FailureCode = FaultCode | 'memory' | 'crashed' | 'defect';
export interface Failure {
  readonly code: FailureCode;
  /** English, without patient data. */
  readonly message: string;
  readonly advice?: string;
  /** StudyInstanceUIDs, where the person must choose. */
  readonly choices?: readonly string[];
}

export type Told =
  | { readonly kind: 'progress'; readonly stage: Stage; readonly done: number; readonly total: number }
  | { readonly kind: 'input'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'engine'; readonly engine: Engine }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly failure: Failure };
