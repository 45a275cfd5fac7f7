/** What the page's parts share. Text nodes only, our own API only. */
export const $ = (id) => document.getElementById(id);

let signedOut = () => {};
/** Called when the server no longer knows who asks. */
export const onSignedOut = (then) => {
  signedOut = then;
};

const forgets = [];
/** Nothing of the patients stays in a page that nobody is signed in to. */
export const onForget = (then) => forgets.push(then);
export const forgetAll = () => {
  for (const forget of forgets) forget();
};

let deeds = [];
/** What the account may do somewhere; the server judges each deed again. */
export const may = (deed) => deeds.includes(deed);
export const setDeeds = (given) => {
  deeds = given;
};

const UNREACHABLE = 'The server cannot be reached. Look whether it runs, and try again.';

export async function api(path, { quiet = false, json, ...options } = {}) {
  const response = await fetch(path, {
    credentials: 'same-origin',
    ...options,
    ...(json === undefined
      ? {}
      : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
  }).catch(() => Response.json({ error: { message: UNREACHABLE } }, { status: 503 }));
  if (response.status === 401 && !quiet) signedOut();
  return response;
}

export function problem(text) {
  $('problem').textContent = text ?? '';
  $('problem').hidden = text === undefined;
}

export async function problemOf(response) {
  const told = await response.json().catch(() => undefined);
  return (
    told?.error?.message ?? `The server answered ${response.status}. Try again, or ask your administrator.`
  );
}

/**
 * A text of others as it may be shown: without controls and without characters that turn the direction of what follows
 * (Unicode 3.13, Bidi_Control), which would let one name look like another.
 */
export const shown = (text) =>
  String(text ?? '')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');

/** Attributes that markup of ours may set; what others wrote never becomes one of them unread. */
export function el(tag, { text, on = {}, ...properties } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) if (value !== undefined) made[name] = value;
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  if (text !== undefined) made.append(shown(text));
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A name within a sentence: its direction is its own. */
export const name = (text) => el('bdi', { text });

/** A cell whose words are few and stay on one line. */
export const shortCell = (main, small) => Object.assign(cell(main, small), { className: 'short' });

/** A cell with a line of small print below; `label` follows it where the table has no head (narrow screens). */
export function cell(main, small, label) {
  const td = document.createElement('td');
  td.append(typeof main === 'object' ? main : shown(main));
  if (small) td.append(el('small', { text: small }));
  if (label !== undefined) td.dataset.label = label;
  return td;
}

/** How many images; narrow screens have no head above it, and get the word. */
export const imagesCell = (images) =>
  Object.assign(cell(String(images), undefined, images === 1 ? 'image' : 'images'), { className: 'images' });

export const row = (...cells) => el('tr', {}, ...cells);

export const button = (text, click, more = {}) =>
  el('button', { type: 'button', text, on: { click }, ...more });

export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export const bytesOf = (bytes) =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** `YYYYMMDD` of DICOM, as ISO 8601; empty where it is none. */
export const dateOf = (dicom) =>
  /^\d{8}$/.test(dicom ?? '') ? `${dicom.slice(0, 4)}-${dicom.slice(4, 6)}-${dicom.slice(6)}` : '';

/** A value of DICOM JSON (PS3.18 F.2). */
export const firstOf = (data, tag) => data[tag]?.Value?.[0];

/** PS3.5 6.2.1: the components of a name are parted by `^`. */
export function personName(data) {
  const value = firstOf(data, '00100010');
  const parts = value?.Alphabetic ?? value?.Ideographic ?? value?.Phonetic ?? '';
  return shown(parts.replaceAll('^', ' ')).replace(/\s+/g, ' ').trim() || '(no name)';
}

/**
 * The place of the workbench that `#then=` names: made here of what may stand in it, never the address that was given.
 */
export function workbenchPlace(hash) {
  const [asked, uid] = /^#then=workbench(?:\/study\/([0-9.]{1,64}))?$/.exec(hash) ?? [];
  if (asked === undefined) return undefined;
  return uid === undefined ? '/workbench/' : `/workbench/#/study/${uid}`;
}
