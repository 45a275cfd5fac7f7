/** What the server tells its operator. A closed set of typed fields: no names, no UIDs, no values of clients. */
export interface LogFields {
  /** Dotted, from our code: `http.request`, `reading.done`. */
  readonly event: string;
  readonly level?: 'info' | 'warning' | 'error';
  /** The route's pattern, never the path that was sent. */
  readonly route?: string;
  readonly method?: string;
  readonly status?: number;
  readonly ms?: number;
  readonly count?: number;
  readonly bytes?: number;
  readonly port?: number;
  /** As the audit names who asked. */
  readonly actor?: string;
  /** Closed codes: an error's `code` or `name`. */
  readonly code?: string;
  /** Where in our code it rose: `file.ts:12`. */
  readonly at?: string;
}

export type Log = (fields: LogFields) => void;

/** One JSON object a line. */
export const jsonLog =
  (write: (line: string) => void, now: () => Date): Log =>
  ({ event, level = 'info', ...rest }) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, event, ...rest })}\n`);

/** An error's kind and place, without its words, which may speak of a patient. */
export function placeOf(error: unknown): Pick<LogFields, 'code' | 'at'> {
  if (!(error instanceof Error)) return { code: typeof error };
  const { code } = error as { code?: unknown };
  const frames = error.stack?.split('\n').filter((line) => line.includes('    at ')) ?? [];
  const ours = frames.find((line) => !/node_modules|node:/.test(line)) ?? frames[0];
  const at = /([\w.-]+\.[cm]?[jt]s:\d+)/.exec(ours ?? '')?.[1];
  return { code: typeof code === 'string' ? code : error.name, ...(at === undefined ? {} : { at }) };
}
