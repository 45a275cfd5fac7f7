import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  afterEvent,
  afterReload,
  type FileEvent,
  type FileState,
  NO_TOTALS,
  withChange,
} from './file-state.ts';

const events: fc.Arbitrary<FileEvent> = fc.oneof(
  fc.constantFrom<FileEvent>(
    { kind: 'found' },
    { kind: 'taken' },
    { kind: 'put-back' },
    { kind: 'again' },
    { kind: 'lost' },
    { kind: 'kept', studyUid: '1.2', sha256: 'a' },
    { kind: 'failed', reason: 'conflict' },
    { kind: 'failed', reason: 'server' },
    { kind: 'skipped', why: 'not-dicom' },
  ),
  fc.double({ min: 0, max: 2, noNaN: true }).map((part): FileEvent => ({ kind: 'moved', part })),
);

test('what the archive has acknowledged stays so, until it says that it has it no more', () => {
  fc.assert(
    fc.property(fc.array(events), (later) => {
      let state: FileState = { kind: 'kept', studyUid: '1.2' };
      for (const event of later.filter(({ kind }) => kind !== 'lost'))
        state = afterReload(afterEvent(state, event));
      expect(state).toEqual({ kind: 'kept', studyUid: '1.2' });
    }),
  );
});

test('a file is kept by an answer to its own sending only', () => {
  fc.assert(
    fc.property(fc.array(events), (before) => {
      let state: FileState = { kind: 'waiting' };
      for (const event of before) {
        const next = afterEvent(state, event);
        if (next.kind === 'kept' && state.kind !== 'kept') expect(state.kind).toBe('sending');
        state = next;
      }
    }),
  );
});

test('what was on its way when the page ended is sent again', () => {
  let state: FileState = afterReload({ kind: 'sending', part: 0.9 });
  expect(state).toEqual({ kind: 'missing' });
  state = afterEvent(state, { kind: 'taken' });
  expect(state.kind).toBe('missing');
  state = afterEvent(state, { kind: 'found' });
  expect(state).toEqual({ kind: 'waiting' });
});

test('a refusal for good is not tried again, a passing one is', () => {
  expect(afterEvent({ kind: 'failed', reason: 'conflict' }, { kind: 'again' }).kind).toBe('failed');
  expect(afterEvent({ kind: 'failed', reason: 'no-room' }, { kind: 'again' }).kind).toBe('waiting');
});

test('sums that are carried along are those of counting anew', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ bytes: fc.nat(1000), events: fc.array(events) }), { maxLength: 20 }),
      (files) => {
        let carried = NO_TOTALS;
        let counted = NO_TOTALS;
        for (const { bytes, events: happened } of files) {
          let state: FileState = { kind: 'waiting' };
          carried = withChange(carried, bytes, undefined, state);
          for (const event of happened) {
            const next = afterEvent(state, event);
            carried = withChange(carried, bytes, state, next);
            state = next;
          }
          counted = withChange(counted, bytes, undefined, state);
        }
        expect({ ...carried, doneBytes: 0 }).toEqual({ ...counted, doneBytes: 0 });
        expect(carried.doneBytes).toBeCloseTo(counted.doneBytes, 6);
      },
    ),
  );
});
