"""Draw an axial slice with its annotation, so that a person can correct the coordinates.

    python -m annotate.axial train-a-0000 [--zoom x0 y0 x1 y1] [--plain] --out picture.png

A slice of `mendeley-slices` goes by its name, one of the stack of `axial-muscle` by axial-muscle-00 to -19, from below
upward. Coordinates on the ticks are native pixels. Reads PROMONTORY_DATA; writes one PNG.
"""

import argparse
import json

import nibabel
import numpy as np
from PIL import Image

from annotate.show import ANNOTATIONS, DATA, grid

STACK = "axial-muscle-"

COLOURS = {
    "sac": (0, 158, 115), "disc": (240, 228, 66), "body": (86, 180, 233), "facets": (213, 94, 0),
    "ligamentumFlavum": (255, 255, 255), "psoas": (0, 114, 178), "multifidus": (230, 159, 0), "erectorSpinae": (204, 121, 167),
}  # fmt: skip


def outlines(mark: dict):
    """(structure, polygon) of an annotation; paired structures give two."""
    for kind in COLOURS:
        value = mark.get(kind)
        for polygon in value.values() if isinstance(value, dict) else [value] if value else []:
            yield kind, polygon


def picture(name: str) -> Image.Image:
    """An axial slice, 8 bits, front up; the patient's right on the left of the stack's pictures."""
    if not name.startswith(STACK):
        return Image.open(DATA / "mendeley-slices" / f"{name}.png").convert("L")
    volume = np.asarray(nibabel.load(DATA / "axial-muscle" / "axial_t2.nii.gz").dataobj, np.float32)
    slice_ = volume[:, :, int(name.removeprefix(STACK))].T
    return Image.fromarray(np.clip(slice_ / np.percentile(slice_, 99.5) * 255, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--zoom", type=int, nargs=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    image = picture(options.name)
    if options.name.startswith(STACK):  # its coil leaves the front dark
        image = image.point(lambda value: round(255 * (value / 255) ** 0.6))
    canvas, pen, at = grid(image, options.zoom)
    path = ANNOTATIONS / "axial" / f"{options.name}.json"
    if not options.plain and path.exists():
        for kind, polygon in outlines(json.loads(path.read_text())):
            points = [at(p) for p in polygon]
            pen.line(points + points[:1], fill=COLOURS[kind], width=2)
    canvas.save(options.out)
