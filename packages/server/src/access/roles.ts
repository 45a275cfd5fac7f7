/** What may be done to studies and to the server. */
export const DEEDS = [
  'search',
  'read',
  'store',
  'delete',
  'export',
  'request-reading',
  'perform-reading',
  'review',
  'sign',
  'consent',
  'erase',
  'break-glass',
  'read-audit',
  'administer',
] as const;
export type Deed = (typeof DEEDS)[number];

export const ROLES = [
  'administrator',
  'radiologist',
  'surgeon',
  'neurologist',
  'physiotherapist',
  'researcher',
  'teacher',
  'student',
  'technician',
] as const;
export type Role = (typeof ROLES)[number];

const CLINICIAN: readonly Deed[] = [
  'search',
  'read',
  'store',
  'export',
  'request-reading',
  'perform-reading',
  'review',
  'sign',
  'consent',
  'break-glass',
];

/** Deny by default: what a role is not given here, it may not. */
export const DEEDS_OF: Readonly<Record<Role, readonly Deed[]>> = {
  administrator: DEEDS,
  radiologist: CLINICIAN,
  surgeon: CLINICIAN,
  neurologist: CLINICIAN,
  physiotherapist: ['search', 'read', 'break-glass'],
  researcher: ['search', 'read', 'export', 'request-reading'],
  teacher: ['search', 'read', 'store'],
  student: ['search', 'read'],
  technician: ['search', 'read', 'store', 'request-reading'],
};
