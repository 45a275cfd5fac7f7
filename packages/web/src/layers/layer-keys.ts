/** Keys of tools and overlays, for the page: whichever pane has the focus. */
import { useEffect } from 'react';
import { TYPED_INTO } from '../look/index.ts';
import { editMode, endEditing, startEditing } from './editing/edit-mode.ts';
import { chooseTool, currentTool, TOOL_KEYS } from './measuring/active-tool.ts';
import { toggleOverlay } from './overlay/overlay-settings.ts';

export const SHORTCUTS: readonly { readonly keys: string; readonly textKey: string }[] = [
  ...Object.entries(TOOL_KEYS).map(([keys, tool]) => ({ keys, textKey: `tool.${tool}` })),
  { keys: 'Enter', textKey: 'shortcut.set-point' },
  { keys: 'Backspace', textKey: 'shortcut.last-point' },
  { keys: 'Escape', textKey: 'shortcut.end-tool' },
  { keys: 'Delete', textKey: 'shortcut.remove' },
  { keys: 'o', textKey: 'shortcut.overlay' },
  { keys: 'k', textKey: 'shortcut.edit' },
];

/** Listens once, however many panes there are. */
let users = 0;
export function useLayerKeys(): void {
  useEffect(() => {
    users += 1;
    if (users === 1) window.addEventListener('keydown', onKey);
    return () => {
      users -= 1;
      if (users === 0) window.removeEventListener('keydown', onKey);
    };
  }, []);
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (target instanceof Element && target.closest(`${TYPED_INTO}, [role="dialog"], [role="menu"]`) !== null)
    return;
  const tool = event.shiftKey ? undefined : TOOL_KEYS[key];
  if (tool !== undefined) chooseTool(currentTool() === tool ? undefined : tool);
  else if (key === 'o') toggleOverlay();
  else if (key === 'k') editMode().isOn ? endEditing() : startEditing();
  else if (key === 'Escape' && currentTool() !== undefined) chooseTool(undefined);
  else if (key === 'Escape' && editMode().isOn) endEditing();
  else return;
  event.preventDefault();
}
