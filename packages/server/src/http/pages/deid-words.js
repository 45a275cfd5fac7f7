/** What the codes of consent and de-identification mean, for people. docs/deidentification.md has them in full. */
export const STANDINGS = {
  permitted: 'may leave',
  'never-asked': 'stays: the patient was not asked',
  withdrawn: 'stays: the patient withdrew the consent',
  'other-use': 'stays: allowed for other uses only',
  absent: 'stays: no longer here, or not yours to export',
};

/** As a sentence goes on: “3 stay here: …”. */
export const STAY_REASONS = {
  'never-asked': 'the patient was not asked',
  withdrawn: 'the patient withdrew the consent',
  'other-use': 'the patient allowed other uses only',
  absent: 'no longer here, or not yours to export',
};

export const REFUSALS = {
  SECONDARY_CAPTURE:
    'Secondary capture: usually a picture of a screen with names in it. Blank its text, or leave it out.',
  SCREEN_SAVE: 'A screen that was saved as an image. Blank its text, or leave it out.',
  BURNED_IN_ANNOTATION: 'It says that text is burnt into the image. Blank the text, or leave it out.',
  BURNED_IN_LIKELY:
    'Images of this kind usually show text, and this one does not say otherwise. Blank the text.',
  STRUCTURED_REPORT: 'A structured report. Tick “Structured reports” to let its numbers and codes leave.',
  ENCAPSULATED_DOCUMENT: 'A document (PDF, CDA or 3-D model): it cannot be cleaned.',
  NO_IMAGE: 'An object without an image: it cannot be cleaned.',
  UNKNOWN_CLASS: 'Of a kind that the standard does not know: nobody can say what it holds.',
  DIRECTORY: 'A directory of a disc, no image.',
  EMBEDDED_OVERLAY: 'A drawing hidden in unused bits of compressed pixels. Send it uncompressed.',
  PIXELS_NOT_CLEANABLE: 'Rectangles cannot be blanked in pixels stored like these.',
  REGIONS_OUTSIDE: 'All rectangles lie outside the image.',
  DAMAGED: 'Damaged, or it does not say whose it is. Send it again from its source.',
  LEAK_FOUND: 'The second look still found something of the patient in it. It was not written.',
  SAME_UID: 'Another object of this export has the same UID and other content.',
  UNREADABLE: 'It could not be read.',
  UNEXPECTED: 'The program failed on it. Tell whoever runs this archive.',
};

export const FLAGS = {
  DERIVED_IMAGE: 'derived image: look whether it shows text',
  FACE_POSSIBLE: 'may show a face, which is not removed',
  BURNED_IN_NOT_STATED: 'does not say whether text is burnt in',
};

export const PIXELS = {
  unchanged: 'as they were',
  blanked: 'rectangles blanked',
  'unused-bits-cleared': 'unused bits cleared',
  'blanked-and-unused-bits-cleared': 'rectangles blanked, unused bits cleared',
  none: 'none',
};

export const DONE = {
  removed: 'removed',
  emptied: 'emptied',
  replaced: 'replaced',
  cleaned: 'cleaned',
  shifted: 'dates moved',
  mapped: 'new UIDs',
  entered: 'gone through',
  kept: 'kept',
};
