import type { DimseSettings } from '../../dimse/index.ts';
import type { ServeSettings } from './settings.ts';
import { readPem } from './start-rules.ts';

/** The settings' files, read. @throws Fault START_REFUSED */
export const dimseSettingsOf = ({
  tls,
  peers,
  ...rest
}: NonNullable<ServeSettings['dimse']>): DimseSettings => ({
  ...rest,
  peers: peers.map(({ movesTo, ...peer }) => ({ ...peer, ...(movesTo === undefined ? {} : { movesTo }) })),
  ...(tls === undefined
    ? {}
    : {
        tls: {
          cert: readPem(tls.certFile, 'certificate for DICOM'),
          key: readPem(tls.keyFile, 'private key for DICOM'),
          requireClientCertificate: tls.clientCertificates,
          ...(tls.caFile === undefined ? {} : { ca: readPem(tls.caFile, 'authority for DICOM') }),
        },
      }),
});
