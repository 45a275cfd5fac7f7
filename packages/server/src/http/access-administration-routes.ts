/** Routes of who administers. The room asks for the deed over every project; `may` keeps the others from its door. */
import { z } from 'zod';
import type { Access, AccountEdit, Grants } from '../access/index.ts';
import { told } from './access-replies.ts';
import * as schema from './access-schemas.ts';
import { type Route, route } from './route.ts';

export function accessAdministrationRoutes(access: Access): Route[] {
  const administration = { group: 'access', may: 'administer' } as const;
  return [
    route({
      ...administration,
      method: 'GET',
      path: '/api/access/accounts',
      summary: 'All accounts with their grants.',
      response: z.array(schema.account),
      handle: async ({ identity }) => told(await access.accounts.list(identity)),
    }),
    route({
      ...administration,
      method: 'POST',
      path: '/api/access/accounts',
      summary: 'Makes an account. It is opened by a sign-in link or by the identity provider.',
      body: schema.newAccount,
      response: schema.account,
      handle: async ({ identity, body: { login, displayName, grants } }) => {
        const given = { login, displayName, ...(grants === undefined ? {} : { grants }) };
        return told(await access.accounts.create(identity, given), { status: 201 });
      },
    }),
    route({
      ...administration,
      method: 'PUT',
      path: '/api/access/accounts/:account',
      summary: 'Renames, disables or enables an account, or ties it to a subject at the identity provider.',
      body: schema.accountEdit,
      response: schema.account,
      handle: async ({ identity, params, body }) => {
        const edit = Object.fromEntries(Object.entries(body).filter(([, v]) => v !== undefined));
        return told(await access.accounts.edit(identity, params.account, edit as AccountEdit));
      },
    }),
    route({
      ...administration,
      method: 'PUT',
      path: '/api/access/accounts/:account/grants',
      summary: "Makes an account's roles over projects and patients these and no others.",
      body: schema.grants,
      response: schema.account,
      handle: async ({ identity, params, body }) =>
        told(await access.accounts.setGrants(identity, params.account, body as Grants)),
    }),
    route({
      ...administration,
      method: 'POST',
      path: '/api/access/accounts/:account/sign-in-link',
      summary: 'Makes a one-time sign-in link for an account, to be handed to its owner. It holds one hour.',
      response: schema.signInLink,
      handle: async ({ identity, params }) =>
        told(await access.issueSignInLink(identity, params.account), { status: 201 }),
    }),
    route({
      ...administration,
      method: 'DELETE',
      path: '/api/access/accounts/:account/factors',
      summary: 'Takes password, second factor, passkeys, recovery codes and sessions away from an account.',
      response: schema.account,
      handle: async ({ identity, params }) =>
        told(await access.accounts.resetFactors(identity, params.account)),
    }),
    route({
      group: 'access',
      may: 'signed-in',
      method: 'GET',
      path: '/api/access/projects',
      summary: 'Projects: all to who has a role over all, otherwise those that one has a role in.',
      response: z.array(schema.project),
      handle: async ({ identity }) => told(await access.projects.list(identity)),
    }),
    route({
      ...administration,
      method: 'POST',
      path: '/api/access/projects',
      summary: 'Makes a project.',
      body: schema.project,
      response: schema.project,
      handle: async ({ identity, body }) =>
        told(await access.projects.create(identity, body), { status: 201 }),
    }),
  ];
}
