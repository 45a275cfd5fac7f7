"""Training samples of the sagittal segmenter: slices at 1 mm with what is known about each pixel.

Classes: 0 background, 1 vertebral body, 2 disc, 3 body of S1, 4 dural sac, 5 sacral bodies below S1, 6 posterior elements
(laminae, articular and spinous processes, median sacral crest). What is known differs by source, so each
pixel carries the set of classes it may be (a bit mask); the loss asks only that the model put its probability
into that set. A source that is silent about the sac thus never teaches that there is none.
"""

import json
import pickle
from dataclasses import dataclass, field

import nibabel
import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage.morphology import convex_hull_image, disk

import data
import resample

SPACING_MM = 1.0
BACKGROUND, BODY, DISC, S1, SAC, SACRUM, POSTERIOR = range(7)
CLASSES = 7
ANY = (1 << CLASSES) - 1


def bits(*classes: int) -> int:
    return sum(1 << c for c in classes)


#: Background to a source that says nothing of sacrum and posterior elements.
ELSEWHERE = bits(BACKGROUND, SACRUM, POSTERIOR)


@dataclass
class Sample:
    image: np.ndarray  # uint8, 1 mm pixels, head up, front on the left
    allowed: np.ndarray  # uint8 bit mask of the classes each pixel may be
    source: str
    person: str
    #: Disc centres (x, y) in pixels; `None` where the sample does not say where all discs are.
    discs: list[tuple[float, float]] | None = None
    #: Index into `discs` of the lowest disc (above S1); `None` where unknown.
    lowest: int | None = None
    name: str = ""
    extra: dict = field(default_factory=dict)


def to_uint8(slice_: np.ndarray) -> np.ndarray:
    low, high = np.percentile(slice_, [0.5, 99.5])
    return np.clip((slice_ - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)


def gaps(labels: np.ndarray, order: list[int]) -> np.ndarray:
    """Disc mask between neighbouring bodies: the hull of their facing halves, minus all bodies."""
    mask = np.zeros(labels.shape, bool)
    for upper, lower in zip(order, order[1:]):
        halves = np.zeros(labels.shape, bool)
        u, l = np.argwhere(labels == upper), np.argwhere(labels == lower)
        axis = l.mean(0) - u.mean(0)
        axis /= np.linalg.norm(axis)
        for points, sign in ((u, 1), (l, -1)):
            facing = points[(points - points.mean(0)) @ axis * sign > 0]
            halves[tuple(facing.T)] = True
        mask |= ndimage.binary_opening(convex_hull_image(halves) & (labels == 0))
    return mask


def volume_samples() -> list[Sample]:
    """Slices of every volume that may be trained on; kept in the work folder, since the hulls take half a minute."""
    kept = data.WORK / "volume-samples.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    samples = []
    for path in sorted((data.DATA / "volumes").glob("VB*_img.nii.gz")):
        name = path.name[:6]
        if name not in data.VOLUMES_HELD_OUT:
            samples += slices_of_volume(name)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(samples))
    return samples


#: A slice whose bodies cover less of it than this, against the fullest slice, lies beside the canal.
BESIDE_CANAL = 0.4
#: Below this many pixels of a body a slice says too little to span a disc from it.
LEAST_BODY = 60


def slices_of_volume(name: str) -> list[Sample]:
    """Every slice, those beside the bodies too: what lies there is no body, and the model must know that.

    VB1's labels are rounded meshes that leave out the sides of bodies which the image shows: of it only the slices that
    show most of the bodies.
    """
    folder = data.DATA / "volumes"
    image = np.asarray(nibabel.load(folder / f"{name}_img.nii.gz").dataobj, np.float32)
    labels = np.asarray(nibabel.load(folder / f"{name}_seg.nii.gz").dataobj).astype(np.uint8)
    order = sorted((int(v) for v in np.unique(labels) if v), key=lambda v: np.argwhere(labels == v)[:, 0].mean())
    has_s1 = name.startswith("VB1")
    # Of the slices that lie 2 mm apart every second one is enough.
    step = 2 if name.startswith("VB2") else 1
    rows_of = {v: np.argwhere(labels == v)[:, 0] for v in order}
    areas = (labels > 0).sum((0, 1))
    middle = int(areas.argmax())
    found = {}
    for towards in (1, -1):
        inner: dict[tuple[int, int], np.ndarray] = {}
        for k in range(middle, labels.shape[2] if towards > 0 else -1, towards):
            allowed, inner = allowed_of_slice(labels[:, :, k], order, rows_of, has_s1, areas[k] < BESIDE_CANAL * areas.max(), inner)
            found[k] = allowed
    return [
        Sample(to_uint8(image[:, :, k]), found[k], name[:3], name, name=f"{name}:{k}")
        for k in sorted(found)
        if k % step == 0 and not (has_s1 and areas[k] < 0.6 * areas.max())
    ]


