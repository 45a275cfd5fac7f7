import { multipartOf, type SentFile } from './stow.ts';

export interface StowAnswer {
  /** 0: nobody answered. */
  readonly status: number;
  readonly body: unknown;
}

/** Browsers tell how far a body has gone only by XMLHttpRequest. */
export function postInstances(
  files: readonly SentFile[],
  told: { progress(sentBytes: number): void; readonly signal: AbortSignal },
): Promise<StowAnswer> {
  const { promise, resolve } = Promise.withResolvers<StowAnswer>();
  const boundary = `promontory-${crypto.randomUUID()}`;
  const asked = new XMLHttpRequest();
  asked.open('POST', '/dicom-web/studies');
  asked.setRequestHeader('content-type', `multipart/related; type="application/dicom"; boundary=${boundary}`);
  asked.setRequestHeader('accept', 'application/dicom+json');
  asked.upload.addEventListener('progress', ({ loaded }) => told.progress(loaded));
  asked.addEventListener('loadend', () => {
    told.signal.removeEventListener('abort', stop);
    resolve({ status: asked.status, body: jsonOf(asked.responseText) });
  });
  const stop = () => asked.abort();
  told.signal.addEventListener('abort', stop);
  asked.send(multipartOf(files, boundary));
  return promise;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
