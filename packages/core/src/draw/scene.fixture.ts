import type { Point2 } from '../geometry/index.ts';
import type { DiscLabel, Findings, Polygon, SpineOutline, VertebraLabel } from '../spine/index.ts';
import type { Scene } from './scene.ts';

const BODY_MM = { depth: 34, height: 26 };
const DISC_MM = 10;

/** Corners of an upright rectangle with points every 2 mm, so that it reads like a traced outline. */
function rectangle(u0: number, v0: number, width: number, height: number): Polygon {
  const corners: Point2[] = [
    [u0, v0],
    [u0 + width, v0],
    [u0 + width, v0 + height],
    [u0, v0 + height],
  ];
  return corners.flatMap((a, i) => {
    const b = corners[(i + 1) % 4];
    const steps = Math.max(1, Math.round(Math.hypot(b[0] - a[0], b[1] - a[1]) / 2));
    return Array.from(
      { length: steps },
      (_, k): Point2 => [a[0] + ((b[0] - a[0]) * k) / steps, a[1] + ((b[1] - a[1]) * k) / steps],
    );
  });
}

/** A straight column of boxes on a striped image, named like the discs of `findings`. */
export function buildScene(findings: Findings, millimetresValid = true): Scene {
  const columns = 200;
  const rows = 420;
  const data = Float32Array.from({ length: columns * rows }, (_, p) => 100 + ((p * 37) % 91));
  const labels = findings.vertebrae.map((v) => v.label as VertebraLabel);
  const step = BODY_MM.height + DISC_MM;
  const outline: SpineOutline = {
    plane: { originMm: [0, 0, 0], uAxis: [0, 1, 0], vAxis: [0, 0, -1] },
    millimetresValid,
    pixelMm: 0.8,
    bodies: labels.map((label, i) => ({
      label,
      outline: rectangle(60, 12 + i * step, BODY_MM.depth, BODY_MM.height),
    })),
    discs: findings.discs.map((d, i) => ({
      label: d.label as DiscLabel,
      outline: rectangle(60, 12 + i * step + BODY_MM.height, BODY_MM.depth, DISC_MM),
    })),
    sac: rectangle(100, 0, 14, 320),
  };
  return {
    slice: { data, inPlane: { columns, rows, spacingMm: [0.8, 0.8], originMm: [0, 0] } },
    outline,
    findings,
    source: { series: 'Sagittal T2', sliceNumber: 8, sliceCount: 15 },
  };
}
