export { Intake, type TakenIn } from './intake.ts';
export { DEFAULT_INPUT_LIMITS, HEAD_BYTES, type InputLimits } from './limits.ts';
export { type ItemOptions, readItem } from './read-item.ts';
