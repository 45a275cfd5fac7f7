import { type Fault, isFault, type Warning } from '../fault/index.ts';
import {
  type LoadedSeries,
  type LoadedStudy,
  type LoadedVolume,
  type SeriesSelection,
  selectSeries,
} from './series/index.ts';

/** The series to read, with their pixels. */
export interface LoadedSelection {
  readonly selection: SeriesSelection;
  readonly grid: LoadedVolume;
  /** Absent where there is no T1, or it gives the grid itself. */
  readonly t1: LoadedVolume | undefined;
  readonly warnings: readonly Warning[];
}

/**
 * Chooses and loads the series to read. One whose pixels cannot be read gives way to the next best, with a warning.
 * @throws Fault `NO_SAGITTAL_SERIES`, or what loading the best series threw if no other can take its place.
 */
export async function loadSelection(study: LoadedStudy): Promise<LoadedSelection> {
  const volumes = new Map<LoadedSeries, LoadedVolume>();
  const unreadable = new Map<LoadedSeries, Fault>();
  const load = async (series: LoadedSeries): Promise<LoadedVolume | undefined> => {
    try {
      const volume = volumes.get(series) ?? (await series.loadVolume());
      volumes.set(series, volume);
      return volume;
    } catch (error) {
      if (!isFault(error)) throw error;
      unreadable.set(series, error);
      return undefined;
    }
  };
  for (;;) {
    const selection = select(study, unreadable);
    const grid = await load(selection.grid);
    if (grid === undefined) continue;
    const other = selection.t1 === selection.grid ? undefined : selection.t1;
    const t1 = other && (await load(other));
    if (other !== undefined && t1 === undefined) continue;
    const warnings = [...unreadable].map(
      ([series, fault]): Warning => ({
        code: 'SERIES_UNREADABLE',
        message: `The pixels of this series cannot be read (${fault.code}); the others were.`,
        subject: series.seriesInstanceUid,
      }),
    );
    return { selection, grid, t1, warnings };
  }
}

function select(study: LoadedStudy, unreadable: ReadonlyMap<LoadedSeries, Fault>): SeriesSelection {
  try {
    return selectSeries(study, new Set(unreadable.keys()));
  } catch (error) {
    const [first] = unreadable.values();
    throw first ?? error;
  }
}
