export { SHORTCUTS } from './keys.ts';
export { Viewer } from './viewer.tsx';
