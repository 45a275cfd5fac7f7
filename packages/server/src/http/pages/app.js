/** The plain page of the archive: who is signed in, what they may do here, and which part is shown. */
import { ownAccount } from './account.js';
import { listAudit } from './audit.js';
import { showExports } from './exports.js';
import { $, api, may, onSignedOut, problem, problemOf, setDeeds, shown, workbenchPlace } from './page.js';
import { listPeople } from './people.js';
import { linkSecret, onSignedIn, showSignIn } from './sign-in.js';
import { listStudies } from './studies.js';
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
let signedIn = false;
let mustAddFactor = false;
const open = ({ deed }) => deed === undefined || may(deed);

/** @param fresh whether somebody has signed in just now */
async function start(fresh = false) {
  problem();
  const me = await api('/api/access/me');
  if (!me.ok) return me.status === 401 ? undefined : problem(await problemOf(me));
  const told = await me.json();
  ({ mustAddFactor } = told);
  setDeeds(told.deeds);
  signedIn = true;
  $('who').textContent = shown(told.account.displayName);
  $('account').hidden = false;
  $('sign-in').hidden = true;
  for (const [id, place] of Object.entries(PLACES)) {
    const way = $(`to-${id}`);
    if (way !== null) way.hidden = !open(place) || (mustAddFactor && id !== 'own');
  }
  $('workbench').hidden = mustAddFactor || !may('read');
  const recovered = fresh && told.proof?.endsWith('+recovery') === true;
  if (recovered) history.replaceState(null, '', '#own');
  if (await toWorkbench(fresh)) return;
  await follow();
}

/** Whoever comes from the workbench goes back to it; whoever signs in goes there, unless the address says where. */
async function toWorkbench(fresh) {
  const place = workbenchPlace(location.hash) ?? (fresh && location.hash === '' ? '/workbench/' : undefined);
  if (place === undefined || mustAddFactor || !may('read')) return false;
  // Where it was not built, the studies are here.
  if (!(await api('/workbench/', { quiet: true })).ok) return false;
  location.replace(place);
  return true;
}

/** Shows what the address says. */
async function follow() {
  if (!signedIn) return;
  const [asked, ...rest] = location.hash.slice(1).split('/');
  const known = Object.hasOwn(PLACES, asked) && open(PLACES[asked]);
  const place = mustAddFactor ? 'own' : known ? asked : 'studies';
  problem();
  for (const id of Object.keys(PLACES)) {
    $(id).hidden = id !== place;
    const current = id === place || (id === 'studies' && place === 'study');
    $(`to-${id}`)?.setAttribute('aria-current', current ? 'page' : 'false');
  }
  document.title = `${PLACES[place].title} – Promontory`;
  await PLACES[place].show(rest.join('/'));
}

async function moved() {
  if (linkSecret() !== undefined) return showSignIn();
  if (signedIn && (await toWorkbench(false))) return;
  await follow();
  // Who does not see the page change hears where they are.
  document.querySelector('main > section:not([hidden]) h2')?.focus();
}

function signedOut() {
  signedIn = false;
  setDeeds([]);
  showSignIn();
}

$('sign-out').addEventListener('click', async () => {
  await api('/api/access/sign-out', { method: 'POST' });
  history.replaceState(null, '', '/');
  signedOut();
  $('sign-in-title').focus();
});
// What nobody has foreseen must not look like an empty archive.
addEventListener('unhandledrejection', () =>
  problem('This page failed at something. Load it again; if it fails again, tell whoever runs this archive.'),
);
addEventListener('hashchange', () => void moved());
onSignedOut(signedOut);
onSignedIn(() => start(true));
if (linkSecret() === undefined) await start();
else showSignIn();
