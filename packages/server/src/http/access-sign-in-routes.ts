/** Routes before a session: the ways in. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { type Access, noSessionCookie, SignInRefused } from '../access/index.ts';
import { from, refuseCrossSite, told, withSession } from './access-replies.ts';
import * as schema from './access-schemas.ts';
import { type Call, HttpRefusal, type Reply, type Route, route } from './route.ts';

/**
 * A page that goes on by itself. A redirect would not do: the browser comes from another site, and a Strict cookie is
 * not sent along a chain of redirects that began there.
 * @param to as `localPath` lets it be: nothing in it but `&` means anything to HTML
 */
const onward = (to: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Signed in</title>` +
  `<meta http-equiv="refresh" content="0;url=${to.replaceAll('&', '&amp;')}">` +
  `<p>Signed in.</p></html>`;

const FAILED =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign-in failed</title>' +
  '<p>Sign-in failed. <a href="/">Back to sign-in</a></p></html>';

const HTML = { 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'no-referrer' };

export function accessSignInRoutes(access: Access): Route[] {
  const provider = () => {
    if (access.provider === undefined)
      throw new HttpRefusal(404, 'absent', 'No identity provider is set up.');
    return access.provider;
  };

  return [
    route({
      method: 'GET',
      path: '/api/access/sign-in',
      summary: 'The ways to sign in that are offered.',
      group: 'access',
      may: 'open',
      response: schema.waysIn,
      handle: async () => {
        const { hostname } = new URL(access.settings.origin());
        return told({
          password: true,
          // WebAuthn 5.1.3: a site is named by a domain, never by an address.
          passkey: !/^[\d.]+$|^\[/.test(hostname),
          ...(access.provider === undefined
            ? {}
            : { provider: { title: access.provider.title, start: '/api/access/provider/start' } }),
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/access/sign-in/password',
      summary: 'Signs in by password, with the code of a second factor where the account has one.',
      group: 'access',
      may: 'open',
      body: schema.passwordSignIn,
      response: schema.signedIn,
      handle: async (call) => {
        refuseCrossSite(access, call);
        const { login, password, code } = call.body;
        return withSession(
          await access.signIn.password({ login, password, ...codeOf(code) }, from(access, call)),
        );
      },
    }),
    route({
      method: 'POST',
      path: '/api/access/sign-in/link',
      summary: 'Signs in by a one-time link. A POST, so that what fetches links ahead does not use it up.',
      group: 'access',
      may: 'open',
      body: schema.linkSignIn,
      response: schema.signedIn,
      handle: async (call) => {
        refuseCrossSite(access, call);
        const { link, code } = call.body;
        return withSession(await access.signIn.link({ link, ...codeOf(code) }, from(access, call)));
      },
    }),
    route({
      method: 'POST',
      path: '/api/access/sign-in/passkey/options',
      summary: 'What a browser needs to ask for a passkey (WebAuthn).',
      group: 'access',
      may: 'open',
      response: schema.passkeyOptions,
      handle: async (call) => {
        refuseCrossSite(access, call);
        return told(await access.passkeys.signInOptions(from(access, call)));
      },
    }),
    route({
      method: 'POST',
      path: '/api/access/sign-in/passkey',
      summary: 'Signs in by passkey.',
      group: 'access',
      may: 'open',
      body: schema.assertion,
      response: schema.signedIn,
      handle: async (call) => {
        refuseCrossSite(access, call);
        const response = call.body as AuthenticationResponseJSON;
        return withSession(await access.passkeys.signIn(response, from(access, call)));
      },
    }),
    route({
      method: 'GET',
      path: '/api/access/provider/start',
      summary: "Sends the browser to the hospital's own login (OpenID Connect).",
      group: 'access',
      may: 'open',
      query: z.object({ to: z.string().max(2000).optional() }),
      handle: async (call) => {
        const { location, cookie } = await provider().start(call.query.to, from(access, call));
        return { status: 303, headers: { location, 'set-cookie': cookie, 'cache-control': 'no-store' } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/access/provider/callback',
      summary: "Where the hospital's own login sends the browser back to.",
      group: 'access',
      may: 'open',
      handle: async (call): Promise<Reply> => {
        const query = call.url.includes('?') ? call.url.slice(call.url.indexOf('?')) : '';
        try {
          const { signedIn, to } = await provider().finish(query, call.headers, from(access, call));
          const headers = { ...HTML, 'cache-control': 'no-store', 'set-cookie': signedIn.cookie };
          return { headers, body: onward(to) };
        } catch (error) {
          if (!(error instanceof SignInRefused)) throw error;
          return { status: 401, headers: { ...HTML, 'cache-control': 'no-store' }, body: FAILED };
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/access/sign-out',
      summary: 'Ends the session.',
      group: 'access',
      may: 'open',
      handle: async (call: Call) => {
        refuseCrossSite(access, call);
        await access.sessions.signOut(from(access, call));
        return told(undefined, { headers: { 'set-cookie': noSessionCookie(access.settings.origin()) } });
      },
    }),
  ];
}

const codeOf = (code: string | undefined) => (code === undefined || code === '' ? {} : { code });
