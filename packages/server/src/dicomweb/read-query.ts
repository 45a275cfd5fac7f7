import { isPrivate, keywordOf, tagOf } from '@promontory/core/dicom';
import type { Match, QueryLevel, StudyQuery } from '../archive/index.ts';
import { readMatch } from './read-match.ts';
import { badRequest } from './refusal.ts';
import { type ScopeParams, uid } from './scope.ts';

export interface QueryLimits {
  /** Answers a page has at most, whatever is asked. */
  readonly maxLimit: number;
  /** And where nothing is asked. */
  readonly defaultLimit: number;
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = { maxLimit: 1000, defaultLimit: 100 };

export interface ReadQuery {
  readonly query: StudyQuery;
  /** One sentence each, for `Warning`: what was not done as asked. */
  readonly warnings: readonly string[];
}

/** Parameters of PS3.18 that say nothing about matching. */
const ELSEWHERE = new Set(['accept', 'charset', 'emptyvaluematching', 'multiplevaluematching']);
const MAX_PARAMETERS = 200;
/** Offsets beyond this would only make the database count. */
const MAX_OFFSET = 10_000_000;

/**
 * A QIDO-RS query (PS3.18 sections 8.3.4 and 10.6.1.2).
 * @param search the query part of the URL, as sent
 * @throws DicomwebRefusal bad-request, with the parameter's name but never its value
 */
export function readQuery(
  level: QueryLevel,
  params: ScopeParams,
  search: string,
  limits: QueryLimits = DEFAULT_QUERY_LIMITS,
): ReadQuery {
  const given = parametersOf(search);
  const warnings = new Set<string>();
  const matches = new Map<number, Match>();
  const include = new Set<number>();
  const single = new Map<string, string>();
  let all = false;
  for (const [name, value] of given) {
    const lower = name.toLowerCase();
    if (lower === 'includefield') {
      for (const field of value.split(',')) {
        const tag = fieldOf(field.trim());
        if (field.trim().toLowerCase() === 'all') all = true;
        else if (tag === undefined) warnings.add('An includefield is not known and was ignored.');
        else include.add(tag);
      }
    } else if (lower === 'limit' || lower === 'offset' || lower === 'fuzzymatching') {
      if (single.has(lower)) throw badRequest(`${lower} is given more than once.`);
      single.set(lower, value);
    } else if (!ELSEWHERE.has(lower)) {
      const tag = name.includes('.') ? undefined : fieldOf(name);
      if (tag === undefined) {
        warnings.add(
          name.includes('.') && fieldOf(name) !== undefined
            ? 'Attributes within sequences are not matched; the parameter was ignored.'
            : 'A parameter is not known and was ignored.',
        );
        continue;
      }
      const label = keywordOf(tag) ?? 'a private attribute';
      if (matches.has(tag)) throw badRequest(`${label} is given more than once.`);
      matches.set(tag, readMatch(tag, value, label));
    }
  }
  const asked = single.has('limit') ? wholeOf(single.get('limit')!, 'limit') : undefined;
  if (asked !== undefined && asked > limits.maxLimit) {
    warnings.add(`No more than ${limits.maxLimit} results are given at a time.`);
  }
  const offset = single.has('offset') ? wholeOf(single.get('offset')!, 'offset') : 0;
  if (offset > MAX_OFFSET) throw badRequest(`offset is larger than ${MAX_OFFSET}.`);
  const query: StudyQuery = {
    level,
    ...(params.study === undefined ? {} : { studyUid: uid(params.study, 'study') }),
    ...(params.series === undefined ? {} : { seriesUid: uid(params.series, 'series') }),
    matches,
    include: all ? 'all' : [...include],
    fuzzy: booleanOf(single.get('fuzzymatching')),
    limit: Math.min(asked ?? limits.defaultLimit, limits.maxLimit),
    offset,
  };
  return { query, warnings: [...warnings] };
}

function parametersOf(search: string): [string, string][] {
  if (/%(?![0-9A-Fa-f]{2})/.test(search))
    throw badRequest('The query is not percent-encoded as it should be.');
  const given = [...new URLSearchParams(search)].filter(([name]) => name !== '');
  if (given.length > MAX_PARAMETERS) throw badRequest(`There are more than ${MAX_PARAMETERS} parameters.`);
  return given;
}

/** A keyword, a tag as eight hexadecimal digits, or the first of a dotted path of them. */
function fieldOf(text: string): number | undefined {
  const [first] = text.split('.');
  if (/^[0-9A-Fa-f]{8}$/.test(first)) {
    const tag = Number.parseInt(first, 16);
    return keywordOf(tag) !== undefined || isPrivate(tag) ? tag : undefined;
  }
  return tagOf(first);
}

function wholeOf(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name} is no whole number.`);
  return Number(text);
}

function booleanOf(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text !== 'true') throw badRequest('fuzzymatching is neither true nor false.');
  return true;
}
