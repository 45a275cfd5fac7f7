import type { Ports } from './ports.ts';

export interface Progress {
  step(what: string, done?: number, total?: number): void;
  /** Removes the line, before anything else is written. */
  end(): void;
}

const BAR = 20;
const ERASE_LINE = '\r\u001b[2K';

/** One line on the terminal that says what is being done; silent where nobody looks. */
export function startProgress(ports: Pick<Ports, 'err' | 'errIsTerminal'>, quiet: boolean): Progress {
  if (quiet || !ports.errIsTerminal) return { step: () => {}, end: () => {} };
  let shown = '';
  return {
    step(what, done, total) {
      const share = done !== undefined && total !== undefined && total > 1 ? done / total : undefined;
      const bar =
        share === undefined
          ? ''
          : ` ${'█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░')} ${done}/${total}`;
      const line = `${what} …${bar}`;
      if (line !== shown) ports.err(`${ERASE_LINE}${line}`);
      shown = line;
    },
    end() {
      if (shown !== '') ports.err(ERASE_LINE);
      shown = '';
    },
  };
}
