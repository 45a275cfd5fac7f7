"""How well the axial segmenter outlines slices that it was not trained on: Dice, and errors of areas and extents."""

import numpy as np
import torch
from scipy import ndimage

import resample
from axial.samples import CLASS_NAMES, SPACING_MM, STACK_PIXEL_MM, held_out_samples, stack_muscles, stack_samples



PAIRED = ("facets", "ligamentumFlavum", "psoas", "multifidus", "erectorSpinae")
#: As in packages/core/src/reading/axial/outline-axial.ts: a patient lies turned by no more than 25 degrees.
MOST_TURNED = float(np.cos(np.deg2rad(25)))


def predict(net: torch.nn.Module, image: np.ndarray) -> np.ndarray:
    """uint8 slice at the working spacing → class of each pixel; sides are padded as the product pads them."""
    h, w = image.shape
    padded = np.zeros(((h + 15) // 16 * 16, (w + 15) // 16 * 16), np.float32)
    padded[:h, :w] = image / np.float32(255)
    with torch.no_grad():
        return net(torch.from_numpy(padded)[None, None])[0, :, :h, :w].argmax(0).numpy()


def structures(found: np.ndarray) -> dict[str, np.ndarray]:
    """Masks as the product outlines them: the largest part of each, of paired ones the largest on each side of the canal."""

    def largest(mask: np.ndarray) -> np.ndarray:
        parts, count = ndimage.label(mask)
        return parts == 1 + np.argmax(np.bincount(parts.ravel())[1:]) if count else mask

    masks = {name: found == i for i, name in enumerate(CLASS_NAMES)}
    sac, bone = largest(masks["sac"]), largest(masks["disc"] | masks["body"])
    result = {"sac": sac, "bone": bone}
    if not (sac.any() and bone.any()):
        return result
    (cy, cx), (by, bx) = (np.argwhere(m).mean(0) for m in (sac, bone))
    back = np.array([cx - bx, cy - by]) / np.hypot(cx - bx, cy - by)
    if back[1] < MOST_TURNED:
        back = np.array([0.0, 1.0])
    yy, xx = np.mgrid[: found.shape[0], : found.shape[1]]
    right = back[0] * (yy - cy) - back[1] * (xx - cx) > 0
    for name in PAIRED:
        result[name] = largest(masks[name] & right) | largest(masks[name] & ~right)
    return result


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def extents(mask: np.ndarray) -> tuple[int, int]:
    ys, xs = np.nonzero(mask)
    return int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1


def native_mask(mask: np.ndarray, size, pixel_mm: float) -> np.ndarray:
    """A mask on the native grid, sampled at its pixel centres."""
    w, h = size
    xs, ys = (
        np.rint([resample.forward((i, i), (n, n), (o, o), pixel_mm, SPACING_MM)[0] for i in range(n)]).astype(int).clip(0, o - 1)
        for n, o in ((w, mask.shape[1]), (h, mask.shape[0]))
    )
    return mask[np.ix_(ys, xs)]


def score(net: torch.nn.Module, samples) -> dict[str, dict]:
    """By structure: Dice where it was outlined, and the signed relative errors of its area."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    spans: list[float] = []
    for sample in samples:
        found = structures(predict(net, sample.image))
        truth = {name: sample.extra["classes"] == i for i, name in enumerate(CLASS_NAMES) if i}
        truth["bone"] = truth.pop("disc") | truth.pop("body")
        for name, b in truth.items():
            if b.any():
                a = found.get(name, np.zeros_like(b))
                pairs.setdefault(name, []).append((dice(a, b), a.sum() / b.sum() - 1))
                if name == "sac" and a.any():
                    spans += [f / t - 1 for f, t in zip(extents(a), extents(b))]
    result = {name: summary(values) for name, values in pairs.items()}
    if "sac" in result:
        result["sac"]["extentRmsError"] = round(rms(spans), 3)
    return result


def score_stack_muscles(net: torch.nn.Module) -> dict[str, dict]:
    """Muscles of the stack against the labels of another author, each side and slice where they are labelled."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for sample in stack_samples():
        found = structures(predict(net, sample.image))
        for muscle, mask in stack_muscles(sample.name).items():
            if mask.sum() < 50:
                continue
            mine = native_mask(found[muscle], mask.shape[::-1], STACK_PIXEL_MM)
            pairs.setdefault(muscle, []).append((dice(mine, mask), mine.sum() / mask.sum() - 1))
    return {name: summary(values) for name, values in pairs.items()}


def rms(values) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def summary(values: list[tuple[float, float]]) -> dict:
    dices, errors = np.array(values).T
    return {
        "slices": len(values),
        "dice": round(float(dices.mean()), 3),
        "worstDice": round(float(dices.min()), 3),
        "areaBias": round(float(errors.mean()), 3),
        "areaRmsError": round(rms(errors), 3),
    }


def evaluate(net: torch.nn.Module) -> dict:
    net.eval()
    return {
        "heldOutPerson": score(net, held_out_samples()),
        "stack": score(net, stack_samples()),
        "stackMusclesOfAnotherAuthor": score_stack_muscles(net),
    }


if __name__ == "__main__":
    import json

    import data
    from axial.export import load

    print(json.dumps(evaluate(load(data.WORK / "axial.pt")), indent=2))
