/** The reading from collected images to files: one function for the command line and for the workers. */
export type { ClosableRunner, ReadingPorts, Steps } from './ports.ts';
export { assemble, readCollected } from './read-collected.ts';
export { isEarlierResult, KEY_IMAGES, renderOutputs } from './render-outputs.ts';
