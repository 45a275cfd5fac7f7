/** Value representations: PS3.5 table 6.2-1 as a table. */

export type Vr = keyof typeof VR;

/** How the bytes of a value are to be understood. */
export type VrKind = 'text' | 'decimal' | 'integer' | 'binary' | 'bulk' | 'sequence' | 'unknown';

export interface VrTraits {
  readonly kind: VrKind;
  /** Explicit VR header with two reserved bytes and a 32-bit length (PS3.5 section 7.1.2). */
  readonly longHeader: boolean;
  /** Bytes of one number, or of one unit that changes place when the byte order does; 1 = none. */
  readonly unitBytes: 1 | 2 | 4 | 8;
  /** Byte that pads a value to even length. */
  readonly pad: 0x20 | 0x00;
  /** Backslash separates values. */
  readonly multiple: boolean;
  /** Specific Character Set applies (PS3.5 section 6.1.2.3). */
  readonly localised: boolean;
  /** Leading spaces are padding as well as trailing ones. */
  readonly trimStart: boolean;
}

function text(options: Partial<VrTraits> = {}): VrTraits {
  return {
    kind: 'text',
    longHeader: false,
    unitBytes: 1,
    pad: 0x20,
    multiple: true,
    localised: false,
    trimStart: false,
    ...options,
  };
}

function binary(kind: VrKind, unitBytes: 1 | 2 | 4 | 8, longHeader = false): VrTraits {
  return { kind, longHeader, unitBytes, pad: 0x00, multiple: true, localised: false, trimStart: false };
}

export const VR = {
  AE: text({ trimStart: true }),
  AS: text(),
  AT: binary('binary', 2),
  CS: text({ trimStart: true }),
  DA: text(),
  DS: text({ kind: 'decimal', trimStart: true }),
  DT: text(),
  FD: binary('binary', 8),
  FL: binary('binary', 4),
  IS: text({ kind: 'integer', trimStart: true }),
  LO: text({ localised: true, trimStart: true }),
  LT: text({ localised: true, multiple: false }),
  OB: binary('bulk', 1, true),
  OD: binary('bulk', 8, true),
  OF: binary('bulk', 4, true),
  OL: binary('bulk', 4, true),
  OV: binary('bulk', 8, true),
  OW: binary('bulk', 2, true),
  PN: text({ localised: true }),
  SH: text({ localised: true, trimStart: true }),
  SL: binary('binary', 4),
  SQ: binary('sequence', 1, true),
  SS: binary('binary', 2),
  ST: text({ localised: true, multiple: false }),
  SV: binary('binary', 8, true),
  TM: text(),
  UC: text({ localised: true, longHeader: true }),
  UI: text({ pad: 0x00 }),
  UL: binary('binary', 4),
  UN: binary('unknown', 1, true),
  UR: text({ longHeader: true, multiple: false }),
  US: binary('binary', 2),
  UT: text({ localised: true, longHeader: true, multiple: false }),
  UV: binary('binary', 8, true),
} as const satisfies Record<string, VrTraits>;

export function isVr(code: string): code is Vr {
  return Object.hasOwn(VR, code);
}

export function traitsOf(vr: Vr): VrTraits {
  return VR[vr];
}
