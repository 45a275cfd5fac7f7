import { readFileSync } from 'node:fs';

/** Memory of a process that is its own, MiB; Linux. */
export function rssMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

/** Looks every 100 ms. @returns what ends it and gives the highest */
export function watchMemory(pid: number): () => number {
  let peak = rssMib(pid);
  const look = () => {
    peak = Math.max(peak, rssMib(pid));
  };
  const timer = setInterval(look, 100);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}
