import type { PixelFrame, WindowRange } from '../../images/index.ts';
import type { PanePlane } from '../geometry/pane-plane.ts';

/** One image as it is to be seen. */
export interface Picture {
  /** The same for the same pixels. */
  readonly key: string;
  readonly frame: PixelFrame;
  readonly view: PanePlane;
  readonly window: WindowRange;
  readonly isInverted: boolean;
}

/** Puts pictures into an element. Where they lie is said by `view` alone, so that what is drawn over them lies right. */
export interface Painter {
  paint(picture: Picture): void;
  clear(): void;
  dispose(): void;
}
