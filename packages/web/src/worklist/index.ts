export { SHORTCUTS } from './shortcuts.ts';
export { WorklistPage } from './worklist-page.tsx';