def allowed_of_slice(here, order, rows_of, has_s1: bool, beside_canal: bool, inner):
    """Allowed classes of one slice, and its discs by their bodies; `inner` holds those of the neighbour nearer the middle."""
    background = ELSEWHERE if beside_canal else ELSEWHERE | bits(SAC)
    allowed = np.full(here.shape, background, np.uint8)
    # Beyond the outermost labelled bodies the source is silent.
    present = [v for v in order if (here == v).sum() >= LEAST_BODY]

    def mean_row(v: int) -> int:
        return int((np.argwhere(here == v)[:, 0] if v in present else rows_of[v]).mean())

    allowed[: mean_row(order[0])] = ANY
    if not has_s1:
        allowed[mean_row(order[-1]) :] = ANY
    discs = {}
    for pair in zip(order, order[1:]):
        if all(v in present for v in pair):
            discs[pair] = gaps(here, list(pair))
            allowed[discs[pair]] = bits(DISC)
            edge = ndimage.binary_dilation(discs[pair]) & ~discs[pair] & (here == 0)
            allowed[edge] |= bits(DISC)
        elif pair in inner:
            # The disc may reach a little farther than the bodies.
            allowed[ndimage.binary_dilation(inner[pair]) & (here == 0)] |= bits(DISC)
    for v in order:
        allowed[here == v] = bits(S1 if has_s1 and v == order[-1] else BODY)
    return allowed, discs


#: Who the slices of `spider-vertebra-masks` show, by the README beside them.
MASK_PATIENTS = {
    10008: 105, 10009: 106, 10010: 106, 10014: 108, 10015: 108, 10016: 109, 10019: 10, 10025: 113, 10026: 113,
    10029: 116, 10030: 116, 10031: 117,
}  # fmt: skip
#: What an opening of this radius, mm, leaves of a whole vertebra is body; pedicles and processes are narrower.
BODY_CORE_MM = 7


def vertebra_mask_samples() -> list[Sample]:
    """Para-sagittal SPIDER slices with whole vertebrae: bodies are their thick parts, posterior elements their narrow ones."""
    by_size = {
        (int(r["patient"]), int(r["width_px"]), int(r["height_px"])): data.pixel_mm(r) for r in data.spider_series().values()
    }
    core_of = disk(BODY_CORE_MM)
    samples = []
    for path in sorted((data.DATA / "spider-vertebra-masks" / "images").glob("*.png")):
        patient = MASK_PATIENTS[int(path.stem.split("_")[0])]
        native = np.asarray(Image.open(path).convert("L"))
        pixel_mm = by_size.get((patient, native.shape[1], native.shape[0]))
        if patient in data.LOCKED or pixel_mm is None or (native > 0).mean() < 0.3:
            continue
        colours = np.asarray(Image.open(data.DATA / "spider-vertebra-masks" / "masks" / path.name).convert("RGB"))
        image = to_uint8(resample.to_spacing(native, pixel_mm))
        vertebrae = []
        for colour in np.unique(colours.reshape(-1, 3), axis=0):
            if colour.any():
                vertebrae.append(resample.to_spacing((colours == colour).all(2).astype(np.float32), pixel_mm) > 0.5)
        whole = np.any(vertebrae, 0)
        if not whole.any():
            continue
        centres = [np.argwhere(v)[:, 0].mean() for v in vertebrae if v.any()]
        # The sacrum is no vertebra of theirs, and its crest is a posterior element of ours.
        allowed = np.full(image.shape, ANY & ~bits(BODY, POSTERIOR), np.uint8)
        allowed[: int(min(centres))] = ANY
        allowed[int(max(centres)) :] |= bits(POSTERIOR)
        for vertebra in vertebrae:
            core = ndimage.binary_opening(vertebra, core_of)
            near = ndimage.binary_dilation(core, core_of)
            allowed[vertebra] = bits(POSTERIOR)
            allowed[vertebra & near] = bits(POSTERIOR, BODY)
            allowed[core] = bits(BODY)
        samples.append(Sample(image, allowed, "masks", f"spider-{patient}", name=f"masks:{path.stem}"))
    return samples


