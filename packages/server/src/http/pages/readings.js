/** What became of a study's reading, in words. */
import { api, el } from './page.js';

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

export function jobWords(job) {
  if (job === undefined) return 'waits for more images';
  if (job.state === 'scheduled') return 'queued';
  const stage = STAGES[job.stage];
  return stage === undefined ? 'being read' : `being read: ${stage}`;
}

/** @returns nodes: the report's link, or why there is none */
export function outcomeOf(reading) {
  if (reading.outcome !== 'read')
    return [
      reading.outcome === 'refused' ? 'cannot be read' : 'the reading failed',
      el('small', { text: reading.refusal?.message }),
    ];
  const report = reading.files.find((file) => file.name === 'report.html');
  if (report === undefined) return ['read, without a report'];
  return [
    el('a', { href: report.href, target: '_blank', rel: 'noopener', text: 'Report' }),
    el('small', { text: reading.status }),
  ];
}

/** Fills the cell, and again until there is nothing to wait for. */
export async function readingState(uid, td, pause = POLL_MS) {
  const response = await api(`/api/studies/${encodeURIComponent(uid)}/readings`);
  if (!response.ok) return td.replaceChildren(response.status === 404 ? '' : 'not known now');
  const { readings, jobs } = await response.json();
  const [job] = jobs;
  const [newest] = readings;
  if (job === undefined && newest !== undefined) return td.replaceChildren(...outcomeOf(newest));
  const words = jobWords(job);
  const same = job?.state !== 'in-progress' && td.textContent === words;
  const next = same ? Math.min(2 * pause, LONGEST_POLL_MS) : POLL_MS;
  td.replaceChildren(words);
  setTimeout(() => td.isConnected && void readingState(uid, td, next), next);
}
