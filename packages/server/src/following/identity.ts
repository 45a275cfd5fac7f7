import type { Identity } from '../access/index.ts';

/**
 * Who brings studies of the PACS in, as the audit names it. It may store anywhere, for the PACS holds studies of every
 * project, and do nothing else.
 */
export const followerIdentity = (projectId: string): Identity => ({
  kind: 'system',
  actor: 'following',
  projects: [{ role: 'technician', projectId: '*' }],
  patients: [],
  brokenGlass: [],
  scopes: ['store'],
  storesInto: projectId,
});
