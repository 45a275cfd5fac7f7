export { flushFolder, isAbsent, isFull, isOfSystem, writeAll, writeDurably } from './durable.ts';
