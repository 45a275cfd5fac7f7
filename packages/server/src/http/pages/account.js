/** One's own account: how one signs in, what to do when a device is lost, where one is signed in. */
import { $, api, button, cell, counted, el, onForget, problem, problemOf, row } from './page.js';

let account;
let proof;
let mustAddFactor = false;

const tell = (text) => {
  $('own-told').textContent = text;
};
const day = (at) => at.slice(0, 10);
const FEW_CODES = 3;

export async function ownAccount() {
  const me = await api('/api/access/me');
  if (!me.ok) return me.status === 401 ? undefined : problem(await problemOf(me));
  ({ account, proof, mustAddFactor } = await me.json());
  const { factors } = account;
  $('own-state').textContent = stateOf(factors);
  $('own-must').hidden = !mustAddFactor;
  $('own-recovered').hidden = proof?.endsWith('+recovery') !== true;
  $('current-label').hidden = !factors.password;
  $('totp-begin').textContent = factors.totp ? 'Set up another app' : 'Set up an app';
  $('totp-remove').hidden = !factors.totp;
  const hasFactor = factors.totp || factors.passkeys > 0;
  const left = factors.recoveryCodes;
  $('recovery-state').textContent = recoveryOf(hasFactor, factors);
  $('recovery-state').classList.toggle('warn', hasFactor && left > 0 && left < FEW_CODES);
  $('recovery-make').hidden = !hasFactor;
  $('recovery-make').textContent = left > 0 ? 'Make ten new codes' : 'Make ten codes';
  if (!mustAddFactor) await Promise.all([listPasskeys(), listSessions()]);
}

function stateOf(factors) {
  const ways = [];
  if (factors.passkeys > 0) ways.push(counted(factors.passkeys, 'passkey'));
  if (factors.password) ways.push('a password');
  if (factors.totp) ways.push('an authenticator app');
  if (ways.length === 0) return 'You signed in by a link that works once. Set up a way to sign in again.';
  return `${account.login}: you sign in with ${ways.join(' and ')}.`;
}

function recoveryOf(hasFactor, { password, recoveryCodes: left }) {
  if (!hasFactor) return 'Set up a passkey or an authenticator app first.';
  const beside = password ? '' : ' They work beside a password: set one, too.';
  if (left === 0)
    return `You have none. Without them, whoever loses the device needs an administrator.${beside}`;
  return `${counted(left, 'code is', 'codes are')} left${left < FEW_CODES ? ': make new ones soon' : ''}.${beside}`;
}

async function changed(response, words) {
  if (!response.ok) return tell(await problemOf(response));
  const must = mustAddFactor;
  await ownAccount();
  tell(words);
  // The last step of who was let in to set up a second factor and nothing else.
  if (must && !mustAddFactor) location.reload();
}

async function listPasskeys() {
  const response = await api('/api/access/passkeys');
  if (!response.ok) return;
  const passkeys = await response.json();
  $('passkeys').hidden = passkeys.length === 0;
  $('passkey-rows').replaceChildren(
    ...passkeys.map(({ passkeyId, name, createdAt, usedAt }) => {
      const used = usedAt === undefined ? 'not used yet' : `last used ${day(usedAt)}`;
      const remove = async () => {
        const path = `/api/access/passkeys/${encodeURIComponent(passkeyId)}`;
        await changed(await api(path, { method: 'DELETE' }), 'The passkey is removed.');
      };
      return row(
        cell(name, `added ${day(createdAt)}, ${used}`),
        el(
          'td',
          {},
          button('Remove', () => void remove(), { ariaLabel: `Remove ${name}` }),
        ),
      );
    }),
  );
}

const PROOFS = {
  password: 'password',
  'password+totp': 'password and app',
  'password+recovery': 'password and recovery code',
  passkey: 'passkey',
  provider: 'hospital login',
  link: 'link',
  'link+totp': 'link and app',
  'link+recovery': 'link and recovery code',
};

async function listSessions() {
  const response = await api('/api/access/sessions');
  if (!response.ok) return;
  const sessions = await response.json();
  $('session-rows').replaceChildren(
    ...sessions.map(({ proof: by, address, createdAt, current }) =>
      row(
        cell(`${day(createdAt)} ${createdAt.slice(11, 16)} UTC`, current ? 'this browser' : undefined),
        cell(PROOFS[by] ?? by, address),
      ),
    ),
  );
  $('sessions-end').hidden = sessions.length < 2;
}

