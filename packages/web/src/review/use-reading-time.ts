import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getJson, sendJson } from '../server/index.ts';
import { keepSetting, readSetting, useRoom, useStudy } from '../study/index.ts';

interface Summary {
  readonly withReading: boolean;
  readonly n: number;
  readonly active: { readonly q1Ms: number; readonly medianMs: number; readonly q3Ms: number };
}
export interface OwnTimes {
  readonly consent: boolean;
  readonly summary: readonly Summary[];
  readonly times: readonly object[];
}

export interface ReadingTime {
  /** Absent until it is known. */
  readonly own?: OwnTimes;
  readonly wasAsked: boolean;
  consent(given: boolean): Promise<void>;
  forget(): Promise<void>;
  /** A report was signed for the first time. */
  signed(): void;
}

const KEY = ['reading-times'];
const ASKED = 'reading-times-asked';

/** How long the reader took, kept by the server of those who said yes. */
export function useReadingTime(): ReadingTime {
  const queries = useQueryClient();
  const { studyInstanceUid, reading, isReadingHidden } = useStudy();
  const { account, openSince, review } = useRoom();
  const { data } = useQuery({ queryKey: KEY, queryFn: () => getJson<OwnTimes>('/api/reading-times') });
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: KEY });
  return {
    ...(data && { own: data }),
    wasAsked: readSetting(ASKED, account.accountId) === 'yes',
    async consent(given) {
      keepSetting(ASKED, account.accountId, 'yes');
      await sendJson('PUT', '/api/reading-times/consent', { given });
      await again();
    },
    async forget() {
      await sendJson('DELETE', '/api/reading-times');
      await again();
    },
    signed() {
      if (data?.consent !== true) return;
      const withReading = reading !== undefined && !isReadingHidden;
      sendJson('POST', '/api/reading-times', {
        studyInstanceUid,
        withReading,
        blindFirst: withReading && review.revealed.some(({ by }) => by === account.accountId),
        openedAt: openSince.openedAt.toISOString(),
        // By the same clock: another machine's may be minutes off.
        signedAt: new Date().toISOString(),
        activeMs: openSince.activeMs(),
      }).then(again, () => {
        // A time that is missing is no harm; the report is signed.
      });
    },
  };
}
