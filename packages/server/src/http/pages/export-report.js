/** The report of an export: what became of every object, what a person should look at. */
import { DONE, FLAGS, PIXELS, REFUSALS } from './deid-words.js';
import { $, button, cell, counted, el, row, shortCell } from './page.js';

const PAGE = 25;
/** What needs a look stands first. */
const rank = ({ outcome, flags = [] }) =>
  outcome === 'refused' ? 0 : flags.length > 0 ? 1 : outcome === 'duplicate' ? 2 : 3;

export function showReport(report) {
  const { deidentified, refused, duplicates, flags } = report.summary;
  const lines = [`${counted(deidentified, 'object')} de-identified (${report.profile}).`];
  for (const [reason, count] of Object.entries(refused))
    lines.push(`${counted(count, 'object')} refused. ${REFUSALS[reason] ?? reason}`);
  if (duplicates > 0) lines.push(`${counted(duplicates, 'object')} left out: came twice.`);
  for (const [flag, count] of Object.entries(flags))
    lines.push(`To look at (${counted(count, 'object')}): ${FLAGS[flag] ?? flag}.`);
  if (deidentified === 0) lines.push('The ZIP holds no image, so there is nothing to save.');
  $('export-summary').replaceChildren(...lines.map((text) => el('li', { text })));
  showTreatments(report);
  const objects = report.objects.toSorted((a, b) => rank(a) - rank(b) || a.input - b.input);
  $('export-objects').replaceChildren();
  showObjects(objects, 0);
}

function showObjects(objects, from) {
  $('export-objects').append(...objects.slice(from, from + PAGE).map(objectRow));
  const next = from + PAGE;
  $('export-objects-more').replaceChildren(
    ...(next < objects.length
      ? [
          button(`Show ${Math.min(PAGE, objects.length - next)} more of ${objects.length}`, () =>
            showObjects(objects, next),
          ),
        ]
      : []),
  );
}

function objectRow({ input, outcome, reason, file, treatment, pixels, flags = [] }) {
  const number = Object.assign(cell(`No. ${input + 1}`), { className: 'object' });
  if (outcome === 'refused')
    return row(number, shortCell('refused', reason), cell(REFUSALS[reason] ?? ''), cell(''));
  if (outcome === 'duplicate') return row(number, shortCell('left out', 'came twice'), cell(''), cell(''));
  const told = flags.map((flag) => FLAGS[flag] ?? flag).join('; ');
  return row(
    number,
    told === '' ? shortCell('de-identified') : cell('de-identified', told),
    cell(el('code', { text: file })),
    shortCell(`way ${treatment + 1}`, `pixels: ${PIXELS[pixels] ?? pixels}`),
  );
}

/** Attribute by attribute, for who wants to know. */
function showTreatments({ treatments }) {
  $('export-treatments').replaceChildren(
    ...treatments.map(({ counts, attributes }, i) => {
      const sums = Object.entries(counts).map(([done, count]) => `${count} ${DONE[done] ?? done}`);
      const body = el('tbody');
      const details = el(
        'details',
        {
          on: {
            toggle: () => {
              if (details.open && body.childElementCount === 0) body.append(...attributes.map(attributeRow));
            },
          },
        },
        el('summary', { text: `Way ${i + 1}: ${sums.join(', ')}` }),
        el('table', { className: 'plain' }, body),
      );
      return details;
    }),
  );
}

const attributeRow = ({ path, keyword, done, count }) =>
  row(cell(keyword ?? '(no keyword)', path), cell(DONE[done] ?? done), cell(`${count} ×`));
