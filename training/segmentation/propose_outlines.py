"""Propose body and disc outlines for patients whose discs, S1 and sac are annotated, under the annotation's names.

    python -m segmentation.propose_outlines [--checkpoint work/segmenter.pt] [--out work/outlines]
"""

import argparse
import json
from pathlib import Path

import numpy as np

import data
from segmentation.propose import LUMBAR, disc_label, load, proposal

#: A proposed disc is the annotated one if their centres lie this near, as a share of the distance between discs.
NEAR = 0.35


def renamed(mark: dict, found: dict) -> dict:
    """The annotation with the proposal's outlines, named by the annotated discs."""
    known, seen = np.array(mark["discs"]), np.array(found["discs"]).reshape(-1, 2)
    step = np.median(np.hypot(*np.diff(known, axis=0).T))
    result = {**mark, "bodies": {}, "discOutlines": {}}
    missing = []
    for i, centre in enumerate(known):
        if i >= len(LUMBAR):
            break
        away = np.hypot(*(seen - centre).T) if len(seen) else np.array([np.inf])
        j = int(away.argmin())
        if away[j] > NEAR * step:
            missing.append(disc_label(i))
            continue
        disc, body = found["discOutlines"].get(disc_label(j)), found["bodies"].get(LUMBAR[j])
        if disc:
            result["discOutlines"][disc_label(i)] = disc
        else:
            missing.append(disc_label(i))
        if body:
            result["bodies"][LUMBAR[i]] = body
        else:
            missing.append(LUMBAR[i])
    if missing:
        result["missing"] = missing
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "segmenter.pt")
    parser.add_argument("--which", default="mean")
    parser.add_argument("--out", type=Path, default=data.WORK / "outlines")
    options = parser.parse_args()
    net = load(options.checkpoint, options.which)
    series = data.spider_series()
    options.out.mkdir(parents=True, exist_ok=True)
    todo = []
    for path in sorted((data.ANNOTATIONS / "spider").glob("*.json"), key=lambda p: int(p.stem)):
        mark = json.loads(path.read_text())
        if int(path.stem) in data.LOCKED or mark.get("bodies"):
            continue
        result = renamed(mark, proposal(net, series[mark["file"]]))
        (options.out / path.name).write_text(json.dumps(result))
        todo.append((int(path.stem), len(result.get("missing", []))))
    print(len(todo), "proposed; with something missing:", [t for t in todo if t[1]])


if __name__ == "__main__":
    main()
