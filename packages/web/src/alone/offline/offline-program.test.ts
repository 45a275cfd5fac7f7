import { expect, test, vi } from 'vitest';
import { OfflineKeeper } from './offline-program.ts';

class FakeWorker extends EventTarget {
  state = 'installing';
  readonly told: unknown[] = [];
  postMessage(data: unknown): void {
    this.told.push(data);
  }
  become(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

class FakeRegistration extends EventTarget {
  installing: FakeWorker | null = null;
  waiting: FakeWorker | null = null;
  active: FakeWorker | null = null;
}

async function open(registration: FakeRegistration | 'refused') {
  vi.stubGlobal('document', { baseURI: 'https://a.example/x/alone.html' });
  const asked: string[] = [];
  const container = Object.assign(new EventTarget(), {
    register: async (url: URL) => {
      asked.push(url.href);
      if (registration === 'refused') throw new TypeError('no');
      return registration;
    },
  });
  const reload = vi.fn();
  const keeper = new OfflineKeeper(container as unknown as ServiceWorkerContainer, reload);
  await keeper.prepare();
  const hear = (state: string, done: number) =>
    container.dispatchEvent(
      new MessageEvent('message', { data: { kind: 'offline', state, done, total: 10 } }),
    );
  return { keeper, asked, reload, hear, container };
}

test('the first visit: told how far it is, then ready; no update is offered', async () => {
  const registration = new FakeRegistration();
  registration.installing = new FakeWorker();
  const { keeper, asked, hear } = await open(registration);
  expect(asked).toEqual(['https://a.example/x/sw.js']);
  hear('preparing', 4);
  expect(keeper.state().offline).toEqual({ state: 'preparing', doneBytes: 4, totalBytes: 10 });
  hear('ready', 10);
  const first = registration.installing;
  registration.installing = null;
  registration.waiting = first;
  first.become('installed');
  expect(keeper.state()).toEqual({ offline: { state: 'ready' }, update: false });
});

test('a later visit has what is kept looked over: browsers may have cleared it', async () => {
  const registration = new FakeRegistration();
  registration.active = new FakeWorker();
  await open(registration);
  expect(registration.active.told).toEqual(['prepare']);
});

test('a newer version waits until the person wants it, then the page begins anew', async () => {
  const registration = new FakeRegistration();
  registration.active = new FakeWorker();
  const { keeper, reload, container } = await open(registration);
  const newer = new FakeWorker();
  registration.installing = newer;
  registration.dispatchEvent(new Event('updatefound'));
  expect(keeper.state().update).toBe(false);
  registration.installing = null;
  registration.waiting = newer;
  newer.become('installed');
  expect(keeper.state().update).toBe(true);
  expect(newer.told).toEqual([]);
  keeper.update();
  expect(newer.told).toEqual(['activate']);
  expect(reload).not.toHaveBeenCalled();
  container.dispatchEvent(new Event('controllerchange'));
  expect(reload).toHaveBeenCalledOnce();
});

test('what cannot be kept is said, and so is a browser that keeps nothing', async () => {
  const registration = new FakeRegistration();
  const first = new FakeWorker();
  registration.installing = first;
  const { keeper } = await open(registration);
  registration.installing = null;
  first.become('redundant');
  expect(keeper.state().offline).toEqual({ state: 'failed' });
  expect((await open('refused')).keeper.state().offline).toEqual({ state: 'impossible' });
  expect(new OfflineKeeper(undefined, () => {}).state().offline).toEqual({ state: 'impossible' });
});

test('what others post is not heard', async () => {
  const { keeper, container } = await open(new FakeRegistration());
  const before = keeper.state();
  for (const data of [null, 'ready', { kind: 'other' }]) {
    container.dispatchEvent(new MessageEvent('message', { data }));
  }
  expect(keeper.state()).toEqual(before);
});
