/** Listeners for tests: on a free port of 127.0.0.1, with a peer that may do everything, closed after each test. */
import { onTestFinished } from 'vitest';
import type { Identity } from '../access/index.ts';
import type { Records } from '../archive/index.ts';
import type { AuditEvent } from '../audit/index.ts';
import type { LogFields } from '../ports/log/index.ts';
import { type DimseListener, type DimsePorts, listenDimse } from './listen.ts';
import { type Peer, VERBS } from './peers.ts';
import { memoryRecords } from './records.testing.ts';
import type { DimseSettings } from './settings.ts';

export const OWN_TITLE = 'PROMONTORY';
export const PEER: Peer = { aeTitle: 'TESTER', addresses: ['127.0.0.1'], verbs: VERBS, project: 'spine' };

export interface TestListener extends DimseListener {
  readonly audited: AuditEvent[];
  readonly logged: LogFields[];
  readonly identities: Identity[];
}

export async function listener(
  given: Partial<DimseSettings> = {},
  recordsFor: (identity: Identity) => Records = () => memoryRecords(),
  ports: Partial<DimsePorts> = {},
): Promise<TestListener> {
  const audited: AuditEvent[] = [];
  const logged: LogFields[] = [];
  const identities: Identity[] = [];
  const opened = await listenDimse(
    { aeTitle: OWN_TITLE, host: '127.0.0.1', port: 0, peers: [PEER], destinations: [], ...given },
    {
      recordsFor(identity) {
        identities.push(identity);
        return recordsFor(identity);
      },
      async audit(event) {
        audited.push(event);
      },
      log: (fields) => void logged.push(fields),
      ...ports,
    },
  );
  onTestFinished(() => opened.close());
  return { ...opened, audited, logged, identities };
}
