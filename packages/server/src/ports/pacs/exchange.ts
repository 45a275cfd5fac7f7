/**
 * Requests to the one configured address and to no other (reliability row 9): no redirect and no address in an answer
 * is followed. Answers are streams with limits on size and time; they are never inflated.
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';
import { authorization, type PacsCredentials } from './credentials.ts';
import { CredentialsRefused, PacsAnswerUnusable, PacsRefused, PacsUnavailable } from './faults.ts';
import { type PeerLimits, WIDTH } from './limits.ts';
import { widthOf } from './width.ts';

export interface PacsAddress {
  /** `https://host/path` below which the resources lie; without TLS on this machine only. */
  readonly url: string;
  readonly credentials: PacsCredentials;
  /** PEM: an authority of the house, and who we are. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the address; made of our own words and checked UIDs. */
  readonly path: string;
  readonly query?: readonly (readonly [name: string, value: string])[];
  readonly accept?: string;
  readonly body?: {
    readonly type: string;
    readonly length: number;
    /** From the beginning, for each attempt. */
    chunks(): AsyncIterable<Uint8Array>;
  };
  readonly maxAnswerBytes: number;
}

export interface Answer {
  readonly status: number;
  /** Empty where there is none. */
  readonly contentType: string;
  /** To be read once. @throws PacsUnavailable where it breaks off, PacsAnswerUnusable where it is too large */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

export interface Exchange {
  /**
   * Any status but a redirect, a refusal of the credentials, or busy beyond all attempts.
   * @throws PacsUnavailable, PacsAnswerUnusable
   */
  ask(given: Ask): Promise<Answer>;
  close(): void;
}

/** Asked again: RFC 9110 sections 15.6.3 to 15.6.5, RFC 6585 section 4. */
const BUSY = [429, 502, 503, 504];

/** @throws PacsRefused where the address cannot be used */
export function exchangeWith(
  { url, credentials, tls = {} }: PacsAddress,
  limits: PeerLimits,
  wait: (ms: number) => Promise<void>,
): Exchange {
  const base = baseOf(url);
  const secure = base.protocol === 'https:';
  const pooled = { keepAlive: true, maxSockets: WIDTH };
  const agent = secure ? new HttpsAgent({ ...pooled, ...tls, minVersion: 'TLSv1.2' }) : new HttpAgent(pooled);
  const width = widthOf(WIDTH);

  async function once(given: Ask): Promise<{ answer: Answer; retryAfter: string | undefined }> {
    const leave = await width.enter();
    try {
      const said = await authorization(credentials);
      const query = given.query?.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&') ?? '';
      const request = (secure ? overHttps : overHttp)({
        agent,
        method: given.method,
        hostname: base.hostname.replace(/^\[|\]$/g, ''),
        port: base.port === '' ? undefined : Number(base.port),
        path: `${base.pathname.replace(/\/$/, '')}${given.path}${query === '' ? '' : `?${query}`}`,
        headers: {
          'accept-encoding': 'identity',
          ...(given.accept === undefined ? {} : { accept: given.accept }),
          ...(said === undefined ? {} : { authorization: said }),
          ...(given.body === undefined
            ? {}
            : { 'content-type': given.body.type, 'content-length': given.body.length }),
        },
      });
      const message = await answered(request, given.body, limits);
      return {
        answer: answerOf(message, given.maxAnswerBytes, limits, leave),
        retryAfter: message.headers['retry-after'],
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    async ask(given) {
      for (let attempt = 1; ; attempt++) {
        const last = attempt >= limits.attempts;
        try {
          const { answer, retryAfter } = await once(given);
          if (!BUSY.includes(answer.status)) return judged(answer);
          answer.discard();
          if (last) throw new PacsUnavailable('The PACS is busy.');
          await wait(pauseMs(attempt, limits, retryAfter));
        } catch (error) {
          if (!(error instanceof PacsUnavailable) || error instanceof CredentialsRefused || last) throw error;
          await wait(pauseMs(attempt, limits));
        }
      }
    },
    close: () => agent.destroy(),
  };
}

function baseOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new PacsRefused('The address of the PACS is none of the web.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new PacsRefused('The address of the PACS is an address only, without names, secrets or a query.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new PacsRefused('The PACS is on the network: its address must begin with https.');
  return url;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Growing, and as long as the PACS asks for, within reason. */
function pauseMs(
  attempt: number,
  { pauseMs: first, longestPauseMs }: PeerLimits,
  retryAfter?: string,
): number {
  const asked = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 0;
  return Math.min(longestPauseMs, Math.max(asked, first * 2 ** (attempt - 1)));
}

function judged(answer: Answer): Answer {
  const refuse = (error: Error) => {
    answer.discard();
    throw error;
  };
  if (answer.status === 401 || answer.status === 403) refuse(new CredentialsRefused(answer.status));
  if (answer.status >= 300 && answer.status < 400)
    refuse(new PacsAnswerUnusable('The PACS redirects elsewhere: set the address that it redirects to.'));
  return answer;
}

/** Sends the body and waits for the head of the answer, which may come before all is sent. */
function answered(request: ClientRequest, body: Ask['body'], limits: PeerLimits): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const within = (ms: number) => {
      clearTimeout(timer);
      timer = over ? undefined : setTimeout(() => request.destroy(new Error('too slow')), ms);
    };
    const end = () => {
      over = true;
      clearTimeout(timer);
    };
    within(limits.connectMs);
    request.once('socket', (socket) => {
      const connected = () => within(limits.answerMs);
      if (!socket.connecting) connected();
      else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
    });
    request.once('response', (message) => {
      end();
      resolve(message);
    });
    request.on('error', (cause) => {
      end();
      reject(new PacsUnavailable('The PACS cannot be reached, or does not answer.', { cause }));
    });
    if (body === undefined) request.end();
    else
      sendBody(request, body.chunks(), () => over, within, limits).catch((cause) => {
        // What could not be read here is our own trouble, and what is said about it stays as it is.
        end();
        request.destroy();
        reject(cause);
      });
  });
}

async function sendBody(
  request: ClientRequest,
  chunks: AsyncIterable<Uint8Array>,
  isOver: () => boolean,
  within: (ms: number) => void,
  limits: PeerLimits,
): Promise<void> {
  for await (const chunk of chunks) {
    if (isOver() || request.destroyed) return;
    // A copy: the memory may be another's before the network is done with it.
    if (request.write(Uint8Array.from(chunk))) continue;
    within(limits.idleMs);
    await new Promise<void>((resolve) => {
      const done = () => {
        request.off('drain', done).off('close', done).off('response', done);
        resolve();
      };
      request.on('drain', done).on('close', done).on('response', done);
    });
  }
  if (isOver() || request.destroyed) return;
  within(limits.answerMs);
  request.end();
}

function answerOf(message: IncomingMessage, maxBytes: number, limits: PeerLimits, leave: () => void): Answer {
  message.once('close', leave);
  message.on('error', () => {});
  const encoding = message.headers['content-encoding'] ?? 'identity';
  return {
    status: message.statusCode ?? 0,
    contentType: message.headers['content-type'] ?? '',
    body: bodyOf(message, encoding, maxBytes, limits),
    discard: () => message.destroy(),
  };
}

/** Time counts while the PACS is waited for, not while the reader pauses. */
async function* bodyOf(
  message: IncomingMessage,
  encoding: string,
  maxBytes: number,
  limits: PeerLimits,
): AsyncGenerator<Uint8Array> {
  try {
    if (encoding.toLowerCase() !== 'identity')
      throw new PacsAnswerUnusable('The PACS packs its answers although it was asked not to.');
    const chunks = message.iterator({ destroyOnReturn: true });
    let size = 0;
    let waitedMs = 0;
    for (;;) {
      const start = performance.now();
      const timer = setTimeout(
        () => message.destroy(new Error('too slow')),
        Math.min(limits.idleMs, Math.max(0, limits.bodyMs - waitedMs)),
      );
      const next = await chunks.next().finally(() => clearTimeout(timer));
      waitedMs += performance.now() - start;
      if (next.done === true) break;
      size += next.value.length;
      if (size > maxBytes) throw new PacsAnswerUnusable('The PACS answers with more than may be taken.');
      yield next.value;
    }
    if (!message.complete) throw new Error('cut off');
  } catch (cause) {
    if (cause instanceof PacsAnswerUnusable) throw cause;
    throw new PacsUnavailable('The PACS broke off in the middle of an answer.', { cause });
  } finally {
    message.destroy();
  }
}
