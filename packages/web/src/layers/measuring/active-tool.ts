/** Which tool is in the hand, and what is chosen: the same in every pane. */
import type { MeasuringTool } from '@promontory/core/review';
import { shared, useShared } from '../store.ts';

export interface ActiveTool {
  readonly tool?: MeasuringTool;
  choose(tool: MeasuringTool | undefined): void;
}

const activeTool = shared<MeasuringTool | undefined>(undefined);

export function chooseTool(tool: MeasuringTool | undefined): void {
  activeTool.set(tool);
  if (tool !== undefined) selected.set(undefined);
}
export const currentTool = (): MeasuringTool | undefined => activeTool.get();

export function useActiveTool(): ActiveTool {
  const tool = useShared(activeTool);
  return { ...(tool !== undefined && { tool }), choose: chooseTool };
}

/** The measurement that keys act on, by its first mark; it stays the same when the measurement is moved or renamed. */
const selected = shared<string | undefined>(undefined);
export const selectMeasurement = (firstMarkId: string | undefined): void => selected.set(firstMarkId);
export const selectedMeasurement = (): string | undefined => selected.get();
export const useSelectedMeasurement = (): string | undefined => useShared(selected);

export const TOOL_KEYS: Readonly<Record<string, MeasuringTool>> = {
  l: 'length',
  a: 'angle',
  c: 'cobb',
  q: 'ellipse',
  p: 'area',
  s: 'slip',
  d: 'canal-diameter',
};
