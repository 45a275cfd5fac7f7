import { indexedShelf } from './indexed-shelf.ts';
import { type Account, type Journal, type JournalNews, openJournal } from './journal.ts';
import { marksServer } from './post-marks.ts';

const opened = new Map<string, Promise<Journal>>();

/** The journal of an account in this browser: one for each page, however often it is asked for. */
export function journalOf(account: Account): Promise<Journal> {
  const journal = opened.get(account.accountId) ?? openHere(account);
  opened.set(account.accountId, journal);
  return journal;
}

async function openHere(account: Account): Promise<Journal> {
  const shelf = await indexedShelf().catch(() => undefined);
  // Asked once: without it the browser may clear the journal when the disk is short.
  navigator.storage?.persist?.().catch(() => {});
  const channel =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('promontory-journal');
  return openJournal(account, {
    ...(shelf && { shelf }),
    server: marksServer,
    async exclusively(name, work) {
      // Without locks (plain HTTP to another machine) two tabs may send the same mark: the server takes it once.
      if (navigator.locks === undefined) await work();
      else await navigator.locks.request(name, work);
    },
    tell: (news) => channel?.postMessage(news),
    onNews(listener) {
      const hear = ({ data }: MessageEvent<JournalNews>): void => listener(data);
      channel?.addEventListener('message', hear);
      return () => channel?.removeEventListener('message', hear);
    },
    onHope(listener) {
      const seen = (): void => {
        if (document.visibilityState === 'visible') listener();
      };
      addEventListener('online', listener);
      document.addEventListener('visibilitychange', seen);
      return () => {
        removeEventListener('online', listener);
        document.removeEventListener('visibilitychange', seen);
      };
    },
    after(ms, call) {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    now: () => new Date(),
    newId: () => newUuid(),
    chance: Math.random,
  });
}

/** RFC 9562 version 4; `crypto.randomUUID` is not there over plain HTTP from another machine. */
function newUuid(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, '0')).join('');
  return [0, 8, 12, 16, 20].map((at, i, all) => hex.slice(at, all[i + 1] ?? 32)).join('-');
}
