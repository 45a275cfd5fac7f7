/** One study: whose, its series, its readings, what its patient allowed. */
import { choose } from './chosen.js';
import {
  $,
  api,
  cell,
  counted,
  dateOf,
  el,
  firstOf,
  may,
  name,
  onForget,
  problemOf,
  row,
  shown,
} from './page.js';
import { jobWords, outcomeOf } from './readings.js';
import { studyOf } from './studies.js';

const FIELDS = '00081030,00080050,00100030,00100040';
const POLL_MS = 3000;
const SEXES = { M: 'male', F: 'female', O: 'other' };
const USES = { research: 'research', teaching: 'teaching', 'ai-training': 'training of models' };
let uid = '';
let consent;

export async function showStudy(asked) {
  forget();
  uid = asked;
  const query = `StudyInstanceUID=${encodeURIComponent(uid)}&includefield=${FIELDS}`;
  const response = /^[0-9.]{1,64}$/.test(uid) ? await api(`/dicom-web/studies?${query}`) : undefined;
  const found = response?.status === 200 ? (await response.json())[0] : undefined;
  if (uid !== asked) return;
  $('study-absent').hidden = found !== undefined;
  $('study-whole').hidden = found === undefined;
  if (found === undefined) {
    $('study-title').textContent = 'Study';
    if (response !== undefined && !response.ok) $('study-absent').textContent = await problemOf(response);
    return;
  }
  const study = studyOf(found);
  $('study-title').replaceChildren(name(study.patient));
  const facts = [
    ['Patient ID', study.patientId],
    ['Born', dateOf(firstOf(found, '00100030'))],
    ['Sex', SEXES[firstOf(found, '00100040')]],
    ['Date', study.date],
    ['Study', study.description],
    ['Accession number', firstOf(found, '00080050')],
    ['Images', String(study.images)],
  ];
  $('study-facts').replaceChildren(
    ...facts.flatMap(([term, text]) => [el('dt', { text: term }), el('dd', { text: text || '(not given)' })]),
  );
  $('study-export').hidden = !may('export');
  $('reading-ask').hidden = !may('request-reading');
  $('study-export').onclick = () => choose(study);
  await Promise.all([showSeries(asked), showReadings(asked), showConsent(asked)]);
}

async function showSeries(asked) {
  const base = `/dicom-web/studies/${asked}/series`;
  const response = await api(base);
  const found = response.status === 200 ? await response.json() : [];
  if (uid !== asked) return;
  const ordered = found.toSorted((a, b) => Number(firstOf(a, '00200011')) - Number(firstOf(b, '00200011')));
  $('study-series').replaceChildren(
    ...ordered.map((series) => {
      const description = firstOf(series, '0008103E') || '(no description)';
      const picture = el('img', {
        src: `${base}/${encodeURIComponent(firstOf(series, '0020000E'))}/thumbnail`,
        // What it shows is said beside it.
        alt: '',
        loading: 'lazy',
        width: 96,
        height: 96,
        on: { error: (event) => event.target.remove() },
      });
      const number = firstOf(series, '00200011');
      const images = counted(Number(firstOf(series, '00201209') ?? 0), 'image');
      return el(
        'li',
        {},
        el('span', { className: 'picture' }, picture),
        el(
          'span',
          {},
          el('strong', { text: description }),
          el('small', {
            text: [number === undefined ? '' : `series ${number}`, firstOf(series, '00080060'), images]
              .filter(Boolean)
              .join(' · '),
          }),
        ),
      );
    }),
  );
}

