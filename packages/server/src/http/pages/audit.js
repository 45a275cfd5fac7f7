/** The audit: looking, verifying, taking it away. */
import { $, api, cell, problemOf, row } from './page.js';

let next;

const detailOf = ({ detail = {} }) =>
  Object.entries(detail)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : value}`)
    .join('; ');

export async function listAudit(more = false) {
  const { action, outcome, study } = Object.fromEntries(new FormData($('audit-filter')));
  const query = new URLSearchParams({ limit: '50' });
  if (action !== '') query.set('action', action);
  if (outcome !== '') query.set('outcome', outcome);
  if (study.trim() !== '') query.set('study', study.trim());
  if (more && next !== undefined) query.set('before', String(next));
  const response = await api(`/api/audit?${query}`);
  if (!response.ok) {
    $('audit-told').textContent = await problemOf(response);
    return;
  }
  const page = await response.json();
  next = page.next;
  $('audit-more').hidden = next === undefined;
  const rows = page.records.map((record) =>
    row(
      cell(record.at.replace('T', ' ').slice(0, 19), `record ${record.seq}`),
      cell(record.action, record.outcome),
      cell(record.actor, record.address),
      cell(record.studyUid ?? '', detailOf(record)),
    ),
  );
  if (more) $('audit-rows').append(...rows);
  else $('audit-rows').replaceChildren(...rows);
}

$('audit-filter').addEventListener('submit', (event) => {
  event.preventDefault();
  void listAudit();
});
$('audit-more').addEventListener('click', () => void listAudit(true));
$('audit-verify').addEventListener('click', async () => {
  $('audit-told').textContent = 'Following the chain …';
  const response = await api('/api/audit/verify');
  if (!response.ok) {
    $('audit-told').textContent = await problemOf(response);
    return;
  }
  const verdict = await response.json();
  $('audit-told').textContent = verdict.whole
    ? `The chain is whole: ${verdict.records} records. An anchor kept elsewhere shows whether it was written anew.`
    : `The chain is broken after record ${verdict.records} (${verdict.break?.kind ?? 'unknown'}). Tell whoever answers for security.`;
});
