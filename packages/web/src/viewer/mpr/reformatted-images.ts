/** Reformatted planes as images like any others, so that panes need not know how they came to be. */
import {
  FrameCache,
  type FrameView,
  Priority,
  type SeriesView,
  type StudyImages,
} from '../../images/index.ts';
import {
  MPR_PLANES,
  type MprPlane,
  type PixelStack,
  reformat,
  reformattedPlanes,
  type Turns,
} from './reformat.ts';

const CACHE_BYTES = 2 ** 26;
/** No instance stands behind such an image: nothing can be bound to it. */
const MARK = 'reformatted:';

export const isReformatted = ({ sopInstanceUid }: FrameView): boolean => sopInstanceUid.startsWith(MARK);

/** The pixels of the stack are loaded with the first slice that is wished for. */
export function reformattedImages(images: StudyImages, source: SeriesView, turns: Turns): StudyImages {
  const name = `${turns.tiltDeg},${turns.leanDeg},${turns.turnDeg}`;
  const series = MPR_PLANES.map((kind) => reformattedSeries(source, kind, turns, name));
  const frameOf = new Map(
    series.flatMap(({ frames }) => frames.map((f) => [`${f.sopInstanceUid}/${f.frame}`, f])),
  );
  const cache = new FrameCache(CACHE_BYTES);
  let stack: Promise<PixelStack> | undefined;
  let turn = Promise.resolve();

  async function loadStack(): Promise<PixelStack> {
    const slices = await Promise.all(
      source.frames.map((f) => images.frame(f.sopInstanceUid, f.frame, { priority: Priority.visible })),
    );
    return { series: source, slices };
  }

  return {
    ...images,
    series,
    async frame(sop, frame, wish) {
      const key = `${sop}/${frame}`;
      const view = frameOf.get(key);
      if (view === undefined) throw new RangeError('no such plane');
      stack ??= loadStack().catch((error) => {
        stack = undefined;
        throw error;
      });
      const pixels = await stack;
      // One plane a task: hands are heard between them.
      turn = turn.then(nextTask);
      await turn;
      wish?.signal?.throwIfAborted();
      const made = cache.get(key) ?? reformat(pixels, view.plane);
      cache.put(key, made);
      return made;
    },
    // The source's own slices too: windows go by its middle one, so that all three planes are alike.
    loaded: (sop, frame) => cache.get(`${sop}/${frame}`) ?? images.loaded(sop, frame),
    close: () => cache.clear(),
  };
}

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function reformattedSeries(source: SeriesView, kind: MprPlane, turns: Turns, name: string): SeriesView {
  const { part: _, ...kept } = source;
  return {
    ...kept,
    id: `${source.id} ${kind} ${name}`,
    plane: kind,
    stepMm: 1,
    frames: reformattedPlanes(source, kind, turns).map((plane, k) => ({
      sopInstanceUid: `${MARK}${kind} ${name}`,
      frame: k + 1,
      plane,
      ...(source.frames[0].window && { window: source.frames[0].window }),
    })),
  };
}
