import { expect, test } from 'vitest';
import {
  listInWords,
  measureInWords,
  measurementInWords,
  probabilityInWords,
  valueInWords,
} from './words.ts';

test('measurements carry unit and half-width', () => {
  expect(measurementInWords({ value: 8.44, unit: 'mm', uncertainty: 0.7 })).toBe('8.4 ± 0.7 mm');
  expect(measurementInWords({ value: -3.06, unit: 'deg', uncertainty: 2 })).toBe('−3.1 ± 2.0°');
  expect(measurementInWords({ value: 0.318, unit: 'ratio', uncertainty: 0.03 })).toBe('0.32 ± 0.03');
  expect(valueInWords({ value: 412.4, unit: 'mm2' })).toBe('412 mm²');
});

test('zero is a value and has no sign', () => {
  expect(valueInWords({ value: -0.01, unit: 'mm' })).toBe('0.0 mm');
  expect(valueInWords({ value: 0, unit: 'percent' })).toBe('0 %');
});

test('a probability never rounds to certainty', () => {
  expect(probabilityInWords(0.998)).toBe('> 99 %');
  expect(probabilityInWords(0.004)).toBe('< 1 %');
  expect(probabilityInWords(0)).toBe('0 %');
  expect(probabilityInWords(1)).toBe('100 %');
  expect(probabilityInWords(0.875)).toBe('88 %');
});

test('lists and unknown names', () => {
  expect(listInWords([3])).toBe('3');
  expect(listInWords([2, 3, 4])).toBe('2, 3 or 4');
  expect(listInWords(['a', 'b'], 'and')).toBe('a and b');
  expect(listInWords([])).toBe('');
  expect(measureInWords('heights.anterior')).toBe('anterior height');
  expect(measureInWords('someNewField')).toBe('some new field');
});
