/** The worklist service of DICOMweb (PS3.18 11.10 to 11.13, 8.10): who is told of work items, and the channel for it. */
import type { z } from 'zod';
import { ALL_STEPS, FILTERED_STEPS, type ReadingsRoom, STEP_KEYS, stepQuery } from '../readings/index.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';
import { WorklistQuery } from './workitem-routes.ts';
import { answered, firstOf, ROOT, warning } from './worklist-replies.ts';

const OF_WORKITEM = `${ROOT}/workitems/:workitem/subscribers/:aetitle`;

export function subscriptionRoutes(room: Pick<ReadingsRoom, 'subscriptionsFor'>): Route[] {
  const of = (call: Pick<Call, 'identity'>) => room.subscriptionsFor(call.identity);
  const targets = ({ params }: Pick<Call, 'params'>) =>
    [params.workitem ?? '', params.aetitle ?? ''] as const;
  return [
    route({
      method: 'POST',
      path: OF_WORKITEM,
      summary: `Subscribe to a work item, to all (${ALL_STEPS}) or by a filter (${FILTERED_STEPS}) (PS3.18 11.10).`,
      group: 'dicomweb',
      may: 'read',
      query: WorklistQuery,
      async handle(call) {
        const [target, aeTitle] = targets(call);
        const { deletionlock, ...keys } = firstOf(call.query);
        const filter = target === FILTERED_STEPS ? filterOf(keys) : undefined;
        await answered('subscribe', of(call).subscribe(target, aeTitle, filter));
        return {
          status: 201,
          headers: {
            'content-location': `${call.origin.replace(/^http/, 'ws')}${ROOT}/subscribers/${encodeURIComponent(aeTitle)}`,
            // Work items are kept by the operator's rule, not by a client's.
            ...(deletionlock === 'true' && warning('Deletion Lock not granted.')),
          },
        };
      },
    }),
    route({
      method: 'DELETE',
      path: OF_WORKITEM,
      summary: 'Unsubscribe from a work item, from all, or from those of the filter (PS3.18 11.11).',
      group: 'dicomweb',
      may: 'read',
      async handle(call) {
        await answered('subscribe', of(call).unsubscribe(...targets(call)));
        return { status: 200 };
      },
    }),
    route({
      method: 'POST',
      path: `${OF_WORKITEM}/suspend`,
      summary: 'Suspend a subscription to all or by a filter: nothing new is added to it (PS3.18 11.12).',
      group: 'dicomweb',
      may: 'read',
      async handle(call) {
        await answered('subscribe', of(call).suspend(...targets(call)));
        return { status: 200 };
      },
    }),
    route({
      method: 'GET',
      path: `${ROOT}/subscribers/:aetitle`,
      summary: 'Open the channel of event reports, a WebSocket (PS3.18 8.10.4).',
      group: 'dicomweb',
      may: 'read',
      async handle() {
        throw new HttpRefusal(426, 'WEBSOCKET', 'Event reports come over a WebSocket.', {
          upgrade: 'websocket',
        });
      },
      async open(call, accept) {
        const admission = await answered(
          'subscribe',
          of(call).open(call.params.aetitle ?? '', call.standing, accept),
        );
        if (admission === 'full')
          throw new HttpRefusal(503, 'TOO_MANY_CHANNELS', 'There are too many channels.', {
            'retry-after': '30',
          });
        if (admission === 'full-for-account')
          throw new HttpRefusal(429, 'TOO_MANY_CHANNELS', 'The account has too many channels.');
      },
    }),
  ];
}

/** `filter=KEY=VALUE,KEY=VALUE` (11.10.1.2), or each as a parameter. A wider filter than was asked for would be wrong. */
function filterOf(query: Readonly<Record<string, string>>): ReturnType<typeof known> | undefined {
  const { filter = '', accept: _, charset: __, ...keys } = query;
  const pairs = filter.split(',').filter((pair) => pair !== '');
  const given: z.infer<typeof WorklistQuery> = {
    ...keys,
    ...Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s, 2))),
  };
  const asked = firstOf(given);
  return Object.values(asked).some((value) => value !== '') ? known(asked) : undefined;
}

function known(keys: Readonly<Record<string, string>>) {
  const { query, ignored } = stepQuery(keys);
  if (query === 'none' || ignored.length > 0)
    throw new HttpRefusal(400, 'INVALID', `A filter matches ${Object.keys(STEP_KEYS).join(', ')}.`);
  return query;
}
