/** QIDO-RS: PS3.18 section 10.6. */
import { formatTag, type JsonDataSet, keywordOf } from '@promontory/core/dicom';
import type { QueryLevel, Records, StudyQuery } from '../archive/index.ts';
import { type Answer, DICOM_JSON, DICOM_XML, JSON_TYPE, jsonBytes, warningHeader } from './answer.ts';
import { multipartRelated } from './multipart-writer.ts';
import { nativeModel } from './native-model.ts';
import { negotiate, type Wanted } from './negotiate.ts';
import { type QueryLimits, readQuery } from './read-query.ts';
import { pathOf, type ScopeParams } from './scope.ts';

const OFFERS = [
  { type: DICOM_JSON, multipart: false },
  { type: JSON_TYPE, multipart: false },
  { type: DICOM_XML, multipart: true },
] as const;

export interface SearchRequest {
  readonly level: QueryLevel;
  readonly params: ScopeParams;
  /** The query part of the URL, as sent, without `?`. */
  readonly search: string;
  /** Path of the resource, for links to the pages beside this one. */
  readonly path: string;
  readonly wanted: Wanted;
  /** `https://host/dicom-web`. */
  readonly baseUrl: string;
}

/** @throws DicomwebRefusal */
export async function search(
  records: Records,
  request: SearchRequest,
  limits?: QueryLimits,
): Promise<Answer> {
  const [{ offer }] = negotiate(request.wanted, OFFERS);
  const { query, warnings } = readQuery(request.level, request.params, request.search, limits);
  const { rows, ignored, more } = await records.search(query);
  const told = [
    ...warnings,
    ...ignored.map((tag) => `${keywordOf(tag) ?? formatTag(tag)} is not matched and was ignored.`),
    ...(more ? ['There are additional results that can be requested.'] : []),
  ];
  const answers = rows.map((row) => withLocation(row, query, request.baseUrl));
  const headers = { ...warningHeader(told), ...(more ? { link: nextPage(request, query) } : {}) };
  if (offer.type !== DICOM_XML) {
    return { status: 200, headers: { 'content-type': offer.type, ...headers }, body: jsonBytes(answers) };
  }
  const parts = answers.map((row) => ({ headers: { 'Content-Type': DICOM_XML }, body: nativeModel(row) }));
  const { contentType, body } = multipartRelated(parts, DICOM_XML);
  return { status: 200, headers: { 'content-type': contentType, ...headers }, body };
}

/** Retrieve URL (0008,1190) and Instance Availability (0008,0056), in their places (PS3.18 F.2.2: ascending tags). */
function withLocation(row: JsonDataSet, query: StudyQuery, baseUrl: string): JsonDataSet {
  const studyUid = query.studyUid ?? first(row, '0020000D');
  const seriesUid = query.level === 'study' ? undefined : (query.seriesUid ?? first(row, '0020000E'));
  const sopUid = query.level === 'instance' ? first(row, '00080018') : undefined;
  const named =
    studyUid !== undefined &&
    (query.level === 'study' ||
      (seriesUid !== undefined && (query.level === 'series' || sopUid !== undefined)));
  const path = named
    ? pathOf({
        studyUid,
        ...(seriesUid === undefined ? {} : { seriesUid }),
        ...(sopUid === undefined ? {} : { sopUid }),
      })
    : undefined;
  const whole: JsonDataSet = {
    ...row,
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
    ...(path === undefined ? {} : { '00081190': { vr: 'UR', Value: [baseUrl + path] } }),
  };
  return Object.fromEntries(Object.entries(whole).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function first(row: JsonDataSet, key: string): string | undefined {
  const value = row[key]?.Value?.[0];
  return typeof value === 'string' ? value : undefined;
}

/** RFC 8288: the same question, the next page. */
function nextPage({ path, search: asked, baseUrl }: SearchRequest, query: StudyQuery): string {
  const next = new URLSearchParams(asked);
  for (const name of [...next.keys()]) if (/^(limit|offset)$/i.test(name)) next.delete(name);
  next.set('limit', String(query.limit));
  next.set('offset', String(query.offset + query.limit));
  return `<${baseUrl}${path}?${next}>; rel="next"`;
}
