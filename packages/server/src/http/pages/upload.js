/** Adding images: files, folders, or what is dropped; what was not kept, and why. */
import { $, api, cell, counted, el, firstOf, name, onForget, row } from './page.js';
import { listStudies } from './studies.js';

/** Parallel uploads: enough to fill the line, few enough to keep progress honest. */
const LANES = 3;
/** Reasons listed one by one; the rest are counted. */
const LISTED = 200;

/** Failure Reason (PS3.18 table I.2-2), and what to do. */
const REASONS = new Map([
  [0xc000, 'is no DICOM image, or is damaged. Send it again from its source.'],
  [0xa900, 'does not fit the study it names. Send it again from its source.'],
  [0x0110, 'the archive holds another image under the same UID: the first one stays. Tell whoever made it.'],
  [0xa700, 'the archive has no room, or no time, right now. Try again later, or ask your administrator.'],
  [0xa710, 'is larger than the archive takes. Ask your administrator.'],
  [0xc122, 'is in a private or unknown format. Send it uncompressed.'],
  [0x0124, 'your account may not add to this study.'],
]);
/** Those that another try may mend. */
const AGAIN = new Set([0xa700]);

let busy = false;

async function sendOne(file) {
  const response = await api('/dicom-web/studies', {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'application/dicom', accept: 'application/dicom+json' },
  });
  const told = await response.json().catch(() => ({}));
  if (response.ok) {
    const url = firstOf(told, '00081190') ?? '';
    return { studyUid: /\/studies\/([0-9.]+)/.exec(url)?.[1] };
  }
  // Failed SOP Sequence; Other Failures Sequence, where the file did not even say which instance it is.
  const [failure] = told['00081198']?.Value ?? told['0008119A']?.Value ?? [];
  const reason = firstOf(failure ?? {}, '00081197');
  if (REASONS.has(reason)) return { reason: REASONS.get(reason), again: AGAIN.has(reason) };
  const again = response.status >= 500 || response.status === 429;
  const message = told.error?.message ?? `the server answered ${response.status}.`;
  return { reason: response.status === 413 ? REASONS.get(0xa710) : message, again };
}

async function upload(files) {
  const all = [...files];
  if (all.length === 0 || busy) return;
  busy = true;
  for (const id of ['upload-again', 'upload-close', 'upload-refused']) $(id).hidden = true;
  $('upload-rows').replaceChildren();
  $('upload').hidden = false;
  $('upload-progress').hidden = false;
  $('upload-progress').max = all.length;
  const refused = [];
  const studies = new Set();
  let done = 0;
  let next = 0;
  const tell = () => {
    $('upload-progress').value = done;
    $('upload-text').textContent =
      `${done} of ${counted(all.length, 'file')} sent: ${done - refused.length} kept, ${refused.length} not.`;
  };
  tell();
  const lane = async () => {
    while (next < all.length) {
      const file = all[next++];
      const { studyUid, reason, again } = await sendOne(file).catch(() => ({
        reason: 'could not be read on this computer. Look whether the disc is still in.',
        again: true,
      }));
      if (studyUid !== undefined) studies.add(studyUid);
      if (reason !== undefined) refused.push({ file, reason, again });
      done += 1;
      tell();
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
    // All of them are here: no need to wait for more.
    for (const uid of studies) await api(`/api/studies/${uid}/complete`, { method: 'POST' });
  } finally {
    busy = false;
  }
  conclude(all.length, refused, studies.size);
  await listStudies();
}

function conclude(count, refused, studies) {
  $('upload-progress').hidden = true;
  $('upload-close').hidden = false;
  const kept = count - refused.length;
  const into = kept === 0 ? '' : ` in ${counted(studies, 'study', 'studies')}, being read now`;
  const not = refused.length === 0 ? '' : ` ${counted(refused.length, 'file was', 'files were')} not kept:`;
  $('upload-text').textContent = `${counted(kept, 'image')} kept${into}.${not}`;
  $('upload-refused').hidden = refused.length === 0;
  const listed = refused.slice(0, LISTED);
  $('upload-rows').replaceChildren(
    ...listed.map(({ file, reason }) => row(cell(name(file.webkitRelativePath || file.name)), cell(reason))),
  );
  if (refused.length > LISTED)
    $('upload-rows').append(
      el('tr', {}, el('td', { colSpan: 2, text: `… and ${refused.length - LISTED} more.` })),
    );
  const again = refused.filter((one) => one.again).map((one) => one.file);
  $('upload-again').hidden = again.length === 0;
  $('upload-again').textContent = `Try ${counted(again.length, 'file')} again`;
  $('upload-again').onclick = () => void upload(again);
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

for (const id of ['files', 'folder'])
  $(id).addEventListener('change', (event) => {
    void upload(event.target.files);
    // The same choice again must be a change again.
    event.target.value = '';
  });
$('upload-close').addEventListener('click', () => {
  $('upload').hidden = true;
  $('studies-title').focus();
});
const taking = () => !$('studies').hidden && !$('add').hidden;
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.toggle('dropping', taking());
});
addEventListener('dragleave', () => document.body.classList.remove('dropping'));
addEventListener('drop', async (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  if (taking()) await upload(await filesOf(event.dataTransfer));
});
addEventListener('beforeunload', (event) => {
  if (busy) event.preventDefault();
});
onForget(() => {
  $('upload').hidden = true;
  $('upload-rows').replaceChildren();
});
