export { jsonLog, type Log, type LogFields, placeOf } from './log.ts';
