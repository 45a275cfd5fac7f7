/** Deleting a study, series or instance. PS3.18 leaves it to the service; the path is that of retrieval. */
import type { Records, Scope } from '../archive/index.ts';
import type { Answer } from './answer.ts';
import { absent } from './retrieve-context.ts';

/** @throws DicomwebRefusal absent where there is nothing, or nothing that may be deleted */
export async function remove(records: Records, scope: Scope): Promise<Answer> {
  if ((await records.remove(scope)) === 0) throw absent();
  return { status: 204, headers: {} };
}
