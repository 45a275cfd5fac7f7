/** Accounts: who there is, what they may, inviting them. */
import { $, api, button, cell, problemOf, row } from './page.js';

const grantsOf = ({ projects, patients }) =>
  [
    ...projects.map(({ role, projectId }) => (projectId === '*' ? role : `${role} in ${projectId}`)),
    ...(patients.length > 0 ? [`${patients.length} patients`] : []),
  ].join(', ');

async function tell(response, words) {
  $('people-told').textContent = response.ok ? words : await problemOf(response);
  return response.ok;
}

async function invite(account) {
  const response = await api(`/api/access/accounts/${account.accountId}/sign-in-link`, { method: 'POST' });
  if (!(await tell(response, `The link for ${account.displayName}, once and for an hour:`))) return;
  const { link } = await response.json();
  $('people-link').textContent = `${location.origin}/#link=${link}`;
}

async function disable(account) {
  const response = await api(`/api/access/accounts/${account.accountId}`, {
    method: 'PUT',
    json: { disabled: !account.disabled },
  });
  await tell(
    response,
    account.disabled ? 'The account is open again.' : 'The account is closed; its sessions ended.',
  );
  await listPeople();
}

export async function listPeople() {
  const response = await api('/api/access/accounts');
  if (!response.ok) return tell(response, '');
  const accounts = await response.json();
  $('people-rows').replaceChildren(
    ...accounts.map((account) =>
      row(
        cell(account.displayName, account.login),
        cell(grantsOf(account)),
        cell(account.disabled ? 'closed' : account.locked ? 'locked' : 'open'),
        (() => {
          const td = cell('');
          td.append(
            button('Link', () => void invite(account)),
            ' ',
            button(account.disabled ? 'Open' : 'Close', () => void disable(account)),
          );
          return td;
        })(),
      ),
    ),
  );
}

$('people-new').addEventListener('submit', async (event) => {
  event.preventDefault();
  $('people-link').textContent = '';
  const { login, displayName, role, projectId } = Object.fromEntries(new FormData(event.target));
  const response = await api('/api/access/accounts', {
    method: 'POST',
    json: { login, displayName, grants: { projects: [{ role, projectId: projectId || '*' }], patients: [] } },
  });
  if (!(await tell(response, ''))) return;
  event.target.reset();
  await invite(await response.json());
  await listPeople();
});
