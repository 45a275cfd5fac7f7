/** Studies that were chosen for an export: in this page only, forgotten with it. */
import { onForget } from './page.js';

const chosen = new Map();
const listeners = [];
const changed = () => {
  for (const listener of listeners) listener();
};

export const onChoice = (listener) => listeners.push(listener);
export const isChosen = (uid) => chosen.has(uid);
export const chosenCount = () => chosen.size;
export const chosenStudies = () => [...chosen.values()];

export function choose(study, wanted = true) {
  if (wanted) chosen.set(study.uid, study);
  else chosen.delete(study.uid);
  changed();
}

export function chooseNone() {
  chosen.clear();
  changed();
}

onForget(chooseNone);
