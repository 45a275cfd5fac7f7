"""Draw a SPIDER slice with its annotation, so that a person can correct the coordinates.

    python -m annotate.show PATIENT [--file 12_t2.png] [--zoom x0 y0 x1 y1] [--plain] [--pass spider|second-pass] --out picture.png

Coordinates on the ticks are native pixels of the slice. Reads PROMONTORY_DATA; writes one PNG.
"""

import argparse
import json
import os
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

DATA = Path(os.environ.get("PROMONTORY_DATA", "../../shared/data"))
ANNOTATIONS = Path(__file__).parent.parent / "annotations"
COLOURS = {"body": (86, 180, 233), "disc": (240, 228, 66), "s1": (213, 94, 0), "sac": (0, 158, 115), "sacrum": (204, 121, 167), "posterior": (230, 159, 0)}


def annotation(patient: int, folder: str) -> dict:
    """Outlines of a patient; the bones behind and below, where they were drawn, with those of the first pass."""
    mark = {}
    for part in (folder, "bones") if folder == "spider" else (folder,):
        path = ANNOTATIONS / part / f"{patient}.json"
        if path.exists():
            mark |= json.loads(path.read_text())
    return mark


def grid(image: Image.Image, zoom, target_px: int = 1100):
    """A slice with a grid of native pixels → canvas, pen, and where a native point lies on the canvas."""
    x0, y0, x1, y1 = zoom or (0, 0, image.width, image.height)
    scale = target_px / max(x1 - x0, y1 - y0)
    view = image.crop((x0, y0, x1, y1)).resize((round((x1 - x0) * scale), round((y1 - y0) * scale)), Image.BICUBIC)
    margin = 34
    canvas = Image.new("RGB", (view.width + margin, view.height + margin), (0, 0, 0))
    canvas.paste(view, (margin, margin))
    pen = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(13)

    def at(point):
        return ((point[0] - x0 + 0.5) * scale + margin, (point[1] - y0 + 0.5) * scale + margin)

    step = next(s for s in (5, 10, 20, 25, 50, 100) if (max(x1 - x0, y1 - y0) / s) <= 22)
    for x in range((x0 // step + 1) * step, x1, step):
        pen.line([at((x, y0)), at((x, y1))], fill=(70, 70, 70), width=1)
        pen.text((at((x, 0))[0] - 10, 12), str(x), fill=(255, 255, 255), font=font)
    for y in range((y0 // step + 1) * step, y1, step):
        pen.line([at((x0, y)), at((x1, y))], fill=(70, 70, 70), width=1)
        pen.text((2, at((0, y))[1] - 7), str(y), fill=(255, 255, 255), font=font)
    return canvas, pen, at


def draw(path: Path, mark: dict | None, zoom) -> Image.Image:
    canvas, pen, at = grid(Image.open(path).convert("L"), zoom)
    if mark is None:
        return canvas
    width, height = Image.open(path).size
    size = mark.get("size")
    kx, ky = (width / size[0], height / size[1]) if size else (1, 1)
    font = ImageFont.load_default(13)

    def native(points):
        return [at((p[0] * kx, p[1] * ky)) for p in points]

    for name, kind in (("bodies", "body"), ("discOutlines", "disc")):
        for label, outline in mark.get(name, {}).items():
            points = native(outline)
            pen.line(points + points[:1], fill=COLOURS[kind], width=2)
    for kind in ("s1", "sac"):
        if mark.get(kind):
            points = native(mark[kind])
            pen.line(points + points[:1], fill=COLOURS[kind], width=2)
    for kind in ("sacrum", "posterior"):
        for outline in mark.get(kind, []):
            points = native(outline)
            pen.line(points + points[:1], fill=COLOURS[kind], width=2)
    for i, point in enumerate(native(mark.get("discs", []))):
        pen.ellipse([point[0] - 4, point[1] - 4, point[0] + 4, point[1] + 4], outline=(255, 0, 0), width=2)
        pen.text((point[0] + 7, point[1] - 7), str(i + 1), fill=(255, 80, 80), font=font)
    if mark.get("s1PosteriorSuperior"):
        (x, y) = native([mark["s1PosteriorSuperior"]])[0]
        pen.line([x - 7, y, x + 7, y], fill=(255, 0, 255), width=2)
        pen.line([x, y - 7, x, y + 7], fill=(255, 0, 255), width=2)
    return canvas


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patient", type=int)
    parser.add_argument("--file")
    parser.add_argument("--zoom", type=int, nargs=4)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--out", required=True)
    parser.add_argument("--pass", dest="folder", default="spider", choices=("spider", "second-pass"))
    options = parser.parse_args()
    mark = annotation(options.patient, options.folder)
    file = options.file or mark.get("file")
    if not file:
        file = next(f for c in ("t2", "t1", "t2_SPACE") if (DATA / "spider" / "images" / (f := f"{options.patient}_{c}.png")).exists())
    draw(DATA / "spider" / "images" / file, None if options.plain else mark, options.zoom).save(options.out)
