export { WorklistPage } from './worklist-page.tsx';
