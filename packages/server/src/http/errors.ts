/** The one place where errors become HTTP answers. */
import { isFault } from '@promontory/core/fault';
import { ZodError } from 'zod';
import type { Reply } from './route.ts';
import { HttpRefusal } from './route.ts';

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** SQLSTATE of a text that PostgreSQL cannot hold: NUL, which only a client's own text brings this far. */
const UNTRANSLATABLE = '22021';
const RETRY = { 'retry-after': '5' };

/** By the error's name: rooms below know nothing of HTTP. */
const BY_NAME: Readonly<Record<string, Answer>> = {
  DatabaseUnavailable: {
    status: 503,
    code: 'DATABASE_UNAVAILABLE',
    message: 'The database cannot be reached; try again in a moment.',
    headers: RETRY,
  },
  BlobsUnavailable: {
    status: 503,
    code: 'STORAGE_UNAVAILABLE',
    message: 'The image store cannot be reached; try again in a moment.',
    headers: RETRY,
  },
  PoolBusy: {
    status: 503,
    code: 'BUSY',
    message: 'Too much is being read at once; try again in a moment.',
    headers: RETRY,
  },
  StorageFull: {
    status: 507,
    code: 'STORAGE_FULL',
    message: 'There is no room for more images; tell the administrator.',
  },
  BlobMissing: {
    status: 500,
    code: 'BYTES_MISSING',
    message: 'The stored bytes are missing; the administrator can find out more with promontory fsck.',
  },
  BlobDamaged: {
    status: 500,
    code: 'BYTES_DAMAGED',
    message: 'The stored bytes are damaged; the administrator can find out more with promontory fsck.',
  },
};

export function answerOf(error: unknown): Answer {
  if (error instanceof HttpRefusal) return error;
  if (error instanceof ZodError) {
    const fields = error.issues.map((issue) => issue.path.join('.') || 'the body');
    return { status: 400, code: 'INVALID', message: `Not as expected: ${[...new Set(fields)].join(', ')}.` };
  }
  if (isFault(error)) return { status: 422, code: error.code, message: error.message };
  const known = BY_NAME[(error as Error | null)?.name ?? ''];
  if (known !== undefined) return known;
  const { statusCode, code } = error as { statusCode?: number; code?: string };
  if (code === UNTRANSLATABLE)
    return { status: 400, code: 'INVALID', message: 'A text holds a character that no name or value has.' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { status: statusCode, code: code ?? 'BAD_REQUEST', message: 'The request cannot be understood.' };
  return { status: 500, code: 'INTERNAL', message: 'Something went wrong here; the log says where.' };
}

export const replyOf = ({ status, code, message, headers }: Answer): Reply => ({
  status,
  headers: headers ?? {},
  body: { error: { code, message } },
});
