export { personName, plainText } from './plain-text.ts';
export { Busy, Empty, Problem } from './states.tsx';
