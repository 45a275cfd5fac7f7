"""Write the present model's outlines as proposals for annotation.

    python -m segmentation.propose --checkpoint work/segmenter.pt --out work/proposals [--patients 1 5 …]

A proposal has the shape of an annotation (native pixels of its file). The file is the patient's T2 slice, else T1, else SPACE.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from skimage.measure import approximate_polygon

import data
from segmentation.net import Segmenter
from segmentation.predict import assemble, infer
from segmentation.samples import load_spider

LUMBAR = ["L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8"]


def load(checkpoint: Path, which: str = "mean") -> Segmenter:
    state = torch.load(checkpoint, weights_only=True)
    net = Segmenter()
    net.load_state_dict({k.removeprefix("module."): v for k, v in state[which].items() if k != "n_averaged"})
    return net.eval()


def disc_label(i: int) -> str:
    return f"{LUMBAR[i]}/{(['S1'] + LUMBAR)[i]}"


def proposal(net, row: dict[str, str]) -> dict:
    slice_ = load_spider(row)
    spine = assemble(infer(net, slice_.image))

    def point(p):
        return [round(v, 1) for v in slice_.native(p)]

    def native(points, tolerance=0.3):
        if points is None:
            return None
        points = approximate_polygon(np.vstack([points, points[:1]]), tolerance)[:-1]
        return [point(p) for p in points]

    mark = {
        "patient": int(row["patient"]), "file": row["file"], "size": list(slice_.size),
        "discs": [point(d) for d in spine.discs],
        "bodies": {LUMBAR[i]: native(o) for i, o in enumerate(spine.bodies) if o is not None and i < len(LUMBAR)},
        "discOutlines": {disc_label(i): native(o) for i, o in enumerate(spine.disc_outlines) if o is not None and i < len(LUMBAR)},
    }
    if spine.s1 is not None:
        mark["s1"] = native(spine.s1)
        upper_back = max(mark["s1"], key=lambda q: q[0] - 1.0 * q[1])
        mark["s1PosteriorSuperior"] = upper_back
    if spine.sac is not None:
        mark["sac"] = native(spine.sac, 0.4)
    return mark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "segmenter.pt")
    parser.add_argument("--out", type=Path, default=data.WORK / "proposals")
    parser.add_argument("--patients", type=int, nargs="*")
    options = parser.parse_args()
    net = load(options.checkpoint)
    series = data.spider_series()
    patients = options.patients or sorted({int(r["patient"]) for r in series.values()})
    options.out.mkdir(parents=True, exist_ok=True)
    graded: dict[int, int] = {}
    for row in data.rows("spider", "gradings.csv"):
        graded[int(row["patient"])] = graded.get(int(row["patient"]), 0) + 1
    wrong = []
    for patient in patients:
        known = data.spider_annotation(patient).get("file")
        file = known or next(f for c in ("t2", "t1", "t2_SPACE") if (f := f"{patient}_{c}.png") in series)
        mark = proposal(net, series[file])
        (options.out / f"{patient}.json").write_text(json.dumps(mark))
        if len(mark["discs"]) != graded.get(patient):
            wrong.append((patient, len(mark["discs"]), graded.get(patient)))
    print(len(patients), "proposals; disc count differs:", len(wrong), wrong)


if __name__ == "__main__":
    main()
