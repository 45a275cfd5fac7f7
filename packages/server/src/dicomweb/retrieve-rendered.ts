/** WADO-RS, rendered resources and thumbnails: PS3.18 sections 10.4.1.1.3 and 10.4.1.1.4. */
import { createHash } from 'node:crypto';
import { isFault } from '@promontory/core/fault';
import type { InstanceRecord } from '../archive/index.ts';
import { FileTooLarge, type RenderedType, type Viewport } from '../ports/images/index.ts';
import { type Answer, unchanged, warningHeader } from './answer.ts';
import { frameList } from './frame-list.ts';
import { begun, multipartRelated, type OutgoingPart } from './multipart-writer.ts';
import { negotiate } from './negotiate.ts';
import { badRequest, DicomwebRefusal, type RefusalReason } from './refusal.ts';
import { type RenderParameters, renderParameters } from './render-parameters.ts';
import { instancesOf, keptFile, type Retrieval } from './retrieve-context.ts';
import { pathOf } from './scope.ts';

const TYPES: readonly RenderedType[] = ['image/jpeg', 'image/png'];
const SINGLE = TYPES.map((type) => ({ type, multipart: false }));
const MULTIPART = TYPES.map((type) => ({ type, multipart: true }));

/** Where a thumbnail's request names no viewport. */
const THUMBNAIL: Viewport = { width: 128, height: 128 };

interface Shown {
  readonly record: InstanceRecord;
  /** From 1. */
  readonly frame: number;
}

export interface RenderedRequest {
  /** The query part of the URL, as sent. */
  readonly search: string;
  /** `1,3,5-7`, of a request for frames. */
  readonly frames?: string;
}

/**
 * Pictures of all images in the scope; without a list of frames, the first of each. One picture comes by itself,
 * several as parts.
 * @throws DicomwebRefusal not-acceptable where nothing there can be shown, too-large, absent, bad-request
 */
export async function retrieveRendered(retrieval: Retrieval, request: RenderedRequest): Promise<Answer> {
  const parameters = renderParameters(request.search);
  const instances = await instancesOf(retrieval, 'render');
  const images = instances.filter(({ frames }) => frames > 0);
  if (images.length === 0) throw noImages();
  const shown =
    request.frames === undefined
      ? images.map((record) => ({ record, frame: 1 }))
      : frameList(request.frames, images[0].frames).map((frame) => ({ record: images[0], frame }));
  const [{ offer }] = negotiate(retrieval.wanted, shown.length === 1 ? [...SINGLE, ...MULTIPART] : MULTIPART);
  if (!offer.multipart) return picture(retrieval, shown[0], offer.type, parameters);
  const parts = partsOf(retrieval, shown, offer.type, parameters);
  const { contentType, body } = multipartRelated(await begun(parts), offer.type);
  return {
    status: 200,
    headers: { 'content-type': contentType, ...warningHeader(parameters.warnings) },
    body,
  };
}

/**
 * One small picture that stands for the scope: the middle of its first series that has images, or the frame named.
 * @throws DicomwebRefusal as `retrieveRendered`
 */
export async function retrieveThumbnail(retrieval: Retrieval, request: RenderedRequest): Promise<Answer> {
  const parameters = { viewport: THUMBNAIL, ...renderParameters(request.search) };
  const instances = await instancesOf(retrieval, 'render');
  const images = instances.filter(({ frames }) => frames > 0);
  const series = images.filter(({ seriesUid }) => seriesUid === images[0].seriesUid);
  if (series.length === 0) throw noImages();
  const record = series[series.length >> 1];
  const [frame = (record.frames + 1) >> 1, ...others] =
    request.frames === undefined ? [] : frameList(request.frames, record.frames);
  if (others.length > 0) throw badRequest('A thumbnail shows one frame.');
  const [{ offer }] = negotiate(retrieval.wanted, SINGLE);
  return picture(retrieval, { record, frame }, offer.type, parameters);
}

const LEFT_OUT: readonly RefusalReason[] = ['not-acceptable', 'too-large'];

const noImages = (): DicomwebRefusal =>
  new DicomwebRefusal('not-acceptable', 'There is no image that can be rendered.');

async function picture(
  retrieval: Retrieval,
  shown: Shown,
  type: RenderedType,
  parameters: RenderParameters,
): Promise<Answer> {
  const { warnings, ...seen } = parameters;
  const facts = JSON.stringify([shown.record.sha256, shown.frame, type, seen]);
  const etag = `"${createHash('sha256').update(facts).digest('hex').slice(0, 32)}"`;
  const same = unchanged(retrieval.ifNoneMatch, etag);
  if (same !== undefined) return same;
  const body = await render(retrieval, shown, type, parameters);
  return { status: 200, headers: { 'content-type': type, etag, ...warningHeader(warnings) }, body };
}

/**
 * What cannot be rendered among several is left out.
 * @throws DicomwebRefusal not-acceptable or too-large where that is all
 */
async function* partsOf(
  retrieval: Retrieval,
  all: readonly Shown[],
  type: RenderedType,
  parameters: RenderParameters,
): AsyncGenerator<OutgoingPart, void, undefined> {
  let made = 0;
  let refusal: DicomwebRefusal | undefined;
  for (const shown of all) {
    retrieval.work.signal?.throwIfAborted();
    try {
      const body = await render(retrieval, shown, type, parameters);
      const location = `${retrieval.baseUrl}${pathOf(shown.record)}/frames/${shown.frame}/rendered`;
      yield { headers: { 'Content-Type': type, 'Content-Location': location }, body };
      made += 1;
    } catch (error) {
      if (!(error instanceof DicomwebRefusal) || !LEFT_OUT.includes(error.reason)) throw error;
      if (error.reason === 'too-large') refusal = error;
    }
  }
  if (made === 0) throw refusal ?? noImages();
}

async function render(
  { records, images, work }: Retrieval,
  { record, frame }: Shown,
  mediaType: RenderedType,
  { window, viewport, quality }: RenderParameters,
): Promise<Uint8Array> {
  const request = {
    frame,
    mediaType,
    ...(window === undefined ? {} : { window }),
    ...(viewport === undefined ? {} : { viewport }),
    ...(quality === undefined ? {} : { quality }),
  };
  try {
    const rendered = await images.render(keptFile(records, record), request, work);
    if (rendered.kind === 'outside') throw badRequest('The region of the viewport is not within the image.');
    return rendered.bytes;
  } catch (error) {
    if (error instanceof FileTooLarge)
      throw new DicomwebRefusal(
        'too-large',
        'The image is larger than pictures are made of: retrieve it as it is stored.',
      );
    if (!isFault(error)) throw error;
    throw new DicomwebRefusal('not-acceptable', `The image cannot be rendered: ${error.message}`);
  }
}
