export { Fault, type FaultCode, isFault } from './fault.ts';
export type { Warning, WarningCode } from './warning.ts';
