/** Whether this program opens without a connection, and whether a newer one waits. */

export type Offline =
  /** This browser, or this address, keeps no programs. */
  | { readonly state: 'impossible' }
  | { readonly state: 'preparing'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly state: 'ready' }
  /** It could not be fetched whole; the page works while there is a connection. */
  | { readonly state: 'failed' }
  | { readonly state: 'removed' };

export interface OfflineProgram {
  readonly offline: Offline;
  /** A newer version is here and begins when asked to. */
  readonly update: boolean;
}

/** What the service worker says. */
interface Told {
  readonly kind: 'offline';
  readonly state: 'preparing' | 'ready' | 'failed';
  readonly done: number;
  readonly total: number;
}
const isTold = (data: unknown): data is Told =>
  typeof data === 'object' && data !== null && (data as Partial<Told>).kind === 'offline';

const CACHE = 'promontory-program';

export class OfflineKeeper {
  readonly #container: ServiceWorkerContainer | undefined;
  readonly #reload: () => void;
  readonly #listeners = new Set<() => void>();
  #state: OfflineProgram;
  #registration: ServiceWorkerRegistration | undefined;

  constructor(container: ServiceWorkerContainer | undefined, reload: () => void) {
    this.#container = container;
    this.#reload = reload;
    this.#state = {
      offline:
        container === undefined
          ? { state: 'impossible' }
          : { state: 'preparing', doneBytes: 0, totalBytes: 0 },
      update: false,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): OfflineProgram => this.#state;

  /** Begins to keep the program; what is kept already is only looked over. */
  readonly prepare = async (): Promise<void> => {
    const container = this.#container;
    if (container === undefined) return;
    container.addEventListener('message', this.#hear);
    try {
      const registration = await container.register(new URL('sw.js', document.baseURI));
      this.#registration = registration;
      this.#watch(registration);
      registration.active?.postMessage('prepare');
    } catch {
      this.#change({ offline: { state: 'impossible' } });
    }
  };

  /** The page begins anew with it. */
  readonly update = (): void => {
    const waiting = this.#registration?.waiting;
    if (!waiting) return;
    this.#container?.addEventListener('controllerchange', this.#reload, { once: true });
    waiting.postMessage('activate');
  };

  readonly remove = async (): Promise<void> => {
    await this.#registration?.unregister();
    this.#container?.removeEventListener('message', this.#hear);
    await caches.delete(CACHE);
    this.#change({ offline: { state: 'removed' }, update: false });
  };

  readonly #hear = ({ data }: MessageEvent<unknown>): void => {
    if (!isTold(data)) return;
    const { state, done, total } = data;
    this.#change({
      offline: state === 'preparing' ? { state, doneBytes: done, totalBytes: total } : { state },
    });
  };

  /** One that waits while another is in charge is a newer version; the first ever does not wait. */
  #watch(registration: ServiceWorkerRegistration): void {
    const look = () => {
      if (registration.waiting && registration.active) this.#change({ update: true });
      const { installing } = registration;
      if (installing === null) return;
      installing.addEventListener('statechange', () => {
        if (installing.state === 'redundant' && registration.active === null)
          this.#change({ offline: { state: 'failed' } });
        look();
      });
    };
    registration.addEventListener('updatefound', look);
    look();
  }

  #change(change: Partial<OfflineProgram>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
