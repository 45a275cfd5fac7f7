import { Fault } from '@promontory/core/fault';
import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

test('a fault keeps its code, advice and choices', () => {
  const fault = new Fault('AMBIGUOUS_STUDY', 'Two studies.', { advice: 'Choose.', choices: ['1.2', '1.3'] });
  expect(failureOf(fault)).toEqual({
    code: 'AMBIGUOUS_STUDY',
    message: 'Two studies.',
    advice: 'Choose.',
    choices: ['1.2', '1.3'],
  });
});

test.each([
  new RangeError('Array buffer allocation failed'),
  new RangeError('Invalid array length'),
  new Error('Aborted(OOM). Build with -sASSERTIONS for more info.'),
  new WebAssembly.RuntimeError('Out of memory'),
  new Error('std::bad_alloc'),
])('want of memory is told as such: %s', (error) => {
  expect(failureOf(error).code).toBe('memory');
  expect(failureOf(new Fault('MODEL_UNAVAILABLE', 'A model could not be run.', { cause: error })).code).toBe(
    'memory',
  );
});

test('what an unknown error says is not repeated: it may speak of a patient', () => {
  const { code, message } = failureOf(new Error('PHANTOM^LUMBAR is odd'));
  expect(code).toBe('defect');
  expect(message).not.toContain('PHANTOM');
  expect(failureOf('a string').code).toBe('defect');
});
