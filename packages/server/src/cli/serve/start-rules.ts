/** Closed by default (reliability row 1): what is open to the network needs TLS and an administrator, or does not start. */
import { readFileSync } from 'node:fs';
import { Fault } from '@promontory/core/fault';
import type { Project } from '../../access/index.ts';
import { isLoopback } from '../../dimse/index.ts';
import { hasPlaces } from '../../pacs/index.ts';
import type { Sql } from '../../ports/database/index.ts';
import type { ServeSettings } from './settings.ts';

const refused = (message: string, advice: string): Fault => new Fault('START_REFUSED', message, { advice });

/** Reachable by others: directly, or through a proxy. */
export const isPublic = ({ host, publicUrl }: ServeSettings): boolean =>
  !isLoopback(host) || publicUrl !== undefined;

/** Before anything is opened. @throws Fault START_REFUSED */
export function assertClosedEnough(settings: ServeSettings): void {
  const { host, tls, publicUrl } = settings;
  if (isLoopback(host)) return;
  if (tls === undefined) {
    throw refused(
      'The server would listen beyond this computer without TLS',
      'Set "tls" with certFile and keyFile, or listen on 127.0.0.1 behind a proxy that has them.',
    );
  }
  if (publicUrl === undefined && ['0.0.0.0', '::'].includes(host)) {
    throw refused(
      'The server would listen on every address without knowing its own name',
      'Set "publicUrl" to the address that people type, e.g. https://spine.example.org.',
    );
  }
}

/** Before anything listens. @throws Fault START_REFUSED */
export function assertHasAdministrator(settings: ServeSettings, canSignIn: boolean): void {
  if (!isPublic(settings) || canSignIn) return;
  throw refused(
    'The server would be reachable by others, but no administrator can sign in yet',
    'Start it on 127.0.0.1 without "publicUrl" first, open the link that it prints, and set up a passkey or a password.',
  );
}

/** What a peer stores into, or asks of, a project that is not there would lie where nobody looks. @throws Fault START_REFUSED */
export function assertPeersHaveProjects(
  { dimse, storage }: Pick<ServeSettings, 'dimse' | 'storage'>,
  projects: readonly Project[],
): void {
  const there = new Set(projects.map(({ projectId }) => projectId));
  const follow = storage.pacs?.follow;
  if (follow !== undefined && follow !== false && !there.has(follow.project))
    throw refused(
      'Studies of the PACS would go into a project that is not there',
      'Make the project first (POST /api/access/projects), or name another in "storage.pacs.follow".',
    );
  const astray = dimse?.peers.find(({ project }) => !there.has(project));
  if (astray === undefined) return;
  throw refused(
    `The DICOM peer ${astray.aeTitle} belongs to a project that is not there`,
    'Make the project first (POST /api/access/projects), or name another in "peers".',
  );
}

/** Images in a PACS that is not set would all look missing. @throws Fault START_REFUSED */
export async function assertHasPacs({ storage }: ServeSettings, sql: Sql): Promise<void> {
  if (storage.pacs !== undefined || !(await hasPlaces(sql))) return;
  throw refused(
    'The index names images that lie in a PACS, and the settings name none',
    'Set "storage.pacs" as it was.',
  );
}

/** Names by which the server may be called. */
export function hostsOf({ host, publicUrl }: ServeSettings): string[] {
  const own = host.includes(':') ? `[${host}]` : host.toLowerCase();
  const loopback = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [];
  return [...new Set([own, ...loopback, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])])];
}

/** PEM files. @throws Fault START_REFUSED */
export function readPem(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Fault('START_REFUSED', `The ${what} cannot be read`, {
      advice: 'Check its path and rights.',
      cause,
    });
  }
}
