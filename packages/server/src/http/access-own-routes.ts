/** Routes of one's own account: sessions, tokens, password, second factor, passkeys, broken glass. */
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Access } from '../access/index.ts';
import { told, withSession } from './access-replies.ts';
import * as schema from './access-schemas.ts';
import { type Route, route } from './route.ts';

export function accessOwnRoutes(access: Access): Route[] {
  const own = { group: 'access', may: 'signed-in' } as const;
  return [
    route({
      ...own,
      method: 'GET',
      path: '/api/access/me',
      summary: 'Who asks, and what they may.',
      response: schema.me,
      handle: async ({ identity }) => told(await access.own.read(identity)),
    }),
    route({
      ...own,
      method: 'GET',
      path: '/api/access/sessions',
      summary: 'Own sessions that hold.',
      response: z.array(schema.session),
      handle: async ({ identity }) => told(await access.sessions.list(identity)),
    }),
    route({
      ...own,
      method: 'DELETE',
      path: '/api/access/sessions',
      summary: 'Ends all own sessions but this one.',
      response: z.object({ ended: z.int() }),
      handle: async ({ identity }) => told({ ended: await access.sessions.endOthers(identity) }),
    }),
    route({
      ...own,
      method: 'DELETE',
      path: '/api/access/sessions/:session',
      summary: 'Ends an own session.',
      handle: async ({ identity, params }) => {
        await access.sessions.end(identity, params.session);
        return told(undefined);
      },
    }),
    route({
      ...own,
      method: 'GET',
      path: '/api/access/tokens',
      summary: 'Own API tokens, without their secrets.',
      response: z.array(schema.token),
      handle: async ({ identity }) => told(await access.tokens.list(identity)),
    }),
    route({
      ...own,
      method: 'POST',
      path: '/api/access/tokens',
      summary: 'Makes an API token. Its secret is in this answer and in no other.',
      body: schema.newToken,
      response: schema.madeToken,
      handle: async ({ identity, body }) => told(await access.tokens.create(identity, body), { status: 201 }),
    }),
    route({
      ...own,
      method: 'DELETE',
      path: '/api/access/tokens/:token',
      summary: 'Revokes an own API token.',
      handle: async ({ identity, params }) => {
        await access.tokens.revoke(identity, params.token);
        return told(undefined);
      },
    }),
    route({
      ...own,
      method: 'PUT',
      path: '/api/access/password',
      summary: 'Sets the password. Every session ends; this browser gets a new one.',
      body: schema.passwordChange,
      response: schema.signedIn,
      handle: async ({ identity, body: { current, password } }) =>
        withSession(
          await access.factors.changePassword(identity, {
            password,
            ...(current === undefined ? {} : { current }),
          }),
        ),
    }),
    route({
      ...own,
      method: 'POST',
      path: '/api/access/totp',
      summary: 'Begins a code generator (TOTP): it holds once a code is confirmed.',
      response: schema.totpSecret,
      handle: async ({ identity }) => told(await access.factors.enrolTotp(identity)),
    }),
    route({
      ...own,
      method: 'POST',
      path: '/api/access/totp/confirm',
      summary: 'Confirms the code generator. This browser gets a new session.',
      body: schema.totpCode,
      response: schema.signedIn,
      handle: async ({ identity, body }) =>
        withSession(await access.factors.confirmTotp(identity, body.code)),
    }),
    route({
      ...own,
      method: 'DELETE',
      path: '/api/access/totp',
      summary: 'Removes the code generator, where the account does not need it.',
      handle: async ({ identity }) => {
        await access.factors.removeTotp(identity);
        return told(undefined);
      },
    }),
    route({
      ...own,
      method: 'POST',
      path: '/api/access/recovery-codes',
      summary: 'Makes ten recovery codes, in this answer and in no other. Those before hold no longer.',
      response: schema.recoveryCodes,
      handle: async ({ identity }) =>
        told({ codes: await access.recoveryCodes.renew(identity) }, { status: 201 }),
    }),
    route({
      ...own,
      method: 'GET',
      path: '/api/access/passkeys',
      summary: 'Own passkeys.',
      response: z.array(schema.passkey),
      handle: async ({ identity }) => told(await access.passkeys.list(identity)),
    }),
    route({
      ...own,
      method: 'POST',
      path: '/api/access/passkeys/options',
      summary: 'What a browser needs to make a passkey (WebAuthn).',
      response: schema.passkeyOptions,
      handle: async ({ identity }) => told(await access.passkeys.registrationOptions(identity)),
    }),
    route({
      ...own,
      method: 'POST',
      path: '/api/access/passkeys',
      summary: 'Adds a passkey. This browser gets a new session.',
      body: schema.newPasskey,
      response: schema.passkey,
      handle: async ({ identity, body }) => {
        const response = body.response as RegistrationResponseJSON;
        const made = await access.passkeys.register(identity, { name: body.name, response });
        return told(made.passkey, { status: 201, headers: { 'set-cookie': made.signedIn.cookie } });
      },
    }),
    route({
      ...own,
      method: 'PUT',
      path: '/api/access/passkeys/:passkey',
      summary: 'Renames an own passkey.',
      body: schema.name,
      handle: async ({ identity, params, body }) => {
        await access.passkeys.rename(identity, params.passkey, body.name);
        return told(undefined);
      },
    }),
    route({
      ...own,
      method: 'DELETE',
      path: '/api/access/passkeys/:passkey',
      summary: 'Removes an own passkey.',
      handle: async ({ identity, params }) => {
        await access.passkeys.remove(identity, params.passkey);
        return told(undefined);
      },
    }),
    route({
      ...own,
      // The room judges: what it refuses stands in the audit with its study and reason.
      method: 'POST',
      path: '/api/access/break-glass',
      summary: 'Opens one study for one hour in an emergency, with a reason that the audit keeps.',
      body: schema.breakGlass,
      response: schema.openedGlass,
      handle: async ({ identity, body }) => told(await access.breakGlass(identity, body)),
    }),
  ];
}
