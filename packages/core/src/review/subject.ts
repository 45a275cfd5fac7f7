/** Whose study it is, as the images say. */
import { z } from 'zod';

const Text = z.string().min(1).max(400);
const Day = z.string().regex(/^\d{8}$/);

/** DICOM attributes under their keywords, decoded; absent where the images do not say. */
export const Subject = z.strictObject({
  patientName: Text.optional().describe('PN: `Family^Given^Middle^Prefix^Suffix`'),
  patientId: Text.optional(),
  issuerOfPatientId: Text.optional(),
  patientBirthDate: Day.optional().describe('YYYYMMDD'),
  patientSex: z.enum(['F', 'M', 'O']).optional(),
  accessionNumber: Text.optional(),
  studyDate: Day.optional().describe('YYYYMMDD'),
  studyId: Text.optional(),
  studyDescription: Text.optional(),
  referringPhysicianName: Text.optional().describe('PN'),
  institutionName: Text.optional(),
});
export type Subject = z.infer<typeof Subject>;
