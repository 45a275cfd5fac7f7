import { Fault } from '../fault/index.ts';

/** For tests: the fault that `run` raises. Anything else it raises, or nothing, fails the test. */
export function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('no fault was raised');
}
