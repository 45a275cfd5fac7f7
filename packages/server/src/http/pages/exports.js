/** De-identified exports: which studies, what for, what stays in them, what leaves, what was done. */
import { choose, chooseNone, chosenStudies, isChosen, onChoice } from './chosen.js';
import { STANDINGS, STAY_REASONS } from './deid-words.js';
import { showReport } from './export-report.js';
import {
  $,
  api,
  button,
  bytesOf,
  cell,
  counted,
  el,
  imagesCell,
  may,
  name,
  onForget,
  problem,
  problemOf,
  row,
} from './page.js';
import { findStudies } from './studies.js';
import { reportIn } from './zip-report.js';

const MOST_STUDIES = 1000;
const MOST_FOUND = 50;
/** Choosing many one after the other asks once. */
const SETTLE_MS = 300;
/** Chunks are put together as they come, so that the browser may keep them on its disk. */
const BLOB_BYTES = 2 ** 24;

let standings = new Map();
let running;
let made;
let asked = 0;
let timer;

const scope = () => new FormData($('export-form')).get('scope');
const leaving = () => chosenStudies().filter(({ uid }) => standings.get(uid) === 'permitted');

export function showExports() {
  if (running === undefined) refresh();
}

function refresh() {
  const studies = chosenStudies();
  $('export-none').hidden = studies.length > 0;
  $('export-chosen').hidden = studies.length === 0;
  $('export-rows').replaceChildren(...studies.map(chosenRow));
  for (const make of $('export-found-rows').querySelectorAll('button'))
    make.disabled = isChosen(make.dataset.uid);
  standings = new Map();
  tellLeaving();
  clearTimeout(timer);
  if (studies.length > 0 && !$('exports').hidden) timer = setTimeout(() => void preview(studies), SETTLE_MS);
}

function chosenRow(study) {
  return row(
    cell(name(study.patient), study.patientId),
    cell(study.date || '(no date)', study.description),
    imagesCell(study.images),
    Object.assign(cell('…'), { className: 'standing' }),
    el(
      'td',
      {},
      button('Take out', () => choose(study, false), {
        ariaLabel: `Take out: ${study.patient}, ${study.date}`,
      }),
    ),
  );
}

async function preview(studies) {
  if (studies.length > MOST_STUDIES) return;
  asked += 1;
  const turn = asked;
  const json = { studies: studies.map(({ uid }) => uid), scope: scope() };
  const response = await api('/api/exports/preview', { method: 'POST', json });
  if (turn !== asked) return;
  if (!response.ok) return tellState(await problemOf(response));
  const told = await response.json();
  standings = new Map(told.studies.map(({ studyUid, standing }) => [studyUid, standing]));
  for (const [i, study] of studies.entries()) {
    const td = $('export-rows').children[i]?.querySelector('.standing');
    const standing = standings.get(study.uid);
    td?.replaceChildren(STANDINGS[standing] ?? '');
    td?.classList.toggle('stays', standing !== 'permitted');
    if (may('consent') && ['never-asked', 'withdrawn', 'other-use'].includes(standing))
      td?.append(el('small', {}, el('a', { href: `#study/${study.uid}`, text: 'Consent of the patient' })));
  }
  tellLeaving();
}

const tellState = (text) => {
  $('export-leaving').textContent = text;
};

/** What consent excludes is said before anything leaves, with counts and reasons. */
function tellLeaving() {
  const studies = chosenStudies();
  const out = leaving();
  const images = out.reduce((sum, study) => sum + study.images, 0);
  $('export-start').disabled = out.length === 0 || studies.length > MOST_STUDIES || running !== undefined;
  $('export-start').textContent =
    out.length === 0 ? 'Export' : `Export ${counted(out.length, 'study', 'studies')}`;
  $('export-staying').replaceChildren();
  if (studies.length === 0) return tellState('Choose studies first.');
  if (studies.length > MOST_STUDIES)
    return tellState(
      `At most ${MOST_STUDIES} studies go into one export: take ${studies.length - MOST_STUDIES} out.`,
    );
  if (standings.size === 0) return tellState('Asking what may leave …');
  const some = out.length < studies.length ? `${out.length} of ` : '';
  tellState(
    out.length === 0
      ? 'Nothing may leave for this use.'
      : `${some}${counted(studies.length, 'study', 'studies')} may leave: ${counted(images, 'image')}.`,
  );
  const stay = Map.groupBy(
    studies.filter(({ uid }) => standings.get(uid) !== 'permitted'),
    ({ uid }) => standings.get(uid) ?? 'absent',
  );
  for (const [standing, those] of stay)
    $('export-staying').append(
      el('li', {
        text: `${counted(those.length, 'study stays', 'studies stay')}: ${STAY_REASONS[standing]}.`,
      }),
    );
}

/** `x y width height`, one rectangle a line. @throws Error with words for the person */
function rectanglesIn(text) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, i) => {
    const [x, y, width, height, ...more] = line
      .trim()
      .split(/[\s,;]+/)
      .map(Number);
    const sound = [x, y, width, height].every((n) => Number.isInteger(n) && n >= 0 && n <= 65_535);
    if (!sound || width === 0 || height === 0 || more.length > 0)
      throw new Error(
        `Line ${i + 1} of the rectangles is none: write four whole numbers, such as 0 0 512 40.`,
      );
    return { x, y, width, height };
  });
}

