export type { Rasteriser } from './rasteriser.ts';
export { resvgRasteriser } from './resvg-rasteriser.ts';
