import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { OpenReading } from './open-study.ts';
import { askForReading, listReadings, newestRead, openReading, type ReadingJob } from './readings.ts';
import type { StudyReadings } from './room.ts';

const RUNNING = new Set<ReadingJob['state']>(['scheduled', 'in-progress']);

/** Readings of a study, the one that it is opened with, and what waits or runs. */
export function useStudyReadings(
  study: string,
  mayAsk: boolean,
): {
  readonly readings: StudyReadings;
  readonly reading: OpenReading | undefined;
  onJob(job: ReadingJob): void;
  onJobsMissed(): void;
} {
  const queries = useQueryClient();
  const key = ['study', study, 'readings'];
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => listReadings(study, signal) });
  const record = list.data && newestRead(list.data);
  const opened = useQuery({
    queryKey: ['reading', record?.readingId],
    queryFn: () => (record === undefined ? undefined : openReading(record)),
    enabled: record !== undefined,
    // A reading never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [told, setTold] = useState<ReadingJob>();
  const job = told ?? list.data?.jobs.find(({ state }) => RUNNING.has(state));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is made of the study
  const onJob = useCallback(
    (heard: ReadingJob) => {
      const runs = RUNNING.has(heard.state);
      setTold(runs ? heard : undefined);
      if (!runs) void queries.invalidateQueries({ queryKey: key });
    },
    [queries, study],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is made of the study
  const onJobsMissed = useCallback(() => {
    setTold(undefined);
    void queries.invalidateQueries({ queryKey: key });
  }, [queries, study]);
  return {
    reading: opened.data,
    onJob,
    onJobsMissed,
    readings: {
      state:
        list.isError || opened.isError ? 'failed' : list.isPending || opened.isLoading ? 'loading' : 'ready',
      records: list.data?.readings ?? [],
      ...(job !== undefined && RUNNING.has(job.state) && { job }),
      mayAsk,
      async ask() {
        setTold(await askForReading(study));
      },
      retry() {
        void list.refetch();
        if (opened.isError) void opened.refetch();
      },
    },
  };
}
