/** What the page asks of the worker that opens ZIPs, and what it answers. */
import type { ZipEntry, ZipProblem } from './zip-directory.ts';

export type UnzipAsk = { readonly id: number; readonly zip: Blob; readonly entry?: ZipEntry };
export type UnzipAnswer =
  | { readonly id: number; readonly entries: ZipEntry[] }
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly problem: ZipProblem };
