/** The ways in: one-time link, password with a second factor, passkey, the hospital's own login. */
import { $, api, forgetAll, problem, problemOf, workbenchPlace } from './page.js';

/** The link's secret stands after `#`, which browsers never send. */
export const linkSecret = () => /^#link=([\w-]{20,})$/.exec(location.hash)?.[1];

let then = async () => {};
export const onSignedIn = (start) => {
  then = start;
};

export function showSignIn() {
  forgetAll();
  for (const section of document.querySelectorAll('main > section')) section.hidden = true;
  $('account').hidden = true;
  $('sign-in').hidden = false;
  document.title = 'Sign in – Promontory';
  const link = linkSecret();
  $('link-form').hidden = link === undefined;
  $('password-form').hidden = link !== undefined;
  void showWaysIn();
}

async function showWaysIn() {
  const response = await api('/api/access/sign-in', { quiet: true });
  if (!response.ok) return problem(await problemOf(response));
  const { passkey, provider } = await response.json();
  $('passkey-in').hidden = !passkey;
  $('provider-in').hidden = provider === undefined;
  $('other-ways').hidden = !passkey && provider === undefined;
  if (provider === undefined) return;
  // The hospital's own login sends the browser back by itself; what stands after # it never sees.
  const back = workbenchPlace(location.hash) === undefined ? '' : '?to=%2Fworkbench%2F';
  $('provider-in').href = `${provider.start}${back}`;
  $('provider-in').textContent = provider.title;
}

const MESSAGES = {
  '/api/access/sign-in/link':
    'This link does not sign you in. It works once and for an hour: ask your administrator for another, or start the server again.',
  '/api/access/sign-in/password':
    'That did not sign you in. Check login and password, and the code if you have an authenticator app. After several failures wait some minutes.',
  '/api/access/sign-in/passkey':
    'That passkey did not sign you in. Use another one or your password, or ask your administrator.',
};

async function messageOf(path, response) {
  if (response.status === 401) return MESSAGES[path];
  if (response.status !== 429) return problemOf(response);
  const seconds = Number(response.headers.get('retry-after') ?? 60);
  return `Too many attempts from here. Try again in ${seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`}.`;
}

async function signIn(path, json) {
  problem();
  const response = await api(path, { method: 'POST', json, quiet: true });
  // A link works once: after it, also where it failed, the other ways are shown.
  if (linkSecret() !== undefined) history.replaceState(null, '', '/');
  if (!response.ok) {
    const message = await messageOf(path, response);
    showSignIn();
    return problem(message);
  }
  await then();
}

const codeOf = ({ code = '', recovery = '' }) => {
  const given = recovery.trim() || code.trim();
  return given === '' ? {} : { code: given };
};

$('link-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  void signIn('/api/access/sign-in/link', { link: linkSecret(), ...codeOf(given) });
});
$('password-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const given = Object.fromEntries(new FormData(form));
  const { login, password } = given;
  await signIn('/api/access/sign-in/password', { login, password, ...codeOf(given) });
  for (const field of ['password', 'code', 'recovery']) form.elements[field].value = '';
});
$('passkey-in').addEventListener('click', async () => {
  problem();
  const asked = await api('/api/access/sign-in/passkey/options', { method: 'POST', quiet: true });
  if (!asked.ok) return problem(await messageOf('', asked));
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await asked.json());
    const credential = await navigator.credentials.get({ publicKey });
    await signIn('/api/access/sign-in/passkey', credential.toJSON());
  } catch {
    problem('No passkey was given. Try again, or sign in with your password.');
  }
});
