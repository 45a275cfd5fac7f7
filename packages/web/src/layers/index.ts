export type { PaneProjection } from './projection.ts';
