/** The images of a study, opened by DICOMweb and closed with the page; or those that whoever shows the viewer has given. */
import { useEffect, useState } from 'react';
import { openDicomwebImages, type StudyImages, useImages } from '../images/index.ts';

export interface Opened {
  readonly images?: StudyImages;
  readonly error?: unknown;
  retry(): void;
}

/** @param study none where there is nothing to open (yet) */
export function useOpened(study: string | undefined): Opened {
  const given = useImages();
  const isGiven = given !== undefined && given.studyInstanceUid === study;
  const [images, setImages] = useState<StudyImages>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another run
  useEffect(() => {
    setError(undefined);
    setImages(undefined);
    if (isGiven || study === undefined) return;
    const leaving = new AbortController();
    let opened: StudyImages | undefined;
    openDicomwebImages(study, leaving.signal).then(
      (made) => {
        opened = made;
        if (leaving.signal.aborted) made.close();
        else setImages(made);
      },
      (why) => {
        if (!leaving.signal.aborted) setError(why);
      },
    );
    return () => {
      leaving.abort();
      opened?.close();
    };
  }, [study, isGiven, attempt]);
  const there = isGiven ? given : images?.studyInstanceUid === study ? images : undefined;
  return {
    ...(there && { images: there }),
    ...(error !== undefined && { error }),
    retry: () => setAttempt((n) => n + 1),
  };
}
