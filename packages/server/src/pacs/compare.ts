/** The index against what the PACS lists. */
import type { Database, Sql } from '../ports/database/index.ts';
import type { PacsPeer } from '../ports/pacs/index.ts';
import { markListed, markUnlisted, placedStudies } from './place-rows.ts';

export interface ComparePorts {
  readonly peer: Pick<PacsPeer, 'instances'>;
  readonly database: Pick<Database, 'query'>;
  readonly now: () => Date;
}

/** What changed since the last look. */
export interface Compared {
  readonly missing: number;
  readonly back: number;
}

const PAGE = 200;

/**
 * Marks instances of a study that the PACS does not list any more, and those that it lists again.
 * @param listed all of them: half a list is none
 * @param since when the list was begun: what was stored later may not stand in it
 */
export async function markStudy(
  sql: Sql,
  studyUid: string,
  listed: readonly string[],
  since: Date,
): Promise<Compared> {
  const missing = await markUnlisted(sql, studyUid, listed, since);
  return { missing, back: await markListed(sql, studyUid, listed) };
}

/** Asks the PACS for every study of which it is to hold instances. @throws PacsUnavailable, PacsAnswerUnusable */
export async function comparePacs(
  { peer, database, now }: ComparePorts,
  onStudy: (done: number) => void = () => {},
): Promise<void> {
  let done = 0;
  for (let after = ''; ; ) {
    const page = await placedStudies(database, after, PAGE);
    for (const studyUid of page) {
      const since = now();
      const listed: string[] = [];
      for await (const some of peer.instances(studyUid)) listed.push(...some.map(({ sopUid }) => sopUid));
      await markStudy(database, studyUid, listed, since);
      onStudy(++done);
      after = studyUid;
    }
    if (page.length < PAGE) return;
  }
}
