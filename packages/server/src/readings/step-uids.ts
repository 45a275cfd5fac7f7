/** UIDs of unified procedure steps and of what is done with them: PS3.4 CC.3, PS3.6 annex A. */

/** Unified Procedure Step – Push: the class of all instances, whoever asks (PS3.4 CC.3.1). */
export const UPS_PUSH = '1.2.840.10008.5.1.4.34.6.1';
/** The whole worklist, as what a subscription is to. */
export const ALL_STEPS = '1.2.840.10008.5.1.4.34.5';
/** Of the worklist what a filter lets through. */
export const FILTERED_STEPS = '1.2.840.10008.5.1.4.34.5.1';

/** The UID of a UUID: PS3.5 B.2. */
export const uidOfJob = (jobId: string): string => `2.25.${BigInt(`0x${jobId.replaceAll('-', '')}`)}`;

/** @returns nothing for a UID that was not made from a UUID */
export function jobOfUid(uid: string): string | undefined {
  const digits = /^2\.25\.(0|[1-9][0-9]{0,38})$/.exec(uid)?.[1];
  if (digits === undefined) return undefined;
  const hex = BigInt(digits).toString(16).padStart(32, '0');
  if (hex.length > 32) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const stepUid = ({ uid, jobId }: { readonly uid?: string; readonly jobId: string }): string =>
  uid ?? uidOfJob(jobId);
