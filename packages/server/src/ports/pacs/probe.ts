/** Asked once at the start, so that a wrong address or right is told then and not by the first study. */
import type { Exchange } from './exchange.ts';
import { CredentialsRefused, PacsAbsent, PacsAnswerUnusable, PacsRefused } from './faults.ts';
import type { PeerLimits } from './limits.ts';
import { retrieveInstance } from './retrieve.ts';
import { searchStudies } from './search.ts';

/** Nobody's: a PACS that gives instances answers that there is none. */
const NOBODY = '2.25.340282366920938463463374607431768211455';

/** @throws PacsRefused; PacsUnavailable where it cannot be asked now */
export async function probe(exchange: Exchange, limits: PeerLimits): Promise<void> {
  const one = { ...limits, studiesPerPage: 1 };
  await judged('lists no studies (QIDO-RS)', async () => {
    for await (const _ of searchStudies(exchange, {}, one)) break;
  });
  await judged('gives no instances as it keeps them (WADO-RS with transfer-syntax=*)', async () => {
    const uids = { studyUid: NOBODY, seriesUid: NOBODY, sopUid: NOBODY };
    const { discard } = await retrieveInstance(exchange, uids, limits);
    discard();
  });
}

async function judged(what: string, ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (cause) {
    if (cause instanceof PacsAbsent) return;
    if (cause instanceof CredentialsRefused)
      throw new PacsRefused('The PACS refuses the credentials. Check user, password or token.', { cause });
    if (cause instanceof PacsAnswerUnusable)
      throw new PacsRefused(`The PACS ${what} under the address that is set. ${cause.message}`, { cause });
    throw cause;
  }
}
