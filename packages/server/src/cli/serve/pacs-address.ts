import { Fault } from '@promontory/core/fault';
import type { PacsAddress, PacsCredentials } from '../../ports/pacs/index.ts';
import type { Environment } from './environment.ts';
import type { PacsSettings } from './pacs-settings.ts';
import { readPem } from './start-rules.ts';

/** The settings with their files and secrets. @throws Fault START_REFUSED */
export function pacsAddressOf(settings: PacsSettings, environment: Environment): PacsAddress {
  const { url, clientCertificate, caFile } = settings;
  return {
    url,
    credentials: credentialsOf(settings, environment),
    tls: {
      ...(caFile === undefined ? {} : { ca: readPem(caFile, 'authority of the PACS') }),
      ...(clientCertificate === undefined
        ? {}
        : {
            cert: readPem(clientCertificate.certFile, 'certificate for the PACS'),
            key: readPem(clientCertificate.keyFile, 'private key for the PACS'),
          }),
    },
  };
}

function credentialsOf(settings: PacsSettings, environment: Environment): PacsCredentials {
  const { PROMONTORY_PACS_PASSWORD: password, PROMONTORY_PACS_TOKEN: token } = environment;
  const { user, passwordFile, tokenFile } = settings;
  if (user !== undefined) {
    if (token !== undefined)
      throw refused('The PACS is to be told both a user and a token', 'Leave one of them out.');
    if (passwordFile !== undefined) return { kind: 'basic', user, password: { file: passwordFile } };
    if (password === undefined)
      throw refused(
        'The PACS is to be told a user without a password',
        'Set PROMONTORY_PACS_PASSWORD, or "passwordFile".',
      );
    return { kind: 'basic', user, password: { value: password } };
  }
  if (tokenFile !== undefined) return { kind: 'bearer', token: { file: tokenFile } };
  return token === undefined ? { kind: 'none' } : { kind: 'bearer', token: { value: token } };
}

const refused = (message: string, advice: string): Fault => new Fault('START_REFUSED', message, { advice });
