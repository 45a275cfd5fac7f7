/** What the page's parts share. Text nodes only, our own API only. */
export const $ = (id) => document.getElementById(id);

let signedOut = () => {};
/** Called when the server no longer knows who asks. */
export const onSignedOut = (then) => {
  signedOut = then;
};

export async function api(path, { quiet = false, json, ...options } = {}) {
  const response = await fetch(path, {
    credentials: 'same-origin',
    ...options,
    ...(json === undefined
      ? {}
      : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
  }).catch(() => Response.json({ error: { message: 'The server cannot be reached.' } }, { status: 503 }));
  if (response.status === 401 && !quiet) signedOut();
  return response;
}

export function problem(text) {
  $('problem').textContent = text ?? '';
  $('problem').hidden = text === undefined;
}

export async function problemOf(response) {
  const told = await response.json().catch(() => undefined);
  return told?.error?.message ?? `The server answered ${response.status}.`;
}

/** A cell with a line of small print below. */
export function cell(main, small) {
  const td = document.createElement('td');
  td.append(main ?? '');
  if (small) {
    const line = document.createElement('small');
    line.textContent = small;
    td.append(line);
  }
  return td;
}

export function row(...cells) {
  const tr = document.createElement('tr');
  tr.append(...cells);
  return tr;
}

export function button(text, click) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', click);
  return made;
}
