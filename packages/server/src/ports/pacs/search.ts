/** Searching a PACS: QIDO-RS, PS3.18 section 10.6. */
import type { Ask, Exchange } from './exchange.ts';
import { PacsAnswerUnusable } from './faults.ts';
import { DICOM_JSON, firstOf, type JsonRow, rowsOf } from './json-answer.ts';
import type { PeerLimits } from './limits.ts';
import type { InstanceUids, ListedStudy, StudyMatch } from './peer.ts';
import { isUid, studyPath } from './uids.ts';

const STUDY_UID = '0020000D';
const SERIES_UID = '0020000E';
const SOP_UID = '00080018';
const STUDY_INSTANCES = '00201208';

type Query = readonly (readonly [name: string, value: string])[];

export function searchStudies(
  exchange: Exchange,
  match: StudyMatch,
  limits: PeerLimits,
): AsyncGenerator<ListedStudy[]> {
  const query = [...Object.entries(match), ['includefield', STUDY_INSTANCES]] as const;
  const read = (row: JsonRow): ListedStudy | undefined => {
    const studyUid = firstOf(row, STUDY_UID);
    const instances = Number(firstOf(row, STUDY_INSTANCES));
    if (!isUid(studyUid)) return undefined;
    return Number.isSafeInteger(instances) && instances >= 0 ? { studyUid, instances } : { studyUid };
  };
  const bounds = { perPage: limits.studiesPerPage, most: limits.maxStudies };
  return pagesOf({ exchange, path: '/studies', query, limits, ...bounds }, read, ({ studyUid }) => studyUid);
}

export function searchInstances(
  exchange: Exchange,
  studyUid: string,
  limits: PeerLimits,
): AsyncGenerator<InstanceUids[]> {
  const query: Query = [
    ['includefield', SERIES_UID],
    ['includefield', SOP_UID],
  ];
  const read = (row: JsonRow): InstanceUids | undefined => {
    const seriesUid = firstOf(row, SERIES_UID);
    const sopUid = firstOf(row, SOP_UID);
    // Said of another study: not what was asked for.
    if (firstOf(row, STUDY_UID) !== undefined && firstOf(row, STUDY_UID) !== studyUid) return undefined;
    return isUid(seriesUid) && isUid(sopUid) ? { studyUid, seriesUid, sopUid } : undefined;
  };
  const bounds = { perPage: limits.instancesPerPage, most: limits.maxInstances };
  const path = `${studyPath(studyUid)}/instances`;
  return pagesOf({ exchange, path, query, limits, ...bounds }, read, ({ sopUid }) => sopUid);
}

interface Search {
  readonly exchange: Exchange;
  readonly path: string;
  readonly query: Query;
  readonly limits: PeerLimits;
  readonly perPage: number;
  readonly most: number;
}

/**
 * Page after page until one brings nothing new: a PACS may give fewer than asked for without being at the end, more than
 * asked for, or the first page again and again. What cannot be read in a page is left out.
 * @throws PacsAnswerUnusable where there are more than `most`: who lists for ever is not followed for ever
 */
async function* pagesOf<Found>(
  search: Search,
  read: (row: JsonRow) => Found | undefined,
  nameOf: (found: Found) => string,
): AsyncGenerator<Found[]> {
  const seen = new Set<string>();
  for (let offset = 0; ; ) {
    const rows = await pageAt(search, offset);
    const fresh: Found[] = [];
    for (const row of rows) {
      const found = read(row);
      if (found === undefined || seen.has(nameOf(found))) continue;
      seen.add(nameOf(found));
      fresh.push(found);
    }
    if (fresh.length === 0) return;
    if (seen.size > search.most)
      throw new PacsAnswerUnusable(`The PACS lists more than ${search.most} of one search.`);
    yield fresh;
    offset += rows.length;
  }
}

async function pageAt(
  { exchange, path, query, limits, perPage }: Search,
  offset: number,
): Promise<JsonRow[]> {
  const ask: Ask = {
    method: 'GET',
    path,
    query: [...query, ['limit', String(perPage)], ['offset', String(offset)]],
    accept: `${DICOM_JSON}, application/json;q=0.5`,
    maxAnswerBytes: limits.maxJsonBytes,
  };
  const answer = await exchange.ask(ask);
  if (answer.status === 200) return rowsOf(answer);
  answer.discard();
  // No content; and, by what some answer, no such study or no such page.
  if (answer.status === 204 || (answer.status === 404 && (path !== '/studies' || offset > 0))) return [];
  throw new PacsAnswerUnusable(`The PACS answers a search with status ${answer.status}.`);
}
