import type { KeptMark } from '@promontory/core/review';
import type { ReadingJob } from './readings.ts';

/** What the server tells while a study is open. */
export interface LiveListener {
  onMark(mark: KeptMark): void;
  onReport(): void;
  onJob(job: ReadingJob): void;
  /** The jobs' stream began again: some may have ended meanwhile. */
  onJobsMissed(): void;
  /** The stream of marks and reports has begun, or began again: what was told meanwhile was missed. */
  onOpen(isAgain: boolean): void;
  onLost(): void;
}

/** After an answer that ends the stream for good (no session, the server restarts), it is asked for again. */
const AGAIN_MS = 10_000;

/** @returns stop listening */
export function listenLive(study: string, listener: LiveListener): () => void {
  const stopMarks = stream(`/api/studies/${encodeURIComponent(study)}/marks/events`, listener, {
    mark: (data) => listener.onMark(data as KeptMark),
    report: () => listener.onReport(),
  });
  const stopJobs = stream(
    '/api/readings/events',
    {
      onOpen(isAgain) {
        if (isAgain) listener.onJobsMissed();
      },
      onLost() {},
    },
    {
      job(data) {
        const job = data as ReadingJob;
        if (job.studyUid === study) listener.onJob(job);
      },
    },
  );
  return () => {
    stopMarks();
    stopJobs();
  };
}

function stream(
  path: string,
  { onOpen, onLost }: Pick<LiveListener, 'onOpen' | 'onLost'>,
  handlers: Readonly<Record<string, (data: unknown) => void>>,
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasOpen = false;
  const begin = (): void => {
    source = new EventSource(path);
    source.addEventListener('open', () => {
      onOpen(wasOpen);
      wasOpen = true;
    });
    source.addEventListener('error', () => {
      onLost();
      // CONNECTING: the browser comes back by itself.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(begin, AGAIN_MS);
    });
    for (const [name, handle] of Object.entries(handlers))
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        try {
          handle(JSON.parse(data));
        } catch {
          // Cut in the middle: what it said is read when the stream begins again.
        }
      });
  };
  begin();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
