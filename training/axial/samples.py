"""Training and test slices of the axial segmenter: our outlines on axial slices, as classes per pixel."""

import json
from pathlib import Path

import nibabel
import numpy as np

import data
import resample
from annotate.axial import STACK, outlines, picture
from segmentation.samples import Sample, polygon_mask, to_uint8

#: Pixel size that the network works at, mm.
SPACING_MM = 0.75
#: `mendeley-slices` state none. Their 44 outlined discs are 78 pixels wide on average; 51 mm is usual.
ASSUMED_PIXEL_MM = 0.65
STACK_PIXEL_MM = 0.9375
PHANTOM_PIXEL_MM = 0.5625
CLASS_NAMES = ("background", "sac", "disc", "body", "facets", "ligamentumFlavum", "psoas", "multifidus", "erectorSpinae")
CLASSES = len(CLASS_NAMES)
#: Painted in this order: where two outlines overlap by a pixel, the smaller structure wins.
ORDER = ("psoas", "erectorSpinae", "multifidus", "body", "disc", "facets", "ligamentumFlavum", "sac")
#: Slices never trained on: all that by likeness show one person (annotations/axial-held-out.json).
HELD_OUT = frozenset(json.loads((data.ANNOTATIONS / "axial-held-out.json").read_text())["slices"])
#: Labels of `axial-muscle`, by another author: the two sides of psoas, quadratus lumborum, multifidus, erector spinae.
STACK_MUSCLES = {"multifidus": (1, 2), "erectorSpinae": (3, 4), "psoas": (5, 6)}


def names() -> list[str]:
    return sorted(p.stem for p in (data.ANNOTATIONS / "axial").glob("*.json"))


def load(name: str, pixel_mm: float) -> Sample:
    """A slice at the working spacing; `extra` holds its annotation and `classes`, the class of each pixel."""
    mark = json.loads((data.ANNOTATIONS / "axial" / f"{name}.json").read_text())
    native = np.asarray(picture(name))
    size = native.shape[::-1]
    image = to_uint8(resample.to_spacing(native, pixel_mm, SPACING_MM))
    classes = np.zeros(image.shape, np.uint8)
    for wanted in ORDER:
        for kind, polygon in outlines(mark):
            if kind == wanted:
                points = [resample.forward(p, size, image.shape[::-1], pixel_mm, SPACING_MM) for p in polygon]
                classes[polygon_mask(classes.shape, points)] = CLASS_NAMES.index(kind)
    allowed = np.left_shift(np.uint16(1), classes.astype(np.uint16))
    return Sample(image, allowed, "axial", name, name=name, extra={"mark": mark, "classes": classes})


def training_samples() -> list[Sample]:
    return [load(n, ASSUMED_PIXEL_MM) for n in names() if n not in HELD_OUT and not n.startswith(STACK)]


def phantom_samples() -> list[Sample]:
    """Slices of `scripts/phantom-axial.ts`: sac, disc and body are known; all else is only known to be none of these."""
    folder = data.WORK / "phantom-axial"
    if not (folder / "images.npy").exists():
        return []
    index = CLASS_NAMES.index
    rest = sum(1 << i for i, name in enumerate(CLASS_NAMES) if name not in ("sac", "disc", "body"))
    # By the phantom's kinds: background, body, disc, S1, sac, sacrum, posterior marrow.
    allowed_of = np.array([rest, *(1 << index(n) for n in ("body", "disc", "body", "sac", "body")), rest], np.uint16)
    samples = []
    for i, (image, kinds) in enumerate(zip(np.load(folder / "images.npy"), np.load(folder / "labels.npy"))):
        resampled = resample.to_spacing(image, PHANTOM_PIXEL_MM, SPACING_MM)
        rows, columns = (
            np.rint([resample.backward((j, j), (n, n), (o, o), PHANTOM_PIXEL_MM, SPACING_MM)[0] for j in range(o)]).astype(int).clip(0, n - 1)
            for n, o in zip(kinds.shape, resampled.shape)
        )
        samples.append(Sample(to_uint8(resampled), allowed_of[kinds[np.ix_(rows, columns)]], "phantom", f"phantom-{i}", name=f"phantom:{i}"))
    return samples


def held_out_samples() -> list[Sample]:
    return [load(n, ASSUMED_PIXEL_MM) for n in names() if n in HELD_OUT]


def stack_samples() -> list[Sample]:
    """Slices of the stack that pass a disc or a lumbar body: below, the product reads nothing."""
    stack = [load(n, STACK_PIXEL_MM) for n in names() if n.startswith(STACK)]
    return [s for s in stack if s.extra["mark"]["passes"] != "sacrum"]


def stack_muscles(name: str) -> dict[str, np.ndarray]:
    """Muscle masks of a slice of the stack, by its other author, on its native grid."""
    labels = np.asarray(nibabel.load(data.DATA / "axial-muscle" / "axial_t2_muscles.nii.gz").dataobj)
    slice_ = labels[:, :, int(Path(name).name.removeprefix(STACK))].T
    return {muscle: np.isin(slice_, values) for muscle, values in STACK_MUSCLES.items()}
