/** Accounts: who there is, what they may, how they sign in; inviting them. */
import { $, api, button, cell, counted, el, name, onForget, problemOf, row } from './page.js';

const grantsOf = ({ projects, patients }) =>
  [
    ...projects.map(({ role, projectId }) => (projectId === '*' ? role : `${role} in ${projectId}`)),
    ...(patients.length > 0 ? [counted(patients.length, 'single patient')] : []),
  ].join(', ') || 'nothing yet';

/** That they have recovery codes, never which. */
function factorsOf({ factors, provider }) {
  const ways = [];
  if (provider) ways.push('hospital login');
  if (factors.passkeys > 0) ways.push(counted(factors.passkeys, 'passkey'));
  if (factors.password) ways.push(factors.totp ? 'password and app' : 'password');
  const codes = factors.recoveryCodes;
  if (factors.totp || factors.passkeys > 0)
    ways.push(codes === 0 ? 'no recovery codes' : counted(codes, 'recovery code'));
  return ways.join(', ') || 'no way of their own yet';
}

const tell = (...words) => $('people-told').replaceChildren(...words);

async function toldOf(response, ...words) {
  tell(...(response.ok ? words : [await problemOf(response)]));
  return response.ok;
}

function forgetLink() {
  $('people-link').textContent = '';
  $('people-link-line').hidden = true;
}

async function invite(account) {
  forgetLink();
  const response = await api(`/api/access/accounts/${account.accountId}/sign-in-link`, { method: 'POST' });
  if (!(await toldOf(response, 'The link for ', name(account.displayName), ' works once, within an hour:')))
    return;
  const { link } = await response.json();
  $('people-link').textContent = `${location.origin}/#link=${link}`;
  $('people-link-line').hidden = false;
}

async function disable(account) {
  const closes = !account.disabled;
  if (closes && !confirm(`Close the account ${account.login}? Its sessions end at once.`)) return;
  const path = `/api/access/accounts/${account.accountId}`;
  const response = await api(path, { method: 'PUT', json: { disabled: closes } });
  forgetLink();
  await toldOf(
    response,
    closes ? 'The account is closed; its sessions ended.' : 'The account is open again.',
  );
  await fill();
}

async function reset(account) {
  const sure = `Take password, app, passkeys and recovery codes away from ${account.login}? Then hand over a new link.`;
  if (!confirm(sure)) return;
  const response = await api(`/api/access/accounts/${account.accountId}/factors`, { method: 'DELETE' });
  if (!(await toldOf(response))) return;
  await fill();
  await invite(account);
}

function rowOf(account) {
  const of = (text, deed) =>
    button(text, () => void deed(account), { ariaLabel: `${text}: ${account.login}` });
  return row(
    cell(name(account.displayName), account.login),
    cell(grantsOf(account)),
    cell(
      account.disabled ? 'closed' : account.locked ? 'locked for some minutes' : 'open',
      factorsOf(account),
    ),
    el(
      'td',
      {},
      el(
        'span',
        { className: 'buttons' },
        of('New link', invite),
        of('Lost device', reset),
        of(account.disabled ? 'Open' : 'Close', disable),
      ),
    ),
  );
}

async function fill() {
  const response = await api('/api/access/accounts');
  if (!response.ok) return toldOf(response);
  $('people-rows').replaceChildren(...(await response.json()).map(rowOf));
}

export async function listPeople() {
  tell();
  forgetLink();
  await Promise.all([fill(), listProjects()]);
}

async function listProjects() {
  const response = await api('/api/access/projects');
  if (!response.ok) return;
  const projects = await response.json();
  $('people-projects').replaceChildren(
    el('option', { value: '*', text: 'all projects' }),
    ...projects.map(({ projectId, title }) =>
      el('option', { value: projectId, text: `${title} (${projectId})` }),
    ),
  );
}

onForget(() => {
  tell();
  forgetLink();
  $('people-rows').replaceChildren();
  $('people-new').reset();
});
$('people-new').addEventListener('submit', async (event) => {
  event.preventDefault();
  forgetLink();
  const { login, displayName, role, projectId } = Object.fromEntries(new FormData(event.target));
  const response = await api('/api/access/accounts', {
    method: 'POST',
    json: { login, displayName, grants: { projects: [{ role, projectId }], patients: [] } },
  });
  if (!(await toldOf(response))) return;
  event.target.reset();
  await invite(await response.json());
  await fill();
});
$('people-copy').addEventListener('click', async () => {
  const done = await navigator.clipboard.writeText($('people-link').textContent).then(
    () => 'Copied. Hand it over by a way that only this person reads.',
    () => 'This browser does not let pages copy: mark the link and copy it.',
  );
  tell(done);
});
