/** Keys of the review. Letters work wherever nobody writes; digits only within the panel, for the viewer has its own. */

export type Command =
  | 'accept'
  | 'reject'
  | 'edit'
  | 'take-back'
  | 'next'
  | 'previous'
  | 'accept-level'
  | 'undo'
  | 'redo'
  | 'panel';

export const SHORTCUTS = [
  { keys: 'y', textKey: 'key.accept' },
  { keys: 'n', textKey: 'key.reject' },
  { keys: 'e', textKey: 'key.edit' },
  { keys: 'u', textKey: 'key.take-back' },
  { keys: 'j', textKey: 'key.next' },
  { keys: 'Shift+J', textKey: 'key.previous' },
  { keys: 'Shift+Y', textKey: 'key.accept-level' },
  { keys: 'g', textKey: 'key.panel' },
  { keys: '0 1 2 3 4 5', textKey: 'key.digits' },
  { keys: 'Ctrl+Z', textKey: 'key.undo' },
  { keys: 'Ctrl+Shift+Z', textKey: 'key.redo' },
] as const;

const PLAIN: Readonly<Record<string, Command>> = {
  y: 'accept',
  n: 'reject',
  e: 'edit',
  u: 'take-back',
  j: 'next',
  g: 'panel',
};

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

export function commandOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): Command | undefined {
  if (altKey) return undefined;
  const letter = key.toLowerCase();
  if (ctrlKey || metaKey) {
    if (letter === 'z') return shiftKey ? 'redo' : 'undo';
    return letter === 'y' && !shiftKey ? 'redo' : undefined;
  }
  if (shiftKey) return letter === 'y' ? 'accept-level' : letter === 'j' ? 'previous' : undefined;
  return PLAIN[letter];
}

/** Whoever writes, gives a grade, or stands in a dialog or menu, means no command of the review. */
export const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest(
    'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"], [role="listbox"], [role="radiogroup"]',
  ) !== null;
