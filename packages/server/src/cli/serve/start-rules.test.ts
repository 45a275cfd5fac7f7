import { expect, test } from 'vitest';
import { dimseSettingsOf } from './dimse-settings.ts';
import { ServeSettings } from './settings.ts';
import { assertPeersHaveProjects, hostsOf } from './start-rules.ts';

const settingsWith = (dimse: object): ServeSettings => ServeSettings.parse({ dimse });
const peer = (aeTitle: string, project?: string) => ({
  aeTitle,
  addresses: ['10.0.0.1'],
  verbs: ['store'],
  ...(project === undefined ? {} : { project }),
});
const DEFAULT = { projectId: 'default', title: 'All studies' };
const SPINE = { projectId: 'spine', title: 'Spine' };

test('each DICOM peer belongs to a project that is there', () => {
  const settings = settingsWith({ peers: [peer('SCANNER'), peer('PACS', 'spine')] });
  expect(() => assertPeersHaveProjects(settings, [DEFAULT, SPINE])).not.toThrow();
  expect(() => assertPeersHaveProjects(settings, [DEFAULT])).toThrow(
    expect.objectContaining({ code: 'START_REFUSED', message: expect.stringContaining('PACS') }),
  );
  expect(() => assertPeersHaveProjects(ServeSettings.parse({}), [])).not.toThrow();
});

test('private storage classes and the destinations of a peer reach the listener', () => {
  const settings = settingsWith({
    privateStorageClasses: ['1.3.12.2.1107.5.9.1'],
    peers: [{ ...peer('SCANNER'), movesTo: ['PACS'] }, peer('OTHER')],
  });
  const given = dimseSettingsOf(settings.dimse as NonNullable<ServeSettings['dimse']>);
  expect(given.privateStorageClasses).toEqual(['1.3.12.2.1107.5.9.1']);
  expect(given.peers.map((each) => each.movesTo)).toEqual([['PACS'], undefined]);
  expect(given.peers[1]).not.toHaveProperty('movesTo');
  expect(() => settingsWith({ privateStorageClasses: ['a vendor'] })).toThrow();
});

test('the public address is kept as browsers write it, and has no path', () => {
  const { publicUrl } = ServeSettings.parse({ publicUrl: 'https://Spine.Example.org/' });
  expect(publicUrl).toBe('https://spine.example.org');
  for (const wrong of [
    'https://example.org/spine',
    'https://example.org/?a=b',
    'http://example.org',
    'spine',
  ])
    expect(() => ServeSettings.parse({ publicUrl: wrong }), wrong).toThrow();
  expect(
    hostsOf(ServeSettings.parse({ host: 'Archive.Example.org', publicUrl: 'https://Spine.Example.org/' })),
  ).toEqual(['archive.example.org', 'spine.example.org']);
});
