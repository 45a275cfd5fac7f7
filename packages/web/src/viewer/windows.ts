/** Windows: what is black and what is white. */
import { windowFromData } from '@promontory/core/pixels';
import type { FrameView, PixelFrame, WindowRange } from '../images/index.ts';

/** `auto`: by the pixels; `image`: as the image asks; the rest are shares of the range between, for MR has no fixed units. */
export const PRESETS = ['auto', 'image', 'fluid', 'soft', 'bone'] as const;
export type Preset = (typeof PRESETS)[number];

/** Where a preset begins and ends within the automatic window, as shares of its width. */
const SHARES: Readonly<Record<'fluid' | 'soft' | 'bone', readonly [number, number]>> = {
  // Bright fluid told apart: nothing but it is white.
  fluid: [0.1, 1.5],
  // Muscle, disc and ligament spread over the greys.
  soft: [0, 0.65],
  // Marrow and cortex: dark greys spread widest.
  bone: [0, 0.4],
};

const automatic = new WeakMap<PixelFrame, WindowRange>();

function automaticWindow(frame: PixelFrame): WindowRange {
  const known = automatic.get(frame);
  if (known !== undefined) return known;
  const made = frame.rgb === undefined ? windowFromData(frame.values) : { low: 0, high: 255 };
  automatic.set(frame, made);
  return made;
}

/** @param reference the frame of the series by whose pixels `auto` goes: one window for the whole series */
export function presetWindow(preset: Preset, view: FrameView, reference: PixelFrame): WindowRange {
  const auto = automaticWindow(reference);
  if (preset === 'auto') return auto;
  if (preset === 'image') return view.window ?? auto;
  const [from, to] = SHARES[preset];
  const width = auto.high - auto.low;
  return { low: auto.low + from * width, high: auto.low + to * width };
}

/** By a drag: to the right widens, downwards brightens less; as far as the pane is wide is twice the present width. */
export function draggedWindow({ low, high }: WindowRange, across: number, along: number): WindowRange {
  const width = Math.max(high - low, 1e-6);
  const wider = Math.max(width * 0.02, width * (1 + 2 * across));
  const centre = (low + high) / 2 + along * width;
  return { low: centre - wider / 2, high: centre + wider / 2 };
}
