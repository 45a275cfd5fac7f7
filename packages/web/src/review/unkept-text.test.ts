import { expect, test, vi } from 'vitest';
import { isOvertaken, isWriting, unkeptText } from './unkept-text.ts';

test('a draft is overtaken where somebody else wrote, and not by its own saving', () => {
  expect(isOvertaken({ base: '', text: 'a' }, '')).toBe(false);
  expect(isOvertaken({ base: '', text: 'a' }, 'a')).toBe(false);
  expect(isOvertaken({ base: '', text: 'a' }, 'b')).toBe(true);
});

test('survives the page, by account, study and section; broken or forbidden storage is no draft', () => {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  unkeptText('anna', '1.2', 'findings').keep({ base: '', text: 'a' });
  expect(unkeptText('anna', '1.2', 'findings').read()).toEqual({ base: '', text: 'a' });
  expect(unkeptText('ben', '1.2', 'findings').read()).toBeUndefined();
  expect(unkeptText('anna', '1.2', 'impression').read()).toBeUndefined();
  for (const key of stored.keys()) stored.set(key, '{"text":');
  expect(unkeptText('anna', '1.2', 'findings').read()).toBeUndefined();
  vi.stubGlobal('localStorage', undefined);
  unkeptText('anna', '1.2', 'findings').keep({ base: '', text: 'b' });
  expect(unkeptText('anna', '1.2', 'findings').read()).toBeUndefined();
  vi.unstubAllGlobals();
});

test('whoever signs is told of words that no mark has yet, also where the browser stores nothing', () => {
  const own = unkeptText('anna', '7.7', 'impression');
  expect(isWriting('anna', '7.7')).toBe(false);
  own.keep({ base: '', text: 'Stenosis' });
  expect([isWriting('anna', '7.7'), isWriting('berta', '7.7'), isWriting('anna', '1.3')]).toEqual([
    true,
    false,
    false,
  ]);
  own.forget();
  expect(isWriting('anna', '7.7')).toBe(false);
});
