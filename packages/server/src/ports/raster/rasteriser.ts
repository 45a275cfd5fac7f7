/** Turns a self-contained SVG into pixels. Every adapter draws lettering with the bundled font, never the system's. */
export interface Rasteriser {
  /**
   * @param svg with all images inside as data URIs
   * @param options.widthPx width of the result; the SVG's own width if absent
   * @returns a PNG file
   * @throws Fault `MALFORMED` if the text is not an SVG, `LIMIT_EXCEEDED` if the result would be larger than the cap
   */
  toPng(svg: string, options?: { readonly widthPx?: number }): Uint8Array;
}
