import { isUid, type Scope } from '../archive/index.ts';
import { badRequest } from './refusal.ts';

/** UIDs of a path, as the route names its segments. */
export interface ScopeParams {
  readonly study?: string | undefined;
  readonly series?: string | undefined;
  readonly instance?: string | undefined;
}

/** @throws DicomwebRefusal bad-request where a UID is none (PS3.5 section 9.1) */
export function scopeOf(params: ScopeParams): Scope {
  const { study, series, instance } = params;
  return {
    studyUid: uid(study, 'study'),
    ...(series === undefined ? {} : { seriesUid: uid(series, 'series') }),
    ...(instance === undefined ? {} : { sopUid: uid(instance, 'instance') }),
  };
}

export function uid(text: string | undefined, name: string): string {
  if (!isUid(text)) throw badRequest(`The UID of the ${name} is malformed.`);
  return text;
}

/** The resource's path below the service's root. */
export const pathOf = ({ studyUid, seriesUid, sopUid }: Scope): string =>
  `/studies/${studyUid}${seriesUid === undefined ? '' : `/series/${seriesUid}`}${
    sopUid === undefined ? '' : `/instances/${sopUid}`
  }`;
