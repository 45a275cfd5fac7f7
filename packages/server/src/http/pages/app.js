/** The plain page of the archive: sign in, list, add, open the reading. Text nodes only, our own API only. */
import { listAudit } from './audit.js';
import { $, api, cell, onSignedOut, problem, problemOf } from './page.js';
import { listPeople } from './people.js';

const PAGE = 50;
const PLACES = ['studies', 'people', 'audit'];
/** Parallel uploads: enough to fill the line, few enough to keep progress honest. */
const LANES = 3;
let shown = 0;
let wanted = '';
let told;

function showSignIn() {
  // Nothing of the patients stays in a page that nobody is signed in to.
  for (const id of PLACES) {
    $(id).hidden = true;
    $(id).querySelector('tbody').replaceChildren();
  }
  $('account').hidden = true;
  $('sign-in').hidden = false;
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
  if (provider === undefined) return;
  $('provider-in').href = provider.start;
  $('provider-in').textContent = provider.title;
}

/** The link's secret stands after `#`, which browsers never send. */
const linkSecret = () => /^#link=([\w-]{20,})$/.exec(location.hash)?.[1];

async function signIn(path, json) {
  problem();
  const response = await api(path, { method: 'POST', json, quiet: true });
  // A link works once: after it, also where it failed, the other ways are shown.
  history.replaceState(null, '', '/');
  if (!response.ok) {
    showSignIn();
    return problem(await problemOf(response));
  }
  await start();
}

async function start() {
  problem();
  const me = await api('/api/access/me');
  if (!me.ok) return me.status === 401 ? undefined : problem(await problemOf(me));
  const { account, deeds, mustAddFactor } = await me.json();
  told = account;
  $('who').textContent = account.displayName;
  $('account').hidden = false;
  $('sign-in').hidden = true;
  $('to-people').hidden = !deeds.includes('administer');
  $('to-audit').hidden = !deeds.includes('read-audit');
  $('to-studies').hidden = $('to-people').hidden && $('to-audit').hidden;
  if (!mustAddFactor) return show('studies');
  openOwn('Set up a passkey, or a password and an authenticator app: then the studies open.');
}

const LISTS = { studies: () => list(), people: listPeople, audit: () => listAudit() };

async function show(place) {
  problem();
  for (const id of PLACES) {
    $(id).hidden = id !== place;
    $(`to-${id}`).setAttribute('aria-current', id === place ? 'page' : 'false');
  }
  await LISTS[place]();
}

const text = (row, tag) => row[tag]?.Value?.[0];
const nameOf = (row) => {
  const name = text(row, '00100010');
  return (name?.Alphabetic ?? name?.Ideographic ?? '').replaceAll('^', ' ').replace(/\s+/g, ' ').trim();
};
const dateOf = (dicom) =>
  /^\d{8}$/.test(dicom ?? '') ? `${dicom.slice(0, 4)}-${dicom.slice(4, 6)}-${dicom.slice(6)}` : '';

async function list(more = false) {
  if (!more) shown = 0;
  const query = new URLSearchParams({ limit: String(PAGE), offset: String(shown) });
  if (wanted !== '') query.set('includefield', '00081030');
  const by =
    wanted === ''
      ? ['']
      : [`&PatientName=${encodeURIComponent(`*${wanted}*`)}`, `&PatientID=${encodeURIComponent(wanted)}`];
  const found = new Map();
  for (const part of by) {
    const response = await api(`/dicom-web/studies?${query}${part}`);
    if (!response.ok) return problem(await problemOf(response));
    const rows = response.status === 204 ? [] : await response.json();
    for (const row of rows) found.set(text(row, '0020000D'), row);
  }
  if (!more) $('rows').replaceChildren();
  for (const [uid, row] of found) $('rows').append(rowOf(uid, row));
  shown += PAGE;
  $('more').hidden = found.size < PAGE;
  $('empty').hidden = $('rows').childElementCount > 0;
  $('list').hidden = $('rows').childElementCount === 0;
}

