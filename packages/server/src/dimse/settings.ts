/** Settings of the listener, and what it refuses to start with (reliability row 1). */
import { isIP } from 'node:net';
import { DimseRefused } from './faults.ts';
import type { DimseLimits } from './limits.ts';
import { type Peer, parseNetwork } from './peers.ts';

/** PEM texts, not paths. */
export interface DimseTls {
  readonly key: string;
  readonly cert: string;
  /** Who signs the certificates of peers; without it those that the system trusts. */
  readonly ca?: string;
  /** Peers must show a certificate that `ca` signed. */
  readonly requireClientCertificate?: boolean;
}

/** Where C-MOVE may send, and `sendInstances`. */
export interface Destination {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  /** With our own certificate, and theirs checked by `DimseTls.ca`. */
  readonly tls: boolean;
}

export interface DimseSettings {
  readonly aeTitle: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly tls?: DimseTls;
  readonly peers: readonly Peer[];
  readonly destinations: readonly Destination[];
  /** Storage classes outside the standard's root, e.g. a vendor's raw data. */
  readonly privateStorageClasses?: readonly string[];
  /** Dangerous: DICOM without TLS, open to the network, readable and forgeable by all who share it. */
  readonly insecureOnNetwork?: boolean;
  readonly limits?: Partial<DimseLimits>;
}

/** PS3.5 table 6.2-1: 1 to 16 characters of the default repertoire, no backslash, no spaces around. */
const AE_TITLE = /^[!-[\]-~]([ -[\]-~]{0,14}[!-[\]-~])?$/;

/** `localhost` is taken as the address it stands for, not as what a resolver makes of it. */
export const bindAddress = (host: string): string => (host === 'localhost' ? '127.0.0.1' : host);

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  const address = bindAddress(host);
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** @throws DimseRefused where the listener would be open to more than it should, or the settings mean nothing */
export function assertClosedEnough(settings: DimseSettings): void {
  const titles = [settings, ...settings.peers, ...settings.destinations].map(({ aeTitle }) => aeTitle);
  if (!titles.every((title) => AE_TITLE.test(title)))
    throw new DimseRefused('An application entity title has 1 to 16 printable characters and no backslash.');
  for (const { aeTitle, addresses } of settings.peers)
    if (addresses.length === 0 || addresses.some((text) => parseNetwork(text) === undefined))
      throw new DimseRefused(`The peer ${aeTitle} needs IP addresses or networks such as 10.1.2.0/24.`);
  if (settings.tls?.requireClientCertificate === true && settings.tls.ca === undefined)
    throw new DimseRefused(
      'Client certificates are required, but no authority is named to check them by. Set "ca" in the TLS settings.',
    );
  if (isLoopback(settings.host)) return;
  if (settings.peers.length === 0)
    throw new DimseRefused(
      'DICOM would listen on the network with no peer in its allow-list. Add one to "peers".',
    );
  if (settings.tls === undefined && settings.insecureOnNetwork !== true)
    throw new DimseRefused(
      'DICOM would listen on the network without TLS. Set "tls", or the dangerous "insecureOnNetwork" where the network itself is protected.',
    );
}