async function showReadings(asked) {
  if (uid !== asked || $('study').hidden) return;
  const response = await api(`/api/studies/${encodeURIComponent(asked)}/readings`);
  if (uid !== asked) return;
  if (!response.ok) return tell('reading-told', await problemOf(response));
  const { readings, jobs } = await response.json();
  const when = (at) => `${at.replace('T', ' ').slice(0, 16)} UTC`;
  $('study-readings').replaceChildren(
    ...jobs.map((job) => row(cell(jobWords(job)), cell(''), cell(''))),
    ...readings.map((reading) => {
      const td = el('td', {}, ...outcomeOf(reading));
      const data = reading.files.find((file) => file.name === 'findings.json');
      const link =
        data === undefined
          ? ''
          : el('a', { href: data.href, target: '_blank', rel: 'noopener', text: 'Findings as JSON' });
      return row(td, cell(when(reading.createdAt), `promontory ${reading.softwareVersion}`), cell(link));
    }),
  );
  const none = readings.length + jobs.length === 0;
  $('study-readings-table').hidden = none;
  $('reading-again').textContent = readings.length > 0 ? 'Read again' : 'Read now';
  tell(
    'reading-told',
    none ? 'Not read yet: it is read a minute after its last image, or when you ask.' : '',
  );
  if (jobs.length > 0) setTimeout(() => void showReadings(asked), POLL_MS);
}

const tell = (id, text) => {
  $(id).textContent = text;
};

function wordsOf({ state, scopes, projectId, at, formVersion }) {
  const uses = scopes.map((scope) => USES[scope] ?? scope).join(', ');
  const words = { given: `allowed: ${uses}`, withdrawn: 'withdrawn', 'never-asked': 'not asked' }[state];
  const where = projectId === '*' ? '' : ` (project ${projectId})`;
  return `${words}${where}, form ${formVersion}, recorded ${at.slice(0, 10)}`;
}

async function showConsent(asked) {
  $('study-consent').hidden = true;
  if (!may('consent')) return;
  const response = await api(`/api/studies/${encodeURIComponent(asked)}/consent`);
  if (uid !== asked) return;
  // Who may not see consent is not told more.
  $('study-consent').hidden = !response.ok;
  if (!response.ok) return;
  consent = await response.json();
  const { current, history, projectId } = consent;
  $('consent-now').replaceChildren(
    ...(current.length === 0
      ? [el('li', { text: 'Nothing is recorded: nothing may leave.' })]
      : current.map((word) => el('li', { text: wordsOf(word) }))),
  );
  $('consent-history').replaceChildren(...history.map((word) => el('li', { text: wordsOf(word) })));
  $('consent-past').hidden = history.length <= current.length;
  $('consent-project').textContent = shown(`This project only (${projectId})`);
}

$('consent-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const [state, scopes] = [form.get('state'), form.getAll('scope')];
  if (state === 'given' && scopes.length === 0)
    return tell('consent-told', 'Tick what the patient allows, or record that the consent was withdrawn.');
  const json = {
    state,
    scopes: state === 'given' ? scopes : [],
    formVersion: form.get('formVersion'),
    ...(form.get('where') === 'project' ? { project: consent.projectId } : {}),
  };
  const response = await api(`/api/patients/${consent.patient}/consent`, { method: 'PUT', json });
  if (response.status === 404)
    return tell(
      'consent-told',
      'For all projects you would have to reach all studies of this patient. Choose “This project only”, or ask an administrator.',
    );
  tell('consent-told', response.ok ? 'Recorded. It holds from now on.' : await problemOf(response));
  if (response.ok) await showConsent(uid);
});
for (const input of $('consent-form').elements.state)
  input.addEventListener('change', () => {
    $('consent-uses').disabled = $('consent-form').elements.state.value !== 'given';
  });
$('reading-ask').addEventListener('submit', async (event) => {
  event.preventDefault();
  const urgent = new FormData(event.target).has('urgent');
  const json = urgent ? { indication: 'suspected-cauda-equina' } : {};
  const response = await api(`/api/studies/${encodeURIComponent(uid)}/readings`, { method: 'POST', json });
  if (!response.ok) return tell('reading-told', await problemOf(response));
  await showReadings(uid);
  tell('reading-told', urgent ? 'Asked for, before all others.' : 'Asked for.');
});

function forget() {
  uid = '';
  consent = undefined;
  for (const id of ['study-facts', 'study-series', 'study-readings', 'consent-now', 'consent-history'])
    $(id).replaceChildren();
  $('study-title').textContent = 'Study';
  for (const id of ['consent-told', 'reading-told']) tell(id, '');
  $('consent-form').reset();
  $('consent-uses').disabled = false;
}
onForget(forget);