def polygon_mask(shape: tuple[int, int], points) -> np.ndarray:
    """Pixels whose centre lies inside a closed polygon of (x, y) points in pixel coordinates."""
    canvas = Image.new("L", (shape[1] * 4, shape[0] * 4))
    ImageDraw.Draw(canvas).polygon([((x + 0.5) * 4, (y + 0.5) * 4) for x, y in points], fill=255)
    return np.asarray(canvas.resize((shape[1], shape[0]), Image.BOX)) > 127


@dataclass
class Slice:
    """A SPIDER slice at 1 mm, and how native pixels lie on it."""

    image: np.ndarray
    size: tuple[int, int]
    pixel_mm: float

    def at(self, point, size=None) -> tuple[float, float]:
        """Native pixel (x, y), of an image of `size` with the same field of view if given → pixel at 1 mm."""
        if size is not None:
            point = [(p + 0.5) * n / s - 0.5 for p, n, s in zip(point, self.size, size)]
        return resample.forward(point, self.size, self.image.shape[::-1], self.pixel_mm)

    def native(self, point) -> tuple[float, float]:
        return resample.backward(point, self.size, self.image.shape[::-1], self.pixel_mm)


def load_spider(row: dict[str, str]) -> Slice:
    native = np.asarray(Image.open(data.DATA / "spider" / "images" / row["file"]).convert("L"))
    pixel_mm = data.pixel_mm(row)
    return Slice(to_uint8(resample.to_spacing(native, pixel_mm)), native.shape[::-1], pixel_mm)


def boxes_by_file() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in data.rows("spider", "disc_boxes.csv"):
        found.setdefault(row["file"], []).append(row)
    return found


#: Boxes of another plane, of an upright picture of a slice stored upside down, or counted from the wrong disc.
WRONG_BOXES = {"57_t1.png", "57_t2.png", "89_t2.png", "34_t2_SPACE.png", "69_t2_SPACE.png", "191_t2_SPACE.png"}


def box_samples() -> list[Sample]:
    """SPIDER slices of which only disc boxes are known: the boxes' cores are disc, outside all boxes nothing is."""
    series = data.spider_series()
    samples = []
    for file, boxes in boxes_by_file().items():
        patient = int(series[file]["patient"])
        known = data.spider_annotation(patient).get("file")
        shown = known is not None and (file == known or file in companions(known))
        if patient in data.LOCKED or shown or file in WRONG_BOXES or boxes[0]["complete"] != "1":
            continue
        slice_ = load_spider(series[file])
        image = slice_.image
        allowed = np.full(image.shape, ANY & ~bits(DISC), np.uint8)
        yy, xx = np.mgrid[: image.shape[0], : image.shape[1]]
        boxes.sort(key=lambda b: int(b["disc_from_lowest_box"]))
        centres = []
        for box in boxes:
            x0, y0 = slice_.at((float(box["x0"]), float(box["y0"])))
            x1, y1 = slice_.at((float(box["x1"]), float(box["y1"])))
            allowed[max(0, int(y0) - 2) : int(y1) + 3, max(0, int(x0) - 2) : int(x1) + 3] = ANY
            cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
            centres.append((cx, cy))
        for cx, cy in centres:
            allowed[np.hypot(xx - cx, yy - cy) <= 2.0] = bits(DISC)
        # Midway between two neighbouring disc centres lies a body.
        for (ax, ay), (bx, by) in zip(centres, centres[1:]):
            allowed[np.hypot(xx - (ax + bx) / 2, yy - (ay + by) / 2) <= 5.0] = bits(BODY)
        samples.append(Sample(image, allowed, "boxes", f"spider-{patient}", centres, 0, name=file))
    return samples


def companions(file: str) -> dict[str, tuple[float, float]]:
    """Series of the same patient whose slice shows the same plane (training/annotations/companions.json), with their shift."""
    patient = file.split("_")[0]
    table = json.loads((data.ANNOTATIONS / "companions.json").read_text())
    return {
        other: (row["dxMm"], row["dyMm"])
        for other, row in table.items()
        if other.split("_")[0] == patient and f"{patient}_{row['base']}.png" == file
    }


