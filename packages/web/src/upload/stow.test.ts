import { describe, expect, test } from 'vitest';
import { multipartOf, outcomesOf } from './stow.ts';

const item = (uid: string) => ({ '00081155': { vr: 'UI', Value: [uid] } });
const kept = (uid: string, study = '1.9') => ({
  ...item(uid),
  '00081190': { vr: 'UR', Value: [`http://x/dicom-web/studies/${study}/series/1/instances/${uid}`] },
});
const failed = (uid: string, reason: number) => ({ ...item(uid), '00081197': { vr: 'US', Value: [reason] } });
const answer = (parts: { kept?: object[]; failed?: object[]; nameless?: object[] }) => ({
  ...(parts.kept && { '00081199': { vr: 'SQ', Value: parts.kept } }),
  ...(parts.failed && { '00081198': { vr: 'SQ', Value: parts.failed } }),
  ...(parts.nameless && { '0008119A': { vr: 'SQ', Value: parts.nameless } }),
});
const files = (...uids: (string | undefined)[]) =>
  uids.map((uid) => (uid === undefined ? {} : { sopInstanceUid: uid }));

describe('what became of each file', () => {
  test('is found by its SOP instance, in whatever order the archive tells', () => {
    const body = answer({ kept: [kept('3', '1.8'), kept('1')], failed: [failed('2', 0x0110)] });
    expect(outcomesOf(files('1', '2', '3'), 202, body)).toEqual([
      { kind: 'kept', studyUid: '1.9' },
      { kind: 'failed', reason: 'conflict' },
      { kind: 'kept', studyUid: '1.8' },
    ]);
  });

  test('one file and one answer that are left belong together', () => {
    const nameless = [{ '00081197': { vr: 'US', Value: [0xc000] } }];
    expect(outcomesOf(files('1', undefined), 202, answer({ kept: [kept('1')], nameless }))).toEqual([
      { kind: 'kept', studyUid: '1.9' },
      { kind: 'failed', reason: 'not-understood' },
    ]);
    expect(outcomesOf(files('wrong'), 200, answer({ kept: [kept('1')] }))).toEqual([
      { kind: 'kept', studyUid: '1.9' },
    ]);
  });

  test('nothing is guessed: two of one name, or two without, are sent by themselves', () => {
    const twice = answer({ kept: [kept('1')], failed: [failed('1', 0x0110)] });
    expect(outcomesOf(files('1', '1'), 202, twice)).toEqual([{ kind: 'unclear' }, { kind: 'unclear' }]);
    const nameless = [{ '00081197': { vr: 'US', Value: [0xc000] } }];
    expect(outcomesOf(files(undefined, undefined), 202, answer({ kept: [kept('5')], nameless }))).toEqual([
      { kind: 'unclear' },
      { kind: 'unclear' },
    ]);
  });

  test.each([
    [0, 'offline'],
    [401, 'signed-out'],
    [429, 'busy'],
    [503, 'busy'],
  ])('status %i without a word of files stops all', (status, standstill) => {
    expect(outcomesOf(files('1', '2'), status, undefined)).toBe(standstill);
  });

  test.each([
    [413, 'too-large'],
    [403, 'not-allowed'],
    [507, 'no-room'],
    [500, 'server'],
    [400, 'refused'],
    [200, 'refused'],
  ])('status %i of one file', (status, reason) => {
    expect(outcomesOf(files('1'), status, { error: { code: 'X' } })).toEqual([{ kind: 'failed', reason }]);
  });

  test('where a request of several was refused whole, each is tried by itself', () => {
    expect(outcomesOf(files('1', '2'), 413, {})).toEqual([{ kind: 'unclear' }, { kind: 'unclear' }]);
  });
});

test('a body has every file between boundaries, byte for byte', async () => {
  const body = multipartOf([{ bytes: new Uint8Array([1, 2]) }, { bytes: new Uint8Array([0xff]) }], 'b');
  const text = new TextDecoder('latin1').decode(await body.arrayBuffer());
  const part = (bytes: string) => `--b\r\nContent-Type: application/dicom\r\n\r\n${bytes}\r\n`;
  expect(text).toBe(`${part('\u0001\u0002')}${part('ÿ')}--b--\r\n`);
});
