import { expect, test } from 'vitest';
import { commandOf, SHORTCUTS } from './keys.ts';

const pressed = (text: string) => {
  const parts = text.split('+');
  return {
    key: parts.at(-1) ?? '',
    ctrlKey: parts.includes('Ctrl'),
    shiftKey: parts.includes('Shift'),
    metaKey: false,
    altKey: false,
  };
};

test('every key that is told does what is told, and no two do the same', () => {
  const told = SHORTCUTS.filter(({ textKey }) => textKey !== 'key.digits');
  const commands = told.map(({ keys }) => commandOf(pressed(keys)));
  expect(commands).toEqual(told.map(({ textKey }) => textKey.replace('key.', '')));
});

test("the browser's own keys stay its own", () => {
  for (const keys of ['Ctrl+n', 'Ctrl+e', 'Ctrl+j', 'Shift+n', 'Ctrl+Shift+Y', 'x'])
    expect(commandOf(pressed(keys)), keys).toBeUndefined();
});