def annotated_samples(patients=None) -> list[Sample]:
    """SPIDER slices with our own outlines, on every series whose slice shows the same plane."""
    series = data.spider_series()
    samples = []
    for path in sorted((data.ANNOTATIONS / "spider").glob("*.json")):
        patient = int(path.stem)
        if (patient in data.LOCKED) if patients is None else (patient not in patients):
            continue
        mark = data.spider_annotation(patient)
        marked = load_spider(series[mark["file"]])
        for file, (dx, dy) in {mark["file"]: (0.0, 0.0), **companions(mark["file"])}.items():
            slice_ = load_spider(series[file])
            image = slice_.image
            # Both slices' 1 mm grids share their centre, up to the shift found by correlation.
            cx = (image.shape[1] - marked.image.shape[1]) / 2 - dx
            cy = (image.shape[0] - marked.image.shape[0]) / 2 - dy

            def at(point):
                x, y = marked.at(point)
                return x + cx, y + cy

            def fill(outline, class_):
                allowed[polygon_mask(allowed.shape, [at(p) for p in outline])] = bits(class_)

            complete = bool(mark.get("bodies"))
            bones = data.spider_annotation(patient, "bones")
            background = bits(BACKGROUND) if bones else ELSEWHERE
            allowed = np.full(image.shape, background if complete else background | bits(BODY, DISC), np.uint8)
            for class_, outlines in ((SACRUM, bones.get("sacrum", [])), (POSTERIOR, bones.get("posterior", []))):
                for outline in outlines:
                    fill(outline, class_)
            if mark.get("sac"):
                fill(mark["sac"], SAC)
                # Above and below the outline the slice may have left the canal, or the sac's end was hard to see.
                ends = [at(p)[1] for p in mark["sac"]]
                allowed[: max(0, int(min(ends)))] |= bits(SAC)
                allowed[max(0, int(max(ends))) :] |= bits(SAC)
            else:
                allowed |= bits(SAC)
            for outline in mark.get("bodies", {}).values():
                fill(outline, BODY)
            for outline in mark.get("discOutlines", {}).values():
                fill(outline, DISC)
            if mark.get("s1"):
                fill(mark["s1"], S1)
                bottom = max(at(p)[1] for p in mark["s1"])
                if not complete:
                    below = np.zeros(allowed.shape, bool)
                    below[int(bottom) + 2 :] = True
                    allowed[below & (allowed & bits(BODY, DISC) > 0)] = background
            centres = [at(p) for p in mark["discs"]]
            if not complete:
                yy, xx = np.mgrid[: image.shape[0], : image.shape[1]]
                for cx, cy in centres:
                    allowed[np.hypot(xx - cx, yy - cy) <= 2.0] = bits(DISC)
                for (ax, ay), (bx, by) in zip(centres, centres[1:]):
                    allowed[np.hypot(xx - (ax + bx) / 2, yy - (ay + by) / 2) <= 5.0] = bits(BODY)
            samples.append(
                Sample(image, allowed, "annotated", f"spider-{patient}", centres, 0, name=file)
            )
    return samples


def phantom_samples() -> list[Sample]:
    """Slices of the phantom, written by `scripts/phantom-slices.ts` into the work folder."""
    folder = data.WORK / "phantom"
    if not (folder / "index.json").exists():
        return []
    index = json.loads((folder / "index.json").read_text())
    images, labels = np.load(folder / "images.npy"), np.load(folder / "labels.npy")
    samples = []
    for i, entry in enumerate(index["slices"]):
        # Of posterior elements it knows the marrow; their cortex, a rim of 2 mm, is background to it.
        allowed = np.left_shift(1, labels[i]).astype(np.uint8)
        rim = ndimage.binary_dilation(labels[i] == POSTERIOR, iterations=2) & (labels[i] == BACKGROUND)
        allowed[rim] |= bits(POSTERIOR)
        discs = [(c["x"], c["y"]) for c in entry["discCentres"]]
        samples.append(Sample(images[i], allowed, "phantom", f"phantom-{i}", discs, 0, name=f"phantom:{i}"))
    return samples


def all_samples() -> list[Sample]:
    return volume_samples() + vertebra_mask_samples() + box_samples() + annotated_samples() + phantom_samples()