function requestOf(form, studies) {
  const given = new FormData(form);
  const dates = given.get('dates');
  return {
    studies: studies.map(({ uid }) => uid),
    scope: given.get('scope'),
    retain: [...given.getAll('retain'), ...(dates === '' ? [] : [dates])],
    cleanDescriptors: given.has('cleanDescriptors'),
    cleanStructured: given.has('cleanStructured'),
    blank: rectanglesIn(given.get('blank')),
  };
}

async function start() {
  problem();
  let json;
  try {
    json = requestOf($('export-form'), leaving());
  } catch (error) {
    $('export-more').open = true;
    $('export-form').elements.blank.setAttribute('aria-invalid', 'true');
    $('export-form').elements.blank.focus();
    return problem(error.message);
  }
  $('export-form').elements.blank.removeAttribute('aria-invalid');
  running = new AbortController();
  forgetMade();
  $('export-run').hidden = false;
  $('export-done').hidden = true;
  $('export-start').disabled = true;
  $('export-progress').removeAttribute('value');
  $('export-told').textContent = 'Starting …';
  try {
    const zip = await receive(json, running.signal);
    if (zip !== undefined) await conclude(zip);
  } catch (error) {
    const stopped = error.name === 'AbortError';
    problem(
      stopped
        ? 'The export was stopped; nothing was saved.'
        : 'The connection broke before the export was whole; nothing was saved. Run it again, or export fewer studies at a time.',
    );
  } finally {
    running = undefined;
    $('export-run').hidden = true;
    tellLeaving();
  }
}

/** @returns the ZIP, or `undefined` after the problem was told */
async function receive(json, signal) {
  const response = await fetch('/api/exports', {
    method: 'POST',
    credentials: 'same-origin',
    signal,
    body: JSON.stringify(json),
    headers: { 'content-type': 'application/json' },
  });
  if (!response.ok) {
    problem(await problemOf(response));
    return undefined;
  }
  const about = Number(response.headers.get('x-size-about'));
  const images = Number(response.headers.get('x-objects'));
  const parts = [];
  let waiting = [];
  let held = 0;
  let received = 0;
  $('export-progress').max = about;
  for await (const chunk of chunksOf(response.body)) {
    waiting.push(chunk);
    held += chunk.length;
    received += chunk.length;
    if (held >= BLOB_BYTES) {
      parts.push(new Blob(waiting));
      waiting = [];
      held = 0;
    }
    $('export-progress').value = Math.min(received, about);
    $('export-told').textContent =
      `${bytesOf(received)} of about ${bytesOf(about)}, from ${counted(images, 'object')}.`;
  }
  return new Blob([...parts, ...waiting], { type: 'application/zip' });
}

async function* chunksOf(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function conclude(zip) {
  const report = await reportIn(zip);
  if (report === undefined) return problem('The export is not whole; nothing was saved. Run it again.');
  made = URL.createObjectURL(zip);
  const save = el('a', {
    className: 'button',
    href: made,
    download: `promontory-export-${new Date().toISOString().slice(0, 10)}.zip`,
    text: `Save the ZIP (${bytesOf(zip.size)})`,
  });
  const { deidentified } = report.summary;
  $('export-save').replaceChildren(...(deidentified > 0 ? [save] : []));
  showReport(report);
  $('export-done').hidden = false;
  $('export-done-title').focus();
  if (deidentified > 0) save.click();
}

function forgetMade() {
  if (made !== undefined) URL.revokeObjectURL(made);
  made = undefined;
  $('export-done').hidden = true;
  for (const id of ['export-save', 'export-summary', 'export-objects', 'export-treatments'])
    $(id).replaceChildren();
}

async function find() {
  problem();
  const found = await findStudies($('export-find-name').value.trim(), 0, MOST_FOUND);
  if (found === undefined) return;
  const studies = [...found.values()];
  $('export-found').hidden = false;
  $('export-found-text').textContent =
    studies.length === 0
      ? 'No study of such a patient. Look for another part of the name, or the whole ID.'
      : `${counted(studies.length, 'study', 'studies')} found${studies.length >= MOST_FOUND ? '; there may be more, look for more of the name' : ''}.`;
  $('export-add-all').hidden = studies.length < 2;
  $('export-add-all').onclick = () => {
    for (const study of studies) choose(study);
  };
  $('export-found-rows').replaceChildren(
    ...studies.map((study) => {
      const add = button('Add', () => choose(study), {
        ariaLabel: `Add: ${study.patient}, ${study.date}`,
        disabled: isChosen(study.uid),
      });
      add.dataset.uid = study.uid;
      return row(
        cell(name(study.patient), study.patientId),
        cell(study.date || '(no date)', study.description),
        imagesCell(study.images),
        el('td', {}, add),
      );
    }),
  );
}

onChoice(refresh);
onForget(() => {
  running?.abort();
  forgetMade();
  $('export-found').hidden = true;
  $('export-found-rows').replaceChildren();
  $('export-find').reset();
  $('export-form').reset();
});
$('export-find').addEventListener('submit', (event) => {
  event.preventDefault();
  void find();
});
$('export-empty').addEventListener('click', chooseNone);
$('export-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void start();
});
for (const input of $('export-form').elements.scope) input.addEventListener('change', refresh);
$('export-stop').addEventListener('click', () => running?.abort());
addEventListener('beforeunload', (event) => {
  if (running !== undefined) event.preventDefault();
});
