import type { Identity } from '../access/index.ts';
import type { AuditEvent } from '../audit/index.ts';

/** An event of this identity. */
export const eventOf = (
  { actor, address }: Identity,
  event: Omit<AuditEvent, 'actor' | 'address'>,
): AuditEvent => ({ ...event, actor, ...(address === undefined ? {} : { address }) });
