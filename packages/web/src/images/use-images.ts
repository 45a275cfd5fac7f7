import { createContext, useContext } from 'react';
import type { StudyImages } from './study-images.ts';

/** The images of the study that is open: given by whoever opens it (the viewer by DICOMweb, the page alone from files). */
export const ImagesContext = createContext<StudyImages | undefined>(undefined);

/** `undefined` while they are being opened. */
export const useImages = (): StudyImages | undefined => useContext(ImagesContext);
