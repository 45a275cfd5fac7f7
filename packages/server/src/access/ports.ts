import type { Database } from '../ports/database/index.ts';
import type { AttemptLimit } from './attempts.ts';
import type { ProviderSettings } from './provider-settings.ts';
import type { Random } from './secret.ts';

/** What access asks of the outside. */
export interface AccessPorts {
  readonly database: Database;
  readonly clock: () => Date;
  /** Cryptographically strong. */
  readonly random: Random;
  /** 32 bytes, kept outside the database: second factors' secrets are sealed with it (AES-256-GCM). */
  readonly sealKey: Uint8Array;
}

export interface AccessSettings {
  /**
   * `https://host:port` as people's browsers know this server. Asked each time: a port that the system chooses is
   * known only once the server listens.
   */
  readonly origin: () => string;
  /**
   * Everybody needs a second factor or a passkey: set wherever the server is reachable beyond loopback.
   * Administrators who sign in by password need it in any case.
   */
  readonly requireSecondFactor: boolean;
  /** The hospital's own login. */
  readonly provider?: ProviderSettings;
  /** Failed sign-ins per address; 20 at once and 10 a minute where not given. */
  readonly signInLimit?: AttemptLimit;
}
