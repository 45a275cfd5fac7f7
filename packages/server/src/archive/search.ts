/** Questions to the index: QIDO-RS and C-FIND. PS3.4 C.2.2.2, PS3.18 10.6. */
import { type JsonDataSet, type JsonElement, jsonKeyOf } from '@promontory/core/dicom';
import type { Reach } from '../access/index.ts';
import type { Sql } from '../ports/database/index.ts';
import { Conditions } from './search-conditions.ts';
import { LEVELS } from './search-keys.ts';
import { MATCHING_KEYS, type StudyQuery } from './study-query.ts';
import type { SearchResult } from './types.ts';

interface Row {
  readonly study_attributes: string;
  readonly modalities: string[];
  readonly sop_classes: string[];
  readonly series_count: number;
  readonly study_instances: number;
  readonly series_attributes?: string;
  readonly series_instances?: number;
  readonly metadata?: string;
}

/** The page of answers within reach, newest study first. */
export async function searchIndex(sql: Sql, query: StudyQuery, reach: Reach): Promise<SearchResult> {
  const conditions = new Conditions(query.fuzzy);
  conditions.within(reach);
  if (query.studyUid !== undefined) conditions.add('study.study_uid = ?', query.studyUid);
  if (query.seriesUid !== undefined) conditions.add('series.series_uid = ?', query.seriesUid);
  const known = levelsFrom(query.level).flatMap((level) => MATCHING_KEYS[level]);
  const ignored: number[] = [];
  for (const [tag, match] of query.matches) {
    if (!known.includes(tag)) ignored.push(tag);
    else if (match.kind !== 'universal') conditions.match(tag, match);
  }
  const level = LEVELS[query.level];
  const rows = await sql.query<Row>(
    `select ${level.select} from ${level.from} where ${conditions.text} order by ${level.order}
     limit ${conditions.value(query.limit + 1)} offset ${conditions.value(query.offset)}`,
    conditions.values,
  );
  return {
    rows: rows.slice(0, query.limit).map((row) => answerOf(row, query)),
    ignored,
    more: rows.length > query.limit,
  };
}

const levelsFrom = (level: StudyQuery['level']): StudyQuery['level'][] =>
  level === 'study' ? ['study'] : level === 'series' ? ['study', 'series'] : ['study', 'series', 'instance'];

/** Attributes that PS3.18 tables 10.6.3-3 to 10.6.3-5 return always; others when they are asked for. */
function answerOf(row: Row, query: StudyQuery): JsonDataSet {
  const counts: JsonDataSet = {
    '00080061': { vr: 'CS', ...valuesOf(row.modalities) },
    '00080062': { vr: 'UI', ...valuesOf(row.sop_classes) },
    '00201206': { vr: 'IS', Value: [Number(row.series_count)] },
    '00201208': { vr: 'IS', Value: [Number(row.study_instances)] },
    ...(row.series_instances === undefined
      ? {}
      : { '00201209': { vr: 'IS', Value: [Number(row.series_instances)] } }),
  };
  const all: JsonDataSet = {
    ...JSON.parse(row.study_attributes),
    ...(row.series_attributes === undefined ? {} : JSON.parse(row.series_attributes)),
    ...(row.metadata === undefined ? {} : withoutBulk(JSON.parse(row.metadata))),
    ...counts,
    '00080056': { vr: 'CS', Value: ['ONLINE'] },
  };
  if (query.include === 'all') return sorted(Object.entries(all));
  const wanted = new Set([
    ...levelsFrom(query.level).flatMap((level) => LEVELS[level].returned),
    ...query.include.map(jsonKeyOf),
    ...[...query.matches.keys()].map(jsonKeyOf),
  ]);
  return sorted(Object.entries(all).filter(([key]) => wanted.has(key)));
}

const valuesOf = (texts: readonly string[]) => (texts.length === 0 ? {} : { Value: texts });

/** Links are those of the metadata resource; an answer to a query carries values only. */
const withoutBulk = (json: JsonDataSet): JsonDataSet =>
  Object.fromEntries(Object.entries(json).filter(([, element]) => element.BulkDataURI === undefined));

const sorted = (entries: readonly (readonly [string, JsonElement])[]): JsonDataSet =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
