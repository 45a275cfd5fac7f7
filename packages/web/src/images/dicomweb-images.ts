/** The images of a study on our own server, by DICOMweb (PS3.18). */
import { type DataSet, type JsonDataSet, Tag } from '@promontory/core/dicom';
import { getJson, request, ServerRefusal, ServerUnreachable } from '../server/index.ts';
import { FrameCache } from './frame-cache.ts';
import { dataSetOf } from './json-data-set.ts';
import { LoadQueue } from './load-queue.ts';
import { pixelFrame } from './pixel-frame.ts';
import { seriesViews, studyFacts } from './series-views.ts';
import {
  type FrameView,
  type PixelFrame,
  Priority,
  type SeriesView,
  type StudyImages,
} from './study-images.ts';

/** The server decodes; one part, little endian. */
const NATIVE = 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1';

/** Frames kept: a quarter of a gigabyte where the machine says that it has little, else half a one. */
function cacheBytes(): number {
  const { deviceMemory } = navigator as Navigator & { readonly deviceMemory?: number };
  return (deviceMemory !== undefined && deviceMemory <= 4 ? 256 : 512) * 2 ** 20;
}

/** A server that is busy or away for a moment. */
const isPassing = (error: unknown): boolean =>
  error instanceof ServerUnreachable ||
  (error instanceof ServerRefusal && (error.status === 429 || error.status >= 502));

/**
 * One request for all metadata; frames one by one as they are wished for.
 * @throws ServerRefusal, ServerUnreachable
 */
export async function openDicomwebImages(
  studyInstanceUid: string,
  signal?: AbortSignal,
): Promise<StudyImages> {
  const study = `/dicom-web/studies/${encodeURIComponent(studyInstanceUid)}`;
  const json = await getJson<JsonDataSet[]>(`${study}/metadata`, signal);
  const instances = json.map((each) => dataSetOf(each));
  const { series, otherCount } = await seriesViews(instances);
  const bySop = new Map<string, DataSet>(
    instances.map((each) => [each.text(Tag.SOPInstanceUID) ?? '', each]),
  );

  const cache = new FrameCache(cacheBytes());
  const queue = new LoadQueue<PixelFrame>({ isPassing });
  const addressOf = (sop: string, frame: number): string => {
    const own = bySop.get(sop)?.text(Tag.SeriesInstanceUID) ?? '';
    return `${study}/series/${encodeURIComponent(own)}/instances/${encodeURIComponent(sop)}/frames/${frame}`;
  };

  async function load(sop: string, frame: number, broken: AbortSignal): Promise<PixelFrame> {
    const dataSet = bySop.get(sop);
    if (dataSet === undefined) throw new RangeError('an instance of another study');
    const response = await request(addressOf(sop, frame), { headers: { accept: NATIVE }, signal: broken });
    const pixels = await pixelFrame(dataSet, new Uint8Array(await response.arrayBuffer()), frame);
    cache.put(`${sop}/${frame}`, pixels);
    return pixels;
  }

  return {
    studyInstanceUid,
    facts: studyFacts(instances[0]),
    series,
    otherCount,
    async frame(sop, frame, wish = {}) {
      const key = `${sop}/${frame}`;
      const { priority = Priority.visible, signal: own } = wish;
      return (
        cache.get(key) ??
        (await queue.load(key, (broken) => load(sop, frame, broken), {
          priority,
          ...(own && { signal: own }),
        }))
      );
    },
    loaded: (sop, frame) => cache.get(`${sop}/${frame}`),
    thumbnail: (_: SeriesView, { sopInstanceUid, frame }: FrameView, widthPx) =>
      `${addressOf(sopInstanceUid, frame)}/rendered?viewport=${widthPx},${widthPx}`,
    close() {
      queue.clear(new DOMException('The study was closed.', 'AbortError'));
      cache.clear();
    },
  };
}
