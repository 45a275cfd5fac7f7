/** The worklist service of DICOMweb (PS3.18 chapter 11) over readings: search, retrieve, request of cancellation. */
import type { JsonDataSet } from '@promontory/core/dicom';
import { z } from 'zod';
import { jobOfUid, procedureStep, type ReadingsRoom, stepQuery } from '../readings/index.ts';
import { HttpRefusal, type Route, route } from './route.ts';

const DICOM_JSON = { 'content-type': 'application/dicom+json' };
const DEFAULT_LIMIT = 100;
const MOST = 1000;

const Count = z.coerce.number().int().nonnegative();
const Query = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

export function workitemRoutes(room: Pick<ReadingsRoom, 'readingsFor'>): Route[] {
  return [
    route({
      method: 'GET',
      path: '/dicom-web/workitems',
      summary: 'Search for work items (PS3.18 11.9): state, priority, study.',
      group: 'dicomweb',
      may: 'read',
      query: Query,
      async handle({ identity, query }) {
        const { limit, offset, includefield: _, fuzzymatching: __, ...keys } = first(query);
        const page = {
          limit: Math.min(MOST, limit === undefined ? DEFAULT_LIMIT : Count.parse(limit)),
          offset: offset === undefined ? 0 : Count.parse(offset),
        };
        const { query: asked, ignored } = stepQuery(keys);
        const found = asked === 'none' ? [] : await room.readingsFor(identity).workItems(asked, page);
        const warning = ignored.length > 0 && {
          warning: '299 promontory: "Some matching keys are not known and were ignored."',
        };
        if (found.length === 0) return { status: 204, headers: { ...warning } };
        return { headers: { ...DICOM_JSON, ...warning }, body: encoded(found.map(procedureStep)) };
      },
    }),
    route({
      method: 'GET',
      path: '/dicom-web/workitems/:workitem',
      summary: 'Retrieve a work item (PS3.18 11.5).',
      group: 'dicomweb',
      may: 'read',
      async handle({ identity, params }) {
        const item = await room.readingsFor(identity).workItem(jobOf(params));
        if (item === undefined) throw absent();
        return { headers: DICOM_JSON, body: encoded([procedureStep(item)]) };
      },
    }),
    route({
      method: 'POST',
      path: '/dicom-web/workitems/:workitem/cancelrequest',
      summary: 'Request cancellation of a work item (PS3.18 11.8).',
      group: 'dicomweb',
      may: 'request-reading',
      async handle({ identity, params }) {
        const cancelled = await room.readingsFor(identity).cancel(jobOf(params));
        if (cancelled === undefined) throw absent();
        // Table 11.8.3-1: 409 where the work item is completed or cancelled.
        if (!cancelled) throw new HttpRefusal(409, 'ENDED', 'The work item has ended already.');
        return { status: 202 };
      },
    }),
  ];
}

/** As bytes: to a text the server would add a character set, which this media type has not. */
const encoded = (steps: readonly JsonDataSet[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(steps));

const absent = () => new HttpRefusal(404, 'NOT_FOUND', 'There is no such work item.');

function jobOf({ workitem = '' }: Readonly<Record<string, string>>): string {
  const job = jobOfUid(workitem);
  if (job === undefined) throw absent();
  return job;
}

/** A key that is given twice counts once. */
const first = (query: Readonly<Record<string, string | string[]>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? (value[0] ?? '') : value]),
  );
