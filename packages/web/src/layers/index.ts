export { SHORTCUTS } from './layer-keys.ts';
export { Layers } from './layers.tsx';
export { type ActiveTool, useActiveTool } from './measuring/active-tool.ts';
export { MeasurementList } from './measuring/measurement-list.tsx';
export { STRUCTURES, STYLE, type Structure, structureOf } from './overlay/structures.ts';
export type { PaneProjection } from './projection.ts';
export { LayerTools, OverlayControls } from './tool-bar.tsx';
