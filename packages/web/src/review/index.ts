export { SHORTCUTS } from './keys.ts';
export { ReportPanel } from './report-panel.tsx';
export { ReviewPanel } from './review-panel.tsx';
export { SavingState } from './saving-state.tsx';
export { StudyPanels } from './study-panels.tsx';
