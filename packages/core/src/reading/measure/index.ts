export { type DiscView, discView } from './disc-view.ts';
export { type BandScores, type EndplateBands, endplateBands, modicRule } from './endplate-bands.ts';
export { readSignals, type SignalImages } from './read-signals.ts';
export { pixelsInside, quantile } from './sampling.ts';
