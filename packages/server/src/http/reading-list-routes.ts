/** The list that clinicians work through: `/api/worklist`. The worklist service of DICOM is in `workitem-routes.ts`. */
import { CursorInvalid, NotAReviewer, type ReadingList } from '../reading-list/index.ts';
import { param, present } from './found.ts';
import {
  Assignment,
  Counts,
  ListAsked,
  Page,
  priorJson,
  queryOf,
  Reviewers,
  rowJson,
  Summary,
  Views,
} from './reading-list-replies.ts';
import { type Call, HttpRefusal, type Route, route } from './route.ts';

export function readingListRoutes(room: { listFor(identity: Call['identity']): ReadingList }): Route[] {
  const of = (call: Pick<Call, 'identity'>) => room.listFor(call.identity);
  return [
    route({
      method: 'GET',
      path: '/api/worklist',
      summary: 'Studies within reach with how far they are, a page at a time, the most urgent first.',
      group: 'review',
      may: 'read',
      query: ListAsked,
      response: Page,
      async handle(call) {
        const { entries, ...rest } = await told(of(call).page(queryOf(call.query, call.identity.accountId)));
        return { body: { ...rest, rows: entries.map(rowJson) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/worklist/counts',
      summary: 'How many studies within reach are how far.',
      group: 'review',
      may: 'read',
      response: Counts,
      handle: async (call) => ({ body: { byStatus: await of(call).counts() } }),
    }),
    route({
      method: 'GET',
      path: '/api/worklist/views',
      summary: 'Ways to look at the list that the account has kept.',
      group: 'review',
      may: 'read',
      response: Views,
      handle: async (call) => ({ body: JSON.parse((await of(call).views()) ?? '{"views":[]}') as object }),
    }),
    route({
      method: 'PUT',
      path: '/api/worklist/views',
      summary: 'Keeps them, all at once; what was searched for is left out.',
      group: 'review',
      may: 'read',
      body: Views,
      response: Views,
      async handle(call) {
        if (!(await of(call).keepViews(JSON.stringify(call.body))))
          throw new HttpRefusal(403, 'NO_ACCOUNT', 'Views belong to an account.');
        return { body: call.body };
      },
    }),
    route({
      method: 'GET',
      path: '/api/studies/:study/summary',
      summary: 'One study of the list, and the earlier ones of its patient.',
      group: 'review',
      may: 'read',
      response: Summary,
      async handle(call) {
        const { entry, priors } = present(await of(call).summary(param(call, 'study')));
        return { body: { ...rowJson(entry), priors: priors.map(priorJson) } };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/studies/:study/assignment',
      summary: "Says whose turn a study is; null: nobody's.",
      group: 'review',
      may: 'review',
      body: Assignment,
      async handle(call) {
        present(await told(of(call).assign(param(call, 'study'), call.body.accountId)));
        return { status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/reviewers',
      summary: 'Who may be assigned studies of the same projects.',
      group: 'review',
      may: 'review',
      response: Reviewers,
      handle: async (call) => ({ body: await of(call).reviewers() }),
    }),
  ];
}

async function told<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (error instanceof CursorInvalid) throw new HttpRefusal(400, 'INVALID_CURSOR', error.message);
    if (error instanceof NotAReviewer) throw new HttpRefusal(422, 'NOT_A_REVIEWER', error.message);
    throw error;
  });
}
