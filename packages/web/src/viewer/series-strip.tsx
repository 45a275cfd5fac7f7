/** The series of the study with small pictures: pressed they go into the active pane, dragged into any. */
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Priority, type StudyImages } from '../images/index.ts';
import { plainText } from '../look/index.ts';
import { paintPixels } from './paint/grey.ts';
import { middleOf, type Source } from './state.ts';
import { presetWindow } from './windows.ts';

interface Props {
  readonly sources: readonly Source[];
  /** Those that are to be seen, by pane. */
  readonly hung: readonly (Source | undefined)[];
  keyOf(source: Source): string;
  choose(source: Source): void;
}

export function SeriesStrip({ sources, hung, keyOf, choose }: Props) {
  const { t } = useTranslation('viewer');
  return (
    <ul className="series-strip" aria-label={t('series')}>
      {sources.map((source) => {
        const { series } = source;
        const place = hung.findIndex((each) => each?.series.id === series.id && each.kind === source.kind);
        const description = plainText(series.description) || t('no-description');
        return (
          <li key={keyOf(source)}>
            <button
              type="button"
              className="series-card"
              draggable
              onClick={() => choose(source)}
              onDragStart={(event) => event.dataTransfer.setData('text/plain', keyOf(source))}
            >
              <Thumbnail source={source} />
              <span className="series-text">
                <bdi>{description}</bdi>
                <small>
                  {source.kind === 'prior' && `${t('prior.tag')} · `}
                  {t('slices', { count: series.frames.length })}
                </small>
              </span>
              {place >= 0 && (
                <span className="series-place">
                  <span className="visually-hidden">{t('in-pane')} </span>
                  {place + 1}
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const THUMBNAIL_PX = 128;

function Thumbnail({ source: { images, series } }: { readonly source: Source }) {
  const middle = series.frames[middleOf(series)];
  const address = images.thumbnail?.(series, middle, THUMBNAIL_PX);
  return address === undefined ? (
    <PaintedThumbnail images={images} series={series} />
  ) : (
    <img className="thumbnail" src={address} alt="" loading="lazy" draggable={false} />
  );
}

function PaintedThumbnail({
  images,
  series,
}: {
  readonly images: StudyImages;
  readonly series: Source['series'];
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const middle = series.frames[middleOf(series)];
    images
      .frame(middle.sopInstanceUid, middle.frame, { priority: Priority.rest, signal: leaving.signal })
      .then((pixels) => {
        const context = canvas.current?.getContext('2d');
        if (canvas.current === null || !context) return;
        canvas.current.width = pixels.columns;
        canvas.current.height = pixels.rows;
        const data = new ImageData(pixels.columns, pixels.rows);
        paintPixels(data.data, pixels, presetWindow('auto', middle, pixels), false);
        context.putImageData(data, 0, 0);
      })
      // The pane says why, when the series is come to.
      .catch(() => {});
    return () => leaving.abort();
  }, [images, series]);
  return <canvas ref={canvas} className="thumbnail" />;
}
