/** The audit: looking, verifying, taking it away. */
import { $, api, cell, counted, el, may, name, onForget, problemOf, row, shortCell } from './page.js';

let next;
/** Accounts by the names that the audit has for them. */
let people = new Map();

const knownAs = (value) => people.get(`account:${value}`)?.login ?? value;
const detailOf = ({ detail = {} }) =>
  Object.entries(detail)
    .map(([key, value]) => `${key}: ${[value].flat().map(knownAs).join(', ')}`)
    .join('; ');

const tell = (text) => {
  $('audit-told').textContent = text;
};

function whoOf({ actor, address }) {
  const person = people.get(actor);
  if (person === undefined) return cell(actor, address);
  return cell(name(person.displayName), [person.login, address].filter(Boolean).join(' · '));
}

async function knowPeople() {
  if (!may('administer')) return;
  const response = await api('/api/access/accounts');
  if (!response.ok) return;
  people = new Map((await response.json()).map((account) => [`account:${account.accountId}`, account]));
}

function rowOf(record) {
  const study = record.studyUid;
  const what =
    study === undefined ? '' : el('a', { href: `#study/${encodeURIComponent(study)}`, text: study });
  const tr = row(
    shortCell(record.at.replace('T', ' ').slice(0, 19), `record ${record.seq}`),
    shortCell(record.action, record.outcome),
    whoOf(record),
    cell(what, detailOf(record)),
  );
  tr.classList.toggle('refused', record.outcome !== 'success');
  return tr;
}

export async function listAudit(more = false) {
  const { action, outcome, study } = Object.fromEntries(new FormData($('audit-filter')));
  const query = new URLSearchParams({ limit: '50' });
  if (action !== '') query.set('action', action);
  if (outcome !== '') query.set('outcome', outcome);
  if (study.trim() !== '') query.set('study', study.trim());
  if (more && next !== undefined) query.set('before', String(next));
  const response = await api(`/api/audit?${query}`);
  if (!response.ok) return tell(await problemOf(response));
  if (!more) await knowPeople();
  tell('');
  const page = await response.json();
  next = page.next;
  $('audit-more').hidden = next === undefined;
  const rows = page.records.map(rowOf);
  if (more) $('audit-rows').append(...rows);
  else $('audit-rows').replaceChildren(...rows);
  const none = $('audit-rows').childElementCount === 0;
  $('audit-list').hidden = none;
  $('audit-empty').hidden = !none;
}

onForget(() => {
  next = undefined;
  people = new Map();
  $('audit-rows').replaceChildren();
  $('audit-filter').reset();
  tell('');
});
$('audit-filter').addEventListener('submit', (event) => {
  event.preventDefault();
  void listAudit();
});
$('audit-more').addEventListener('click', () => void listAudit(true));
$('audit-verify').addEventListener('click', async () => {
  tell('Following the chain …');
  const response = await api('/api/audit/verify');
  if (!response.ok) return tell(await problemOf(response));
  const verdict = await response.json();
  tell(
    verdict.whole
      ? `The chain is whole: ${counted(verdict.records, 'record')}. An anchor kept elsewhere (promontory anchor) shows whether it was written anew.`
      : `The chain is broken after record ${verdict.records} (${verdict.break?.kind ?? 'unknown'}). Tell whoever answers for security, and change nothing.`,
  );
});
