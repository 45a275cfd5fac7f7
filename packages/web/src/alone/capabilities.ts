/** What a browser must have to read here, and what makes it slow. */
export type Missing = 'webassembly' | 'workers' | 'secure';
export type Hindrance = 'one-thread' | 'little-memory' | 'no-offline';

export interface Capabilities {
  /** Without any of these nothing can be read. */
  readonly missing: readonly Missing[];
  readonly hindrances: readonly Hindrance[];
}

/** What is asked of a browser; all of it may be absent. */
export interface BrowserLike {
  readonly WebAssembly?: { validate(bytes: BufferSource): boolean };
  readonly Worker?: unknown;
  readonly crypto?: { readonly subtle?: unknown };
  readonly crossOriginIsolated?: boolean;
  readonly navigator: {
    /** GiB, rounded; only some browsers tell. */
    readonly deviceMemory?: number;
    readonly serviceWorker?: unknown;
  };
}

/** A reading holds the images twice, the networks, and what they say of each slice. */
const ENOUGH_MEMORY_GIB = 4;

/** A function that makes a vector: the networks need WebAssembly with SIMD (browsers since 2023). */
const WITH_SIMD = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  10,
  1,
  8,
  0,
  65,
  0,
  253,
  15,
  253,
  98,
  11,
);

export function capabilitiesOf(browser: BrowserLike): Capabilities {
  const { deviceMemory, serviceWorker } = browser.navigator;
  const missing: Missing[] = [];
  if (browser.WebAssembly?.validate(WITH_SIMD) !== true) missing.push('webassembly');
  if (browser.Worker === undefined) missing.push('workers');
  if (browser.crypto?.subtle === undefined) missing.push('secure');
  const hindrances: Hindrance[] = [];
  if (browser.crossOriginIsolated !== true) hindrances.push('one-thread');
  if (deviceMemory !== undefined && deviceMemory < ENOUGH_MEMORY_GIB) hindrances.push('little-memory');
  if (serviceWorker === undefined) hindrances.push('no-offline');
  return { missing, hindrances };
}