$('password-change').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { current, password } = Object.fromEntries(new FormData(event.target));
  const json = { password, ...(current === '' ? {} : { current }) };
  await changed(
    await api('/api/access/password', { method: 'PUT', json }),
    'The password is set; other sessions ended.',
  );
  event.target.reset();
});
$('totp-begin').addEventListener('click', async () => {
  const response = await api('/api/access/totp', { method: 'POST' });
  if (!response.ok) return tell(await problemOf(response));
  const { secret, address } = await response.json();
  // In groups of four, as it is typed.
  $('totp-key').textContent = secret.replace(/.{4}(?=.)/g, '$& ');
  $('totp-open').replaceChildren(el('a', { href: address, text: 'or open it there, on this device' }));
  $('totp-confirm').hidden = false;
  $('totp-confirm').elements.code.focus();
  tell('');
});
$('totp-confirm').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { code } = Object.fromEntries(new FormData(event.target));
  const response = await api('/api/access/totp/confirm', { method: 'POST', json: { code } });
  if (response.ok) forgetSecrets();
  await changed(response, 'The authenticator app is set up. Make recovery codes now, in case it is lost.');
});
$('totp-remove').addEventListener('click', async () => {
  if (!confirm('Remove the authenticator app from this account?')) return;
  await changed(await api('/api/access/totp', { method: 'DELETE' }), 'The authenticator app is removed.');
});
$('passkey-add').addEventListener('click', async () => {
  const asked = await api('/api/access/passkeys/options', { method: 'POST' });
  if (!asked.ok) return tell(await problemOf(asked));
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await asked.json());
    const credential = await navigator.credentials.create({ publicKey });
    const json = { name: `Passkey of ${day(new Date().toISOString())}`, response: credential.toJSON() };
    await changed(
      await api('/api/access/passkeys', { method: 'POST', json }),
      'The passkey is added. Make recovery codes, or add a second passkey, in case the device is lost.',
    );
  } catch {
    tell('No passkey was made. Try again, or set up a password and an authenticator app.');
  }
});
$('recovery-make').addEventListener('click', async () => {
  const held = account.factors.recoveryCodes;
  if (
    held > 0 &&
    !confirm(`Make ten new codes? The ${counted(held, 'code')} that you still have will not work any more.`)
  )
    return;
  const response = await api('/api/access/recovery-codes', { method: 'POST' });
  if (!response.ok) return tell(await problemOf(response));
  const { codes } = await response.json();
  await ownAccount();
  $('recovery-codes').replaceChildren(...codes.map((code) => el('li', {}, el('code', { text: code }))));
  $('recovery-of').textContent =
    `For ${account.login} at ${location.host}, made ${day(new Date().toISOString())}.`;
  $('recovery-shown').hidden = false;
  $('recovery-make').hidden = true;
  $('recovery-title').focus();
  const text = `Recovery codes. ${$('recovery-of').textContent}\nEach works once, beside the password.\n\n${codes.join('\n')}\n`;
  $('recovery-copy').onclick = async () => {
    const done = await navigator.clipboard.writeText(text).then(
      () => 'Copied.',
      () => 'This browser does not let pages copy: mark the codes and copy them.',
    );
    tell(done);
  };
  $('recovery-print').onclick = () => print();
  tell('');
});
$('recovery-kept').addEventListener('click', () => {
  forgetSecrets();
  $('recovery-make').hidden = false;
  $('recovery-make').focus();
});
$('sessions-end').addEventListener('click', async () => {
  const response = await api('/api/access/sessions', { method: 'DELETE' });
  await changed(response, 'All other sessions ended.');
});

function forgetSecrets() {
  $('recovery-codes').replaceChildren();
  $('recovery-shown').hidden = true;
  $('recovery-copy').onclick = null;
  $('totp-key').textContent = '';
  $('totp-open').replaceChildren();
  $('totp-confirm').hidden = true;
  $('totp-confirm').reset();
}
onForget(() => {
  forgetSecrets();
  $('passkey-rows').replaceChildren();
  $('session-rows').replaceChildren();
  $('password-change').reset();
  tell('');
});
// Whoever leaves the page has seen them.
addEventListener('hashchange', () => $('own').hidden || location.hash === '#own' || forgetSecrets());
