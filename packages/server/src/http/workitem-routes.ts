/** The worklist service of DICOMweb (PS3.18 chapter 11) over readings: work items. */
import { z } from 'zod';
import {
  procedureStep,
  type ReadDataSet,
  type ReadingsRoom,
  stepQuery,
  textOf,
  transactionIn,
} from '../readings/index.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';
import {
  answered,
  DICOM_JSON,
  dataSetIn,
  encoded,
  firstOf,
  ROOT,
  uidIn,
  warning,
} from './worklist-replies.ts';

const DEFAULT_LIMIT = 100;
const MOST = 1000;

const Count = z.coerce.number().int().nonnegative();
export const WorklistQuery = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

type Room = Pick<ReadingsRoom, 'readingsFor' | 'worklistFor'>;

export const workitemRoutes = (room: Room): Route[] => [
  ...looking(room),
  ...ordering(room),
  ...performing(room),
];

const uidOf = ({ params }: Pick<Call, 'params'>): string => params.workitem ?? '';
const serviceOf = ({ origin }: Pick<Call, 'origin'>): string => origin + ROOT;

const looking = (room: Room): Route[] => [
  route({
    method: 'GET',
    path: `${ROOT}/workitems`,
    summary: 'Search for work items (PS3.18 11.9): state, priority, study.',
    group: 'dicomweb',
    may: 'read',
    query: WorklistQuery,
    async handle(call) {
      const { limit, offset, includefield: _, fuzzymatching: __, ...keys } = firstOf(call.query);
      const page = {
        limit: Math.min(MOST, limit === undefined ? DEFAULT_LIMIT : Count.parse(limit)),
        offset: offset === undefined ? 0 : Count.parse(offset),
      };
      const { query: asked, ignored } = stepQuery(keys);
      const found = asked === 'none' ? [] : await room.readingsFor(call.identity).workItems(asked, page);
      const ignoring = ignored.length > 0 && warning('Some matching keys are not known and were ignored.');
      if (found.length === 0) return { status: 204, headers: { ...ignoring } };
      const steps = found.map((item) => procedureStep(item, serviceOf(call)));
      return { headers: { ...DICOM_JSON, ...ignoring }, body: encoded(steps) };
    },
  }),
  route({
    method: 'GET',
    path: `${ROOT}/workitems/:workitem`,
    summary: 'Retrieve a work item (PS3.18 11.5).',
    group: 'dicomweb',
    may: 'read',
    async handle(call) {
      const item = await room.worklistFor(call.identity).retrieve(uidOf(call));
      if (item === undefined) throw new HttpRefusal(404, 'NOT_FOUND', 'There is no such work item.');
      return { headers: DICOM_JSON, body: encoded([procedureStep(item, serviceOf(call))]) };
    },
  }),
];

const ordering = (room: Room): Route[] => [
  route({
    method: 'POST',
    path: `${ROOT}/workitems`,
    summary: 'Create a work item, an order of a reading (PS3.18 11.4).',
    group: 'dicomweb',
    may: 'request-reading',
    body: 'stream',
    query: WorklistQuery,
    async handle(call) {
      const made = await answered(
        'create',
        bodyOf(call).then((dataSet) =>
          room.worklistFor(call.identity).create(dataSet, uidIn(firstOf(call.query), 'workitem')),
        ),
      );
      return {
        status: 201,
        headers: {
          location: `${serviceOf(call)}/workitems/${made.uid}`,
          ...(made.isModified && warning('The Workitem was created with modifications.')),
        },
      };
    },
  }),
  route({
    method: 'POST',
    path: `${ROOT}/workitems/:workitem/cancelrequest`,
    summary: 'Request cancellation of a work item (PS3.18 11.8).',
    group: 'dicomweb',
    may: 'request-reading',
    body: 'stream',
    async handle(call) {
      await answered(
        'request-cancel',
        bodyOf(call).then(({ dataSet }) =>
          room.worklistFor(call.identity).requestCancel(uidOf(call), dataSet),
        ),
      );
      return { status: 202 };
    },
  }),
];

const performing = (room: Room): Route[] => [
  route({
    method: 'POST',
    path: `${ROOT}/workitems/:workitem`,
    summary: 'Update a work item (PS3.18 11.6), with the Transaction UID of the claim.',
    group: 'dicomweb',
    may: 'perform-reading',
    body: 'stream',
    query: WorklistQuery,
    async handle(call) {
      const updated = await answered('update', update(room, call));
      return {
        status: 200,
        headers: { ...(updated.isCut && warning('Requested optional Attributes are not supported.')) },
      };
    },
  }),
  route({
    method: 'PUT',
    path: `${ROOT}/workitems/:workitem/state`,
    summary: 'Change the state of a work item (PS3.18 11.7): claim, complete, cancel.',
    group: 'dicomweb',
    may: 'perform-reading',
    body: 'stream',
    async handle(call) {
      let state: string | undefined;
      const changed = await answered(
        'change-state',
        bodyOf(call).then((given) => {
          state = textOf(given.dataSet, '00741000');
          return room.worklistFor(call.identity).changeState(uidOf(call), state, transactionIn(given));
        }),
      );
      return {
        status: 200,
        headers: {
          ...(changed.isAlready && warning(`The UPS is already in the requested state of ${state}.`)),
        },
      };
    },
  }),
];

const bodyOf = (call: Pick<Call, 'stream' | 'headers'>): Promise<ReadDataSet> => dataSetIn(call);

async function update(room: Room, call: Call<unknown, z.infer<typeof WorklistQuery>>) {
  const given = await bodyOf(call);
  // In the query as the template has it, or in the data set as N-SET has it.
  const [inQuery, inBody] = [uidIn(firstOf(call.query), 'transaction-uid'), transactionIn(given)];
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody)
    throw new HttpRefusal(400, 'TRANSACTION_UID', 'Two Transaction UIDs are given.');
  return room.worklistFor(call.identity).update(uidOf(call), given, inQuery ?? inBody);
}
