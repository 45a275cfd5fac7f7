/**
 * Private attributes that PS3.15 section E.3.10 (table E.3.10-1) lists as safe: those of the vendors' MR and general
 * imaging blocks. The table comes in no machine-readable form that a generator could start from; of its rows those on
 * ultrasound, mammography and PET are left out, and with them nothing is lost here but what is removed anyway.
 */

/** `gggg` → creator → elements within the block. */
const SAFE: Readonly<Record<number, Readonly<Record<string, readonly number[]>>>> = {
  // B value, diffusion direction and matrix; number of images in a mosaic is not in the table.
  25: {
    'SIEMENS MR HEADER': [0x0c, 0x0d, 0x0e, 0x27],
    GEMS_ACQU_01: [0x23, 0x24, 0x27, 0x9e],
  },
  37: { GEMS_SERS_01: [0x07] },
  67: { GEMS_PARM_01: [0x27, 0x39, 0x6f] },
  // Diffusion B factor and direction.
  8193: { 'Philips Imaging DD 001': [0x03, 0x04] },
  // Scale intercept and slope.
  8197: { 'Philips MR Imaging DD 001': [0x0d, 0x0e] },
};

/** @param tag of a private element, not of a creator */
export function isSafePrivate(tag: number, creator: string | undefined): boolean {
  if (creator === undefined) return false;
  const creators = SAFE[tag >>> 16];
  return creators !== undefined && Object.hasOwn(creators, creator) && creators[creator].includes(tag & 0xff);
}
