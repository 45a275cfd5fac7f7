"""The segmenter on one slice: classes, disc centres, and each structure's outline. Mirrors packages/core/src/reading."""

from dataclasses import dataclass, field

import numpy as np
import torch
from scipy import ndimage
from skimage import measure

from segmentation.samples import BODY, CLASSES, DISC, S1, SAC


@dataclass
class Spine2D:
    """Outlines are (x, y) pixels of the 1 mm slice; discs and bodies are listed lowest first."""

    probabilities: np.ndarray
    discs: list[tuple[float, float]] = field(default_factory=list)
    lowest_score: float = 0.0
    disc_outlines: list[np.ndarray | None] = field(default_factory=list)
    bodies: list[np.ndarray | None] = field(default_factory=list)
    s1: np.ndarray | None = None
    sac: np.ndarray | None = None


def infer(net: torch.nn.Module, image: np.ndarray) -> np.ndarray:
    """uint8 slice at 1 mm → (7, H, W): class probabilities, then the two centre maps."""
    h, w = image.shape
    padded = np.zeros(((h + 15) // 16 * 16, (w + 15) // 16 * 16), np.float32)
    padded[:h, :w] = image / np.float32(255)
    with torch.no_grad():
        output = net(torch.from_numpy(padded)[None, None])[0, :, :h, :w]
    return torch.cat([output[:CLASSES].softmax(0), output[CLASSES:].sigmoid()]).numpy()


def peaks(score: np.ndarray, threshold: float, apart: float) -> list[tuple[float, float, float]]:
    smooth = ndimage.gaussian_filter(score, 1.0)
    top = (smooth == ndimage.maximum_filter(smooth, size=7)) & (smooth > threshold)
    found = sorted(((smooth[y, x], x, y) for y, x in np.argwhere(top)), reverse=True)
    kept: list[tuple[float, float, float]] = []
    for s, x, y in found:
        if all(np.hypot(x - a, y - b) >= apart for a, b, _ in kept):
            kept.append((float(x), float(y), float(s)))
    return kept


def chain(all_peaks, lowest) -> list[tuple[float, float]]:
    """Discs from the lowest upward: each next one is the nearest peak above, along the present direction."""
    x, y = lowest
    discs = [(x, y)]
    direction, bend = np.array([0.0, -1.0]), 0.2  # the sacrum may lie nearly level: the first step may go far forward
    rest = [(a, b) for a, b, _ in all_peaks]
    while True:
        best = None
        for a, b in rest:
            d = np.array([a - discs[-1][0], b - discs[-1][1]])
            r = np.hypot(*d)
            if 14 <= r <= 60 and d @ direction / r > bend and (best is None or r < best[0]):
                best = (r, a, b)
        if best is None:
            return discs
        step = np.array([best[1] - discs[-1][0], best[2] - discs[-1][1]])
        direction, bend = step / np.hypot(*step), 0.7
        discs.append((best[1], best[2]))


def largest_outline(score: np.ndarray, region: np.ndarray) -> np.ndarray | None:
    inside = np.where(region, score, 0.0)
    inside = np.pad(inside, 1)
    contours = measure.find_contours(inside, 0.5)
    if not contours:
        return None
    best = max(contours, key=lambda c: abs(polygon_area(c)))
    if abs(polygon_area(best)) < 12:
        return None
    return best[:-1, ::-1] - 1.0


def polygon_area(points: np.ndarray) -> float:
    a, b = points[:, 0], points[:, 1]
    return 0.5 * float(np.dot(a, np.roll(b, -1)) - np.dot(b, np.roll(a, -1)))


def partition(mask: np.ndarray, seeds: list[tuple[float, float]], radius: float) -> np.ndarray:
    """Split a mask among seeds by distance within the mask; 0 where no seed reaches."""
    markers = np.zeros(mask.shape, np.int32)
    yy, xx = np.mgrid[: mask.shape[0], : mask.shape[1]]
    for i, (x, y) in enumerate(seeds):
        markers[mask & (np.hypot(xx - x, yy - y) <= radius)] = i + 1
    front = markers.copy()
    cross = ndimage.generate_binary_structure(2, 1)
    while True:
        grown = ndimage.grey_dilation(front, footprint=cross)
        new = np.where((front == 0) & mask, grown, front)
        if (new == front).all():
            return front
        front = new


def assemble(output: np.ndarray) -> Spine2D:
    p, maps = output[:CLASSES], output[CLASSES:]
    spine = Spine2D(p)
    found = peaks(maps[0], 0.2, 9.0)
    lowest = peaks(maps[1], 0.05, 9.0)
    if not found:
        return spine
    if lowest:
        spine.lowest_score = lowest[0][2]
        start = min(found, key=lambda f: np.hypot(f[0] - lowest[0][0], f[1] - lowest[0][1]))[:2]
    else:
        start = max(found, key=lambda f: f[1])[:2]
    spine.discs = chain(found, start)
    foreground = p.argmax(0)
    disc_parts = partition(foreground == DISC, spine.discs, 4.0)
    middles = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(spine.discs, spine.discs[1:])]
    if len(spine.discs) > 1:
        (a, b), (c, d) = spine.discs[-2:]
        middles.append((c + (c - a) / 2, d + (d - b) / 2))
    body_parts = partition(foreground == BODY, middles, 6.0)
    for i in range(len(spine.discs)):
        region = ndimage.binary_dilation(disc_parts == i + 1) & ((disc_parts == 0) | (disc_parts == i + 1))
        spine.disc_outlines.append(largest_outline(p[DISC], region))
    for i in range(len(middles)):
        region = ndimage.binary_dilation(body_parts == i + 1) & ((body_parts == 0) | (body_parts == i + 1))
        spine.bodies.append(largest_outline(p[BODY], region))
    spine.s1 = largest_outline(p[S1], np.ones(p[S1].shape, bool))
    spine.sac = largest_outline(p[SAC], np.ones(p[SAC].shape, bool))
    return spine
