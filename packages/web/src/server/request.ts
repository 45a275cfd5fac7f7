/** Talking to our own server: same origin, by the session's cookie. */

/** An answer that is no success. `code` is the server's, for what it says in words. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The server could not be reached: what was asked may be asked again. */
export class ServerUnreachable extends Error {
  override readonly name = 'ServerUnreachable';
}

let onSignedOut: () => void = () => {};
/** Called where the session has ended: once for each answer that says so. */
export const whenSignedOut = (tell: () => void): void => {
  onSignedOut = tell;
};

/** @throws ServerRefusal, ServerUnreachable */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ServerUnreachable('The server cannot be reached.', { cause });
  }
  if (response.ok) return response;
  if (response.status === 401) onSignedOut();
  const told = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  throw new ServerRefusal(
    response.status,
    told.error?.code ?? `${response.status}`,
    told.error?.message ?? '',
  );
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, {
    headers: { accept: 'application/json' },
    ...(signal && { signal }),
  });
  return (await response.json()) as T;
}

export async function sendJson<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await request(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  return (response.status === 204 ? undefined : await response.json()) as T;
}
