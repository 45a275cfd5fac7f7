/** The list of studies: searching, choosing, how far each was read. */
import { choose, chosenCount, isChosen, onChoice } from './chosen.js';
import {
  $,
  api,
  cell,
  counted,
  dateOf,
  el,
  firstOf,
  imagesCell,
  may,
  name,
  onForget,
  personName,
  problem,
  problemOf,
  row,
  shortCell,
} from './page.js';
import { readingState } from './readings.js';

const PAGE = 50;
let shownRows = 0;
let wanted = '';

/** Studies by a patient's name or ID, each once. @returns undefined after the problem was told */
export async function findStudies(text, offset = 0, limit = PAGE) {
  const query = new URLSearchParams({ limit: String(limit), offset: String(offset) });
  query.set('includefield', '00081030');
  const by =
    text === ''
      ? ['']
      : [`&PatientName=${encodeURIComponent(`*${text}*`)}`, `&PatientID=${encodeURIComponent(text)}`];
  const found = new Map();
  for (const part of by) {
    const response = await api(`/dicom-web/studies?${query}${part}`);
    if (!response.ok) return problem(await problemOf(response));
    const rows = response.status === 204 ? [] : await response.json();
    for (const data of rows) found.set(firstOf(data, '0020000D'), studyOf(data));
  }
  return found;
}

/** What the page says of a study, from its DICOM JSON. */
export const studyOf = (data) => ({
  uid: firstOf(data, '0020000D'),
  patient: personName(data),
  patientId: firstOf(data, '00100020') ?? '',
  date: dateOf(firstOf(data, '00080020')),
  description: firstOf(data, '00081030') || '(no description)',
  modalities: (data['00080061']?.Value ?? []).join(', '),
  images: Number(firstOf(data, '00201208') ?? 0),
});

export async function listStudies(_ = '', more = false) {
  $('add').hidden = !may('store');
  $('list').classList.toggle('choosing', may('export'));
  if (!more) shownRows = 0;
  const found = await findStudies(wanted, shownRows);
  if (found === undefined) return;
  if (!more) $('rows').replaceChildren();
  for (const study of found.values()) $('rows').append(rowOf(study));
  shownRows += PAGE;
  $('more').hidden = found.size < PAGE;
  const none = $('rows').childElementCount === 0;
  $('list').hidden = none;
  $('empty').hidden = !none || wanted !== '';
  $('none-found').hidden = !none || wanted === '';
  tellChosen();
}

function rowOf(study) {
  const reading = cell('…');
  const link = el('a', { href: `#study/${study.uid}` }, name(study.patient));
  const cells = [
    cell(link, study.patientId),
    shortCell(study.date || '(no date)'),
    cell(study.description, study.modalities),
    imagesCell(study.images),
    reading,
    shortCell(workbenchLink(study)),
  ];
  if (may('export')) {
    const box = el('input', { type: 'checkbox', checked: isChosen(study.uid) });
    box.setAttribute('aria-label', `Choose for export: ${study.patient}, ${study.date}`);
    box.addEventListener('change', () => choose(study, box.checked));
    cells.unshift(el('td', { className: 'choice' }, el('label', { className: 'tick' }, box)));
  }
  void readingState(study.uid, reading);
  return row(...cells);
}

function workbenchLink({ uid, patient, date }) {
  const link = el('a', { href: `/workbench/#/study/${uid}`, text: 'Open' });
  link.setAttribute('aria-label', `Open in the workbench: ${patient}, ${date}`);
  return link;
}

function tellChosen() {
  const count = chosenCount();
  $('chosen-bar').hidden = count === 0 || !may('export');
  $('chosen-text').textContent = `${counted(count, 'study', 'studies')} chosen.`;
}

onChoice(tellChosen);
onForget(() => {
  wanted = '';
  $('search').reset();
  $('rows').replaceChildren();
});
$('search').addEventListener('submit', (event) => {
  event.preventDefault();
  wanted = $('name').value.trim();
  void listStudies();
});
$('search-all').addEventListener('click', () => {
  $('search').reset();
  wanted = '';
  void listStudies();
});
$('more').addEventListener('click', () => void listStudies('', true));
