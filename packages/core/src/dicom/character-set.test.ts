import { describe, expect, test } from 'vitest';
import { characterSetFor } from './character-set.ts';

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

describe('character sets', () => {
  // Bytes made by the codecs of Python, an independent implementation.
  test.each([
    ['ISO_IR 100', 'c46e6561735e52fc6469676572', 'Äneas^Rüdiger'],
    ['ISO_IR 101', '57b3b3f3bfbf', 'Włłóżż'],
    ['ISO_IR 109', 'e6f8fd', 'ĉĝŭ'],
    ['ISO_IR 110', 'e7babe', 'įēž'],
    ['ISO_IR 144', 'bbeeda6365dcd17970d3', 'Люкceмбypг'],
    ['ISO_IR 127', 'e2c8c7e6ea5ee4e6d2c7d1', 'قباني^لنزار'],
    ['ISO_IR 126', 'c4e9efedf5f3e9eff2', 'Διονυσιος'],
    ['ISO_IR 138', 'f9f8e5ef5ee3e1e5f8e4', 'שרון^דבורה'],
    ['ISO_IR 148', 'f0fdfe', 'ğış'],
    ['ISO_IR 203', 'a4bd', '€œ'],
    ['ISO_IR 166', 'a1a2', 'กข'],
    ['ISO_IR 13', 'd4cfc0de5ec0dbb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    ['ISO_IR 192', '57616e675e5869616f446f6e673de78e8b5ee5b08fe4b89c', 'Wang^XiaoDong=王^小东'],
    ['GB18030', '57616e675e5869616f446f6e673dcdf55ed0a1b6ab', 'Wang^XiaoDong=王^小东'],
    ['GBK', 'cdf55ed0a1b6ab', '王^小东'],
  ])('%s', (term, hex, text) => {
    const set = characterSetFor([term]);
    expect(set.irregularTerms).toEqual([]);
    expect(set.decode(bytes(hex), 'name')).toBe(text);
  });

  // The examples of PS3.5 annexes H, I and K; bytes from the same codecs.
  test.each([
    [
      ['', 'ISO 2022 IR 87'],
      '59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b28423d1b24422464245e24401b28425e1b2442243f246d24261b2842',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      'd4cfc0de5ec0dbb33d1b24423b3345441b284a5e1b244242404f3a1b284a3d1b24422464245e24401b284a5e1b2442243f246d24261b284a',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      ['', 'ISO 2022 IR 149'],
      '486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [
      ['', 'ISO 2022 IR 58'],
      '5a68616e675e5869616f446f6e673d1b242941d5c55e1b242941d0a1b6ab',
      'Zhang^XiaoDong=张^小东',
    ],
    [['', 'ISO 2022 IR 159'], '1b2428443021307e6d631b2842', '丂侄龥'],
    [['ISO 2022 IR 6', 'ISO 2022 IR 100', 'ISO 2022 IR 144'], '411b2d41e91b2d4cd0', 'Aéа'],
  ])('%j', (terms, hex, text) => {
    expect(characterSetFor(terms).decode(bytes(hex), 'name')).toBe(text);
  });

  test('code extensions end at a delimiter of the VR', () => {
    const set = characterSetFor(['ISO 2022 IR 100', 'ISO 2022 IR 144']);
    expect(set.decode(bytes('1b2d4cd05cd0'), 'values')).toBe('а\\Ð');
    expect(set.decode(bytes('1b2d4cd05ed0'), 'values')).toBe('а^а');
    expect(set.decode(bytes('1b2d4cd05ed0'), 'name')).toBe('а^Ð');
    expect(set.decode(bytes('1b2d4cd05cd0'), 'text')).toBe('а\\а');
  });

  test('a backslash within a two-byte character does not separate values', () => {
    expect(characterSetFor(['GBK']).decode(bytes('815c41'), 'values')).toBe('乗A');
    expect(characterSetFor(['', 'ISO 2022 IR 87']).decode(bytes('1b2442305c1b2842'), 'values')).toBe('移');
  });

  test('spellings are guessed and told, unknown terms are told', () => {
    for (const term of ['ISO IR 192', 'iso_ir_192', 'UTF-8']) {
      const set = characterSetFor([term]);
      expect(set.terms).toEqual(['ISO_IR 192']);
      expect(set.irregularTerms).toEqual([term]);
    }
    const unknown = characterSetFor(['ISO_IR 999']);
    expect(unknown.irregularTerms).toEqual(['ISO_IR 999']);
    expect(unknown.decode(bytes('41e9'), 'values')).toBe('Aé');
  });

  test('UTF-8 stands alone', () => {
    const set = characterSetFor(['ISO_IR 192', 'ISO 2022 IR 87']);
    expect(set.terms).toEqual(['ISO_IR 192']);
    expect(set.irregularTerms).toEqual(['ISO 2022 IR 87']);
  });

  test('encoding is the inverse of decoding, or undefined', () => {
    for (const [term, text] of [
      ['ISO_IR 192', 'Müller^山田😀'],
      ['ISO_IR 100', 'Müller'],
      ['ISO_IR 144', 'Люкceмбург'],
    ] as const) {
      const set = characterSetFor([term]);
      expect(set.decode(set.encode(text)!, 'name')).toBe(text);
    }
    expect(characterSetFor(['ISO_IR 100']).encode('山')).toBeUndefined();
    expect(characterSetFor([]).encode('ü')).toBeUndefined();
  });
});
