/** Objects that are not de-identified, each with its reason and what to do. A closed set: docs/deidentification.md. */
export type RefusalReason =
  | 'DAMAGED'
  | 'DIRECTORY'
  | 'UNKNOWN_CLASS'
  | 'NO_IMAGE'
  | 'ENCAPSULATED_DOCUMENT'
  | 'STRUCTURED_REPORT'
  | 'SECONDARY_CAPTURE'
  | 'SCREEN_SAVE'
  | 'BURNED_IN_ANNOTATION'
  | 'BURNED_IN_LIKELY'
  | 'EMBEDDED_OVERLAY'
  | 'PIXELS_NOT_CLEANABLE'
  | 'REGIONS_OUTSIDE'
  | 'LEAK_FOUND';

export interface Refusal {
  readonly outcome: 'refused';
  readonly reason: RefusalReason;
  /** One sentence, without anything of the object. */
  readonly message: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<RefusalReason, readonly [message: string, advice: string]>> = {
  DAMAGED: ['The object is damaged or incomplete.', 'Send it again from its source.'],
  DIRECTORY: ['A DICOMDIR lists files and patients.', 'It is not needed.'],
  UNKNOWN_CLASS: [
    'The object is of a class that the standard does not know.',
    'Nobody can say what it holds; leave it out.',
  ],
  NO_IMAGE: [
    'The object is no image, and of a kind that cannot be cleaned.',
    'Leave it out, or look at it by hand.',
  ],
  ENCAPSULATED_DOCUMENT: ['A document is packed into the object.', 'Leave it out.'],
  STRUCTURED_REPORT: [
    'A structured report is free text in the main.',
    'Clean structured content keeps its measurements and known words.',
  ],
  SECONDARY_CAPTURE: [
    'Secondary captures often show names.',
    'Leave it out, or look at it and say which rectangles to blank.',
  ],
  SCREEN_SAVE: [
    'A screen was saved, which often shows names.',
    'Leave it out, or look at it and say which rectangles to blank.',
  ],
  BURNED_IN_ANNOTATION: [
    'The object says that text is burnt into its pixels.',
    'Look at it and say which rectangles to blank.',
  ],
  BURNED_IN_LIKELY: [
    'Images of this kind usually show text or persons, and the object does not say that this one does not.',
    'Look at it and say which rectangles to blank.',
  ],
  EMBEDDED_OVERLAY: ['An overlay is hidden in compressed pixels.', 'Decompress the object first.'],
  PIXELS_NOT_CLEANABLE: [
    'The pixels are stored in a form that cannot be cleaned.',
    'Decompress the object first, or leave it out.',
  ],
  REGIONS_OUTSIDE: ['None of the rectangles to blank lies in this image.', 'Give rectangles for its size.'],
  LEAK_FOUND: [
    'The second reader still found something of the patient in the result.',
    'Nothing was written of it. Please report the kind of object.',
  ],
};

export function refusal(reason: RefusalReason): Refusal {
  const [message, advice] = WORDS[reason];
  return { outcome: 'refused', reason, message, advice };
}
