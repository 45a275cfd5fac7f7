import { expect, test } from 'vitest';
import { coordinate, escapeText, markup, raw } from './markup.ts';

test('values are escaped, markup is not, lists are joined, nothing vanishes but absence', () => {
  const inner = markup`<b>${'<i>'}</b>`;
  expect(markup`${inner}${[0, 'a&b', undefined, false]}${raw('<hr>')}`.markup).toBe(
    '<b>&lt;i&gt;</b>0a&amp;b<hr>',
  );
});

test('an attribute cannot be left', () => {
  expect(markup`<a title="${"\" onclick='x'"}">`.markup).toBe('<a title="&quot; onclick=&#39;x&#39;">');
});

test('characters that XML forbids are dropped', () => {
  expect(escapeText('a\u0000b\u000bc\ud800d\u{1f9b4}')).toBe('abcd\u{1f9b4}');
});

test('coordinates are short and never negative zero', () => {
  expect(String(coordinate(-0.0001))).toBe('0');
  expect(coordinate(1.23456)).toBe(1.23);
});
