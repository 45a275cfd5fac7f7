"""Random views of a sample: geometry, then contrast. Everything on the CPU, in batches, from one seeded generator."""

import numpy as np
import torch
import torch.nn.functional as F

from segmentation.samples import CLASSES, Sample

HEIGHT, WIDTH = 256, 192
CENTRE_SIGMA = 3.0


def view(sample: Sample, rng: np.random.Generator, height: int = HEIGHT, width: int = WIDTH):
    """One random crop → image (H, W) float, allowed (H, W) bit mask, disc centres in crop pixels."""
    h, w = sample.image.shape
    angle = np.deg2rad(rng.normal(0, 7))
    zoom = np.exp(rng.normal(0, 0.14))
    stretch = np.exp(rng.normal(0, 0.05))
    # Centre the crop on something known: a labelled pixel, so that crops hold spine.
    known = sample.extra.get("known")
    if known is None:
        single = (sample.allowed & (sample.allowed - 1)) == 0
        known = np.argwhere(single & (sample.allowed != 1))
        sample.extra["known"] = known
    cy, cx = known[rng.integers(len(known))] if len(known) and rng.random() < 0.9 else (h / 2, w / 2)
    cy += rng.normal(0, 30)
    cx += rng.normal(0, 25)
    c, s = np.cos(angle), np.sin(angle)
    # Output pixel offset (dx, dy) → input offset.
    matrix = np.array([[c / zoom, -s / zoom], [s / zoom * stretch, c / zoom * stretch]])
    yy, xx = np.mgrid[:height, :width].astype(np.float32)
    dx, dy = xx - (width - 1) / 2, yy - (height - 1) / 2
    ix = cx + matrix[0, 0] * dx + matrix[0, 1] * dy
    iy = cy + matrix[1, 0] * dx + matrix[1, 1] * dy
    coarse = torch.from_numpy(rng.normal(0, 1, (1, 2, 7, 6)).astype(np.float32))
    bend = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)[0].numpy() * rng.uniform(0, 3.0)
    ix, iy = ix + bend[0], iy + bend[1]
    grid = torch.from_numpy(np.stack([(ix + 0.5) / w * 2 - 1, (iy + 0.5) / h * 2 - 1], -1).astype(np.float32))[None]
    image = torch.from_numpy(sample.image.astype(np.float32) / 255)[None, None]
    image = F.grid_sample(image, grid, align_corners=False, padding_mode="zeros")[0, 0]
    jx, jy = np.rint(ix).astype(int), np.rint(iy).astype(int)
    inside = (jx >= 0) & (jx < w) & (jy >= 0) & (jy < h)
    allowed = np.where(inside, sample.allowed[jy.clip(0, h - 1), jx.clip(0, w - 1)], 1).astype(sample.allowed.dtype)
    centres = None
    if sample.discs is not None:
        inverse = np.linalg.inv(matrix)
        centres = []
        for px, py in sample.discs:
            ox, oy = inverse @ np.array([px - cx, py - cy])
            x, y = ox + (width - 1) / 2, oy + (height - 1) / 2
            for _ in range(2):  # undo the bend, nearly
                bx = bend[:, int(np.clip(y, 0, height - 1)), int(np.clip(x, 0, width - 1))]
                ox, oy = inverse @ np.array([px - cx - bx[0], py - cy - bx[1]])
                x, y = ox + (width - 1) / 2, oy + (height - 1) / 2
            centres.append((x, y))
    return image, allowed, centres


def recontrast(image: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Random but plausible change of contrast: remap, shading, blur, noise, other window."""
    h, w = image.shape
    if rng.random() < 0.8:
        image = image.clamp(0, 1) ** float(np.exp(rng.normal(0, 0.35)))
    if rng.random() < 0.25:  # any smooth remap, inversion included
        knots = torch.from_numpy(np.clip(np.linspace(0, 1, 6) * rng.choice([1, 1, -1]) + rng.normal(0, 0.25, 6), -1, 1).astype(np.float32))
        knots = (knots - knots.min()) / (knots.max() - knots.min() + 1e-3)
        p = image.clamp(0, 1) * 5
        i = p.floor().clamp(0, 4).long()
        image = torch.lerp(knots[i], knots[i + 1], p - i)
    if rng.random() < 0.7:
        field = torch.from_numpy(rng.normal(0, 0.25, (1, 1, 3, 3)).astype(np.float32))
        image = image * F.interpolate(field, (h, w), mode="bicubic", align_corners=True)[0, 0].exp()
    if rng.random() < 0.3:
        sigma = rng.uniform(0.4, 1.2)
        k = torch.exp(-torch.arange(-3, 4).float() ** 2 / 2 / sigma**2)
        k = k / k.sum()
        image = F.conv2d(F.conv2d(image[None, None], k.view(1, 1, 7, 1), padding=(3, 0)), k.view(1, 1, 1, 7), padding=(0, 3))[0, 0]
    if rng.random() < 0.5:
        image = image + torch.from_numpy(rng.normal(0, rng.uniform(0.01, 0.08), (h, w)).astype(np.float32))
    return (image * rng.uniform(0.7, 1.4) + rng.normal(0, 0.05)).clamp(0, 1.2)


def centre_maps(centres, lowest, height: int, width: int) -> np.ndarray:
    yy, xx = np.mgrid[:height, :width].astype(np.float32)
    maps = np.zeros((2, height, width), np.float32)
    for i, (x, y) in enumerate(centres):
        if -10 < x < width + 10 and -10 < y < height + 10:
            spot = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / 2 / CENTRE_SIGMA**2)
            maps[0] = np.maximum(maps[0], spot)
            if i == lowest:
                maps[1] = spot
    return maps


def batch(samples: list[Sample], rng: np.random.Generator):
    images, masks, maps, known = [], [], [], []
    for sample in samples:
        image, allowed, centres = view(sample, rng)
        images.append(recontrast(image, rng))
        masks.append(torch.from_numpy(((allowed[None] >> np.arange(CLASSES)[:, None, None]) & 1).astype(np.float32)))
        maps.append(torch.from_numpy(centre_maps(centres or [], sample.lowest, *image.shape)))
        known.append(0.0 if centres is None else 1.0)
    return torch.stack(images)[:, None], torch.stack(masks), torch.stack(maps), torch.tensor(known)
