/** The plain page of the archive: who is signed in, what they may do here, and which part is shown. */
import { ownAccount } from './account.js';
import { listAudit } from './audit.js';
import { showExports } from './exports.js';
import { $, api, onSignedOut, problem, problemOf } from './page.js';
import { listPeople } from './people.js';
import { linkSecret, onSignedIn, showSignIn } from './sign-in.js';
import { listStudies, setDeeds } from './studies.js';
import { showStudy } from './study.js';

/** What the address shows after `#`, its heading, and who sees the way there. */
const PLACES = {
  studies: { title: 'Studies', show: listStudies },
  study: { title: 'Study', show: showStudy },
  exports: { title: 'De-identified export', show: showExports, deed: 'export' },
  people: { title: 'People', show: listPeople, deed: 'administer' },
  audit: { title: 'Audit', show: () => listAudit(), deed: 'read-audit' },
  own: { title: 'Account', show: ownAccount },
};
let deeds;
let mustAddFactor = false;

async function start() {
  problem();
  const me = await api('/api/access/me');
  if (!me.ok) return me.status === 401 ? undefined : problem(await problemOf(me));
  const told = await me.json();
  ({ deeds, mustAddFactor } = told);
  setDeeds(deeds);
  $('who').textContent = told.account.displayName;
  $('account').hidden = false;
  $('sign-in').hidden = true;
  for (const [id, { deed }] of Object.entries(PLACES)) {
    const way = $(`to-${id}`);
    if (way !== null) way.hidden = (deed !== undefined && !deeds.includes(deed)) || (mustAddFactor && id !== 'own');
  }
  const recovered = told.proof?.endsWith('+recovery') === true;
  if ((mustAddFactor || recovered) && location.hash !== '#own') location.hash = '#own';
  else await follow();
}

/** Shows what the address says. */
async function follow() {
  if (deeds === undefined) return;
  const [asked, ...rest] = location.hash.slice(1).split('/');
  const known = Object.hasOwn(PLACES, asked) && (PLACES[asked].deed === undefined || deeds.includes(PLACES[asked].deed));
  const place = mustAddFactor ? 'own' : known ? asked : 'studies';
  problem();
  for (const id of Object.keys(PLACES)) {
    $(id).hidden = id !== place;
    const current = id === place || (id === 'studies' && place === 'study');
    $(`to-${id}`)?.setAttribute('aria-current', current ? 'page' : 'false');
  }
  document.title = `${PLACES[place].title} – Promontory`;
  await PLACES[place].show(decodeURIComponent(rest.join('/')));
}

async function moved() {
  if (linkSecret() !== undefined) return showSignIn();
  await follow();
  // Who does not see the page change hears where they are.
  document.querySelector('main > section:not([hidden]) h2')?.focus();
}

function signedOut() {
  deeds = undefined;
  showSignIn();
}

$('sign-out').addEventListener('click', async () => {
  await api('/api/access/sign-out', { method: 'POST' });
  history.replaceState(null, '', '/');
  signedOut();
  $('sign-in-title').focus();
});
addEventListener('hashchange', () => void moved());
onSignedOut(signedOut);
onSignedIn(start);
if (linkSecret() === undefined) await start();
else showSignIn();
