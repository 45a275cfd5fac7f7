/** A Chromium of this machine, driven over its own protocol (Chrome DevTools Protocol): no package for it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const STARTS_MS = 30_000;
const ANSWERS_MS = 30_000;

export interface Chromium {
  send(method: string, params?: object): Promise<Record<string, never>>;
  /** Called for every event. */
  on(listener: (method: string, params: never) => void): void;
  /** The value of an expression in the page, as JSON. @throws Error where it throws there */
  run<Result>(expression: string): Promise<Result>;
  close(): Promise<void>;
}

/** @throws Error where there is none: `PROMONTORY_CHROMIUM` names one */
export async function openChromium(): Promise<Chromium> {
  const program = process.env.PROMONTORY_CHROMIUM ?? PLACES.find((path) => existsSync(path));
  if (program === undefined) throw new Error('There is no Chromium here; PROMONTORY_CHROMIUM names one.');
  const folder = mkdtempSync(join(tmpdir(), 'promontory-chromium-'));
  const args = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
    'about:blank',
  ];
  const child = spawn(program, args, { stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async () => {
    child.kill('SIGTERM');
    await Promise.race([gone, wait(5000)]);
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await portIn(join(folder, 'DevToolsActivePort'));
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = pages.find(({ type }) => type === 'page');
    if (page === undefined) throw new Error('Chromium has no page.');
    return await speakTo(page.webSocketDebuggerUrl, end);
  } catch (error) {
    await end();
    throw error;
  }
}

async function portIn(file: string): Promise<string> {
  for (const until = Date.now() + STARTS_MS; Date.now() < until; await wait(50)) {
    const [port] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [''];
    if (port !== undefined && port !== '') return port;
  }
  throw new Error('Chromium did not start.');
}

async function speakTo(url: string, end: () => Promise<void>): Promise<Chromium> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const waiting = new Map<number, (answer: { result?: never; error?: { message: string } }) => void>();
  const listeners: ((method: string, params: never) => void)[] = [];
  socket.addEventListener('message', ({ data }) => {
    const told = JSON.parse(String(data));
    if (told.id === undefined) for (const listener of listeners) listener(told.method, told.params as never);
    else waiting.get(told.id)?.(told);
  });
  let last = 0;
  const send: Chromium['send'] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      const id = last;
      const late = setTimeout(() => reject(new Error(`${method} was not answered.`)), ANSWERS_MS);
      waiting.set(id, ({ result, error }) => {
        clearTimeout(late);
        waiting.delete(id);
        if (error === undefined) resolve(result as unknown as Record<string, never>);
        else reject(new Error(`${method}: ${error.message}`));
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  return {
    send,
    on: (listener) => void listeners.push(listener),
    async run(expression) {
      const answer = (await send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      })) as unknown as {
        result: { value: never };
        exceptionDetails?: { exception?: { description?: string } };
      };
      if (answer.exceptionDetails !== undefined)
        throw new Error(answer.exceptionDetails.exception?.description ?? 'The page threw.');
      return answer.result.value;
    },
    async close() {
      socket.close();
      await end();
    },
  };
}