function rowOf(uid, row) {
  const tr = document.createElement('tr');
  const reading = cell('…');
  tr.append(
    cell(nameOf(row) || '(no name)', text(row, '00100020')),
    cell(dateOf(text(row, '00080020'))),
    cell(text(row, '00081030') ?? '(no description)', (row['00080061']?.Value ?? []).join(', ')),
    cell(String(text(row, '00201208') ?? '')),
    reading,
  );
  void showReading(uid, reading);
  return tr;
}

const STAGES = {
  load: 'images',
  segment: 'finding the spine',
  measure: 'measuring',
  grade: 'grading',
  axial: 'axial slices',
};
const POLL_MS = 2000;
/** Every look stands in the audit: what does not change is looked at more and more seldom. */
const LONGEST_POLL_MS = 60_000;

async function showReading(uid, td, pause = POLL_MS) {
  const response = await api(`/api/studies/${encodeURIComponent(uid)}/readings`);
  if (!response.ok) return td.replaceChildren('');
  const { readings, jobs } = await response.json();
  const [job] = jobs;
  const [newest] = readings;
  if (job !== undefined || newest === undefined) {
    const stage = STAGES[job?.stage] ?? '';
    const told =
      job === undefined
        ? 'waits for more images'
        : job.state === 'scheduled'
          ? 'queued'
          : `being read${stage && ': '}${stage}`;
    const same = job?.state !== 'in-progress' && td.textContent === told;
    const next = same ? Math.min(2 * pause, LONGEST_POLL_MS) : POLL_MS;
    td.replaceChildren(told);
    setTimeout(() => td.isConnected && void showReading(uid, td, next), next);
    return;
  }
  const small = document.createElement('small');
  if (newest.outcome !== 'read') {
    small.textContent = newest.refusal?.message ?? '';
    td.replaceChildren(newest.outcome === 'refused' ? 'cannot be read' : 'the reading failed', small);
    return;
  }
  const link = document.createElement('a');
  link.href = newest.files.find((file) => file.name === 'report.html')?.href ?? '#';
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = 'Report';
  small.textContent = newest.status;
  td.replaceChildren(link, small);
}

