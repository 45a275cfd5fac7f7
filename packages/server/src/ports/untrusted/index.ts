/**
 * Untrusted bytes are parsed, decoded and drawn in threads that can be killed.
 *
 *     const pool = new UntrustedPool({ module: new URL('./tasks.ts', import.meta.url) });
 *     const entry = await pool.run<Entry>('index', { bytes }, { transfer: [bytes.buffer], lane: identity.actor });
 */
export { PoolBusy, TaskLimitReached, WorkerFailed } from './errors.ts';
export { Lanes } from './lanes.ts';
export { type PoolOptions, type RunOptions, UntrustedPool } from './pool.ts';
export { handOver, serveTasks, type Task } from './serve-tasks.ts';
