"""Resampling as `packages/core/src/geometry/resample.ts` does it: a centred grid, area where pixels grow, else bilinear."""

import numpy as np


def taps(inputs: int, ratio: float) -> np.ndarray:
    """(outputs, inputs) weights of one axis; an output pixel is `ratio` input pixels wide."""
    outputs = max(1, int(np.floor(inputs / ratio + 0.5)))
    start = (inputs - 1) / 2 - (outputs - 1) / 2 * ratio
    weights = np.zeros((outputs, inputs), np.float32)
    for o in range(outputs):
        centre = start + o * ratio
        if ratio > 1:
            low, high = max(0.0, centre + 0.5 - ratio / 2), min(float(inputs), centre + 0.5 + ratio / 2)
            for i in range(min(inputs - 1, int(low + 1e-9)), min(inputs, int(np.ceil(high)))):
                weights[o, i] = max(0.0, min(high, i + 1) - max(low, i)) / (high - low)
        else:
            held = min(inputs - 1.0, max(0.0, centre))
            f = min(int(held), max(0, inputs - 2))
            weights[o, f] = 1 - (held - f)
            if inputs > 1:
                weights[o, f + 1] = held - f
    return weights


def to_spacing(image: np.ndarray, pixel_mm: float, spacing_mm: float = 1.0) -> np.ndarray:
    """float32 slice on a grid of `spacing_mm` that covers the same rectangle."""
    ratio = spacing_mm / pixel_mm
    return taps(image.shape[0], ratio) @ image.astype(np.float32) @ taps(image.shape[1], ratio).T


def forward(point, size, out_size, pixel_mm: float, spacing_mm: float = 1.0):
    """Native pixel (x, y) → pixel of the resampled grid."""
    return tuple(((p - (n - 1) / 2) * pixel_mm / spacing_mm + (o - 1) / 2) for p, n, o in zip(point, size, out_size))


def backward(point, size, out_size, pixel_mm: float, spacing_mm: float = 1.0):
    """Pixel of the resampled grid → native pixel (x, y)."""
    return tuple(((p - (o - 1) / 2) * spacing_mm / pixel_mm + (n - 1) / 2) for p, n, o in zip(point, size, out_size))
