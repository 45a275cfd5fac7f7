import { threadId } from 'node:worker_threads';
import { Fault } from '@promontory/core/fault';
import { handOver, serveTasks } from './serve-tasks.ts';

/** Tasks that behave and tasks that do not. */
serveTasks({
  echo: (payload: unknown) => payload,
  thread: () => threadId,
  async wait(ms: number) {
    await new Promise((done) => setTimeout(done, ms));
    return ms;
  },
  loop() {
    for (;;);
  },
  fault() {
    throw new Fault('TRUNCATED', 'the bytes end early', { offset: 7, tag: '(7FE0,0010)' });
  },
  bug() {
    throw new TypeError('DOE^JANE is not iterable');
  },
  number() {
    throw 5;
  },
  exit: () => process.exit(3),
  hoard() {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(100_000).fill({ n: kept.length }));
  },
  unclonable: () => () => 0,
  environment: () => Object.keys(process.env),
  filled(length: number) {
    const bytes = new Uint8Array(length).fill(9);
    return handOver({ bytes }, bytes);
  },
  print() {
    process.stdout.write('DOE^JANE\n');
    process.stderr.write('DOE^JANE\n');
    return 'printed';
  },
});
