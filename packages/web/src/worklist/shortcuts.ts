/** Keys of the list, for the help. */
export const SHORTCUTS: readonly { readonly keys: string; readonly textKey: string }[] = [
  { keys: '/', textKey: 'key.search' },
  { keys: '↓ j', textKey: 'key.down' },
  { keys: '↑ k', textKey: 'key.up' },
  { keys: 'Home', textKey: 'key.first' },
  { keys: 'Enter', textKey: 'key.open' },
  { keys: 'a', textKey: 'key.assign-me' },
  { keys: 'A', textKey: 'key.assign' },
  { keys: 'f', textKey: 'key.filter' },
  { keys: 'n', textKey: 'key.new' },
  { keys: 'u', textKey: 'key.upload' },
];
