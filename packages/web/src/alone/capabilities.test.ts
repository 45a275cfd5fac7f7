import { expect, test } from 'vitest';
import { type BrowserLike, capabilitiesOf } from './capabilities.ts';

const whole: BrowserLike = {
  WebAssembly,
  Worker: class {},
  crypto: { subtle: {} },
  crossOriginIsolated: true,
  navigator: { deviceMemory: 8, serviceWorker: {} },
};

test('a browser of today lacks nothing; the module with SIMD is one', () => {
  expect(capabilitiesOf(whole)).toEqual({ missing: [], hindrances: [] });
});

test('each thing that lacks is named', () => {
  expect(capabilitiesOf({ navigator: {} })).toEqual({
    missing: ['webassembly', 'workers', 'secure'],
    hindrances: ['one-thread', 'no-offline'],
  });
  expect(capabilitiesOf({ ...whole, WebAssembly: { validate: () => false } }).missing).toEqual([
    'webassembly',
  ]);
  expect(capabilitiesOf({ ...whole, navigator: { ...whole.navigator, deviceMemory: 2 } }).hindrances).toEqual(
    ['little-memory'],
  );
});

test('memory that a browser does not tell is not held against it', () => {
  expect(capabilitiesOf({ ...whole, navigator: { serviceWorker: {} } }).hindrances).toEqual([]);
});