async function upload(files) {
  const all = [...files];
  if (all.length === 0) return;
  problem();
  $('upload').hidden = false;
  $('upload-progress').max = all.length;
  const done = { kept: 0, refused: 0 };
  const studies = new Set();
  let next = 0;
  const tell = () => {
    $('upload-progress').value = done.kept + done.refused;
    const refused = done.refused === 0 ? '' : `; ${done.refused} are no DICOM images, or were refused`;
    $('upload-text').textContent =
      `${done.kept + done.refused} of ${all.length} files: ${done.kept} kept${refused}.`;
  };
  tell();
  const lane = async () => {
    while (next < all.length) {
      const file = all[next++];
      try {
        const response = await api('/dicom-web/studies', {
          method: 'POST',
          body: file,
          headers: { 'content-type': 'application/dicom', accept: 'application/dicom+json' },
        });
        if (response.ok) {
          done.kept += 1;
          const url = text(await response.json(), '00081190') ?? '';
          const uid = /\/studies\/([0-9.]+)/.exec(url)?.[1];
          if (uid !== undefined) studies.add(uid);
        } else done.refused += 1;
      } catch {
        done.refused += 1;
      }
      tell();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  // All of them are here: no need to wait for more.
  for (const uid of studies) await api(`/api/studies/${uid}/complete`, { method: 'POST' });
  await list();
}

/** The files of dropped folders, with all below them. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files];
  const files = [];
  for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
    if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    else {
      const reader = entry.createReader();
      for (;;) {
        const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (batch.length === 0) break;
        entries.push(...batch);
      }
    }
  }
  return files;
}

$('link-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn('/api/access/sign-in/link', { link: linkSecret() });
});
$('password-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const { login, password, code } = Object.fromEntries(new FormData(event.target));
  void signIn('/api/access/sign-in/password', { login, password, ...(code === '' ? {} : { code }) });
});
$('passkey-in').addEventListener('click', async () => {
  const asked = await api('/api/access/sign-in/passkey/options', { method: 'POST', quiet: true });
  if (!asked.ok) return problem(await problemOf(asked));
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await asked.json());
    const credential = await navigator.credentials.get({ publicKey });
    await signIn('/api/access/sign-in/passkey', credential.toJSON());
  } catch {
    problem('No passkey was given.');
  }
});

function ownState() {
  const { factors } = told;
  const ways = [];
  if (factors.passkeys > 0) ways.push(`${factors.passkeys} passkey${factors.passkeys > 1 ? 's' : ''}`);
  if (factors.password) ways.push('a password');
  if (factors.totp) ways.push('an authenticator app');
  $('own-state').textContent =
    ways.length === 0
      ? 'You signed in by a link that works once. Set up a way to sign in again.'
      : `You sign in with ${ways.join(', ')}.`;
  $('current-label').hidden = !factors.password;
}
async function changed(response, words) {
  if (!response.ok) {
    $('own-told').textContent = await problemOf(response);
    return;
  }
  $('own-told').textContent = words;
  const me = await api('/api/access/me');
  if (!me.ok) return;
  const { account, mustAddFactor } = await me.json();
  told = account;
  ownState();
  // The last step of who was let in to set up a second factor and nothing else.
  if (!mustAddFactor && PLACES.every((id) => $(id).hidden)) await start();
}
function openOwn(words) {
  $('own-told').textContent = words;
  ownState();
  $('own-dialog').showModal();
}

$('own').addEventListener('click', () => openOwn(''));
$('own-close').addEventListener('click', () => $('own-dialog').close());
$('password-change').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { current, password } = Object.fromEntries(new FormData(event.target));
  const json = { password, ...(current === '' ? {} : { current }) };
  await changed(await api('/api/access/password', { method: 'PUT', json }), 'The password is set.');
  event.target.reset();
});
$('totp-begin').addEventListener('click', async () => {
  const response = await api('/api/access/totp', { method: 'POST' });
  if (!response.ok) return changed(response, '');
  $('totp-key').textContent = (await response.json()).secret;
  $('totp-confirm').hidden = false;
});
$('totp-confirm').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { code } = Object.fromEntries(new FormData(event.target));
  const response = await api('/api/access/totp/confirm', { method: 'POST', json: { code } });
  event.target.hidden = response.ok;
  await changed(response, 'The authenticator app is set up.');
});
$('passkey-add').addEventListener('click', async () => {
  const asked = await api('/api/access/passkeys/options', { method: 'POST' });
  if (!asked.ok) return changed(asked, '');
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await asked.json());
    const credential = await navigator.credentials.create({ publicKey });
    const json = {
      name: `Passkey of ${new Date().toISOString().slice(0, 10)}`,
      response: credential.toJSON(),
    };
    await changed(await api('/api/access/passkeys', { method: 'POST', json }), 'The passkey is added.');
  } catch {
    $('own-told').textContent = 'No passkey was made.';
  }
});
$('sign-out').addEventListener('click', async () => {
  await api('/api/access/sign-out', { method: 'POST' });
  showSignIn();
});
$('search').addEventListener('submit', (event) => {
  event.preventDefault();
  wanted = $('name').value.trim();
  void list();
});
$('more').addEventListener('click', () => void list(true));
$('files').addEventListener('change', (event) => void upload(event.target.files));
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dropping');
});
addEventListener('dragleave', () => document.body.classList.remove('dropping'));
addEventListener('drop', async (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  if (!$('studies').hidden) await upload(await filesOf(event.dataTransfer));
});

onSignedOut(showSignIn);
for (const place of PLACES) $(`to-${place}`).addEventListener('click', () => void show(place));
if (linkSecret() === undefined) await start();
else showSignIn();
