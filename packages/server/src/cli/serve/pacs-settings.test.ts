import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pacsAddressOf } from './pacs-address.ts';
import { readSettings, ServeSettings } from './settings.ts';
import { assertPeersHaveProjects } from './start-rules.ts';

const URL_THERE = 'https://pacs.example.org/dicom-web';
const parsed = (pacs: object) => {
  const { pacs: settings } = ServeSettings.parse({ storage: { pacs: { url: URL_THERE, ...pacs } } }).storage;
  if (settings === undefined) throw new Error('No settings.');
  return settings;
};
const refused = (message: string) =>
  expect.objectContaining({ code: 'START_REFUSED', message: expect.stringContaining(message) });

test('an address is enough: what is stored goes there, and what is MR there is followed', () => {
  expect(parsed({})).toEqual({
    url: URL_THERE,
    store: true,
    removeFromPacs: false,
    cacheBytes: 20 * 2 ** 30,
    follow: { everySeconds: 60, days: 30, match: { ModalitiesInStudy: 'MR' }, project: 'default' },
  });
  expect(parsed({ follow: false }).follow).toBe(false);
  expect(parsed({ follow: { days: 7, match: { BodyPartExamined: 'LSPINE' } } }).follow).toMatchObject({
    days: 7,
    match: { BodyPartExamined: 'LSPINE' },
  });
});

test.each([
  { url: 'ftp://pacs.example.org' },
  { url: 'pacs' },
  { token: 'secret' },
  { password: 'secret' },
  { passwordFile: '/p' },
  { user: 'a', tokenFile: '/t' },
  { user: 'a:b' },
  { cacheBytes: -1 },
  { follow: true },
  { follow: { everySeconds: 0 } },
  { follow: { days: 0 } },
  { follow: { match: { StudyDate: '20260101' } } },
  { follow: { match: { 'PatientName&x': 'a' } } },
  { follow: { match: { PatientName: 'a\nb' } } },
])('%j does not fit', (wrong) => {
  expect(() => parsed(wrong)).toThrow();
});

describe('who we are', () => {
  test('by password, by token, or nobody; secrets from environment or file', () => {
    const of = (pacs: object, environment = {}) => pacsAddressOf(parsed(pacs), environment).credentials;
    expect(of({})).toEqual({ kind: 'none' });
    expect(of({}, { PROMONTORY_PACS_TOKEN: 't' })).toEqual({ kind: 'bearer', token: { value: 't' } });
    expect(of({ tokenFile: '/t' })).toEqual({ kind: 'bearer', token: { file: '/t' } });
    expect(of({ user: 'a' }, { PROMONTORY_PACS_PASSWORD: 'p' })).toEqual({
      kind: 'basic',
      user: 'a',
      password: { value: 'p' },
    });
    expect(of({ user: 'a', passwordFile: '/p' })).toMatchObject({ password: { file: '/p' } });
    expect(() => of({ user: 'a' })).toThrow(refused('without a password'));
    expect(() => of({ user: 'a' }, { PROMONTORY_PACS_TOKEN: 't' })).toThrow(refused('both'));
  });

  test('a certificate that cannot be read is told before anything starts', () => {
    const clientCertificate = { certFile: '/nowhere', keyFile: '/nowhere' };
    expect(() => pacsAddressOf(parsed({ clientCertificate }), {})).toThrow(refused('cannot be read'));
  });
});

test('beside an object store or a quota it is refused in words', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const read = (storage: object) => {
    const file = join(folder, 'settings.json');
    writeFileSync(file, JSON.stringify({ storage }));
    return readSettings(file);
  };
  const pacs = { url: URL_THERE };
  expect(read({ pacs }).storage.pacs?.url).toBe(URL_THERE);
  expect(() => read({ pacs, s3: { bucket: 'b' } })).toThrow(refused('object store'));
  expect(() => read({ pacs, quotaBytes: 1 })).toThrow(refused('quota'));
});

test('studies of the PACS go into a project that is there', () => {
  const settings = ServeSettings.parse({
    storage: { pacs: { url: URL_THERE, follow: { project: 'spine' } } },
  });
  const project = (projectId: string) => ({ projectId, title: projectId });
  expect(() => assertPeersHaveProjects(settings, [project('default')])).toThrow(refused('PACS'));
  expect(() => assertPeersHaveProjects(settings, [project('spine')])).not.toThrow();
});
