"""Agreement of our second pass with our first, structure by structure; writes annotations/self-agreement.json.

    python -m annotate.agreement

Both passes are drawn on native pixels of the same slice; masks are compared at four times that resolution. The sac is
compared between the rows that both passes cover: where it begins and ends is a matter of how far one draws.
"""

import json

import numpy as np
from PIL import Image, ImageDraw

import data

FINER = 4


def mask(outline, size) -> np.ndarray:
    canvas = Image.new("1", (size[0] * FINER, size[1] * FINER))
    ImageDraw.Draw(canvas).polygon([((x + 0.5) * FINER, (y + 0.5) * FINER) for x, y in outline], fill=1)
    return np.asarray(canvas)


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def outlines(mark: dict) -> dict[str, list]:
    return {
        **{f"body {k}": v for k, v in mark.get("bodies", {}).items()},
        **{f"disc {k}": v for k, v in mark.get("discOutlines", {}).items()},
        **{kind: mark[kind] for kind in ("s1", "sac") if mark.get(kind)},
    }


def main() -> None:
    rows = []
    for path in sorted((data.ANNOTATIONS / "second-pass").glob("*.json"), key=lambda p: int(p.stem)):
        second = json.loads(path.read_text())
        first = data.spider_annotation(second["patient"])
        pixel_mm = data.pixel_mm(data.spider_series()[first["file"]])
        mine, theirs = outlines(first), outlines(second)
        for name in mine.keys() & theirs.keys():
            a, b = mask(mine[name], first["size"]), mask(theirs[name], first["size"])
            if name == "sac":
                covered = [np.flatnonzero(m.any(1))[[0, -1]] for m in (a, b)]
                low, high = max(c[0] for c in covered), min(c[1] for c in covered)
                a, b = a[low : high + 1], b[low : high + 1]
            apart = np.hypot(*(np.argwhere(a).mean(0) - np.argwhere(b).mean(0))) / FINER * pixel_mm
            rows.append({"patient": second["patient"], "structure": name.split(" ")[0], "name": name, "dice": dice(a, b), "centresApartMm": apart})
    result = {}
    for kind in ("body", "disc", "s1", "sac"):
        own = [r for r in rows if r["structure"] == kind]
        by_patient = {p: np.mean([r["dice"] for r in own if r["patient"] == p]) for p in {r["patient"] for r in own}}
        values = np.array(list(by_patient.values()))
        draws = np.random.default_rng(0).choice(values, (2000, len(values))).mean(1)
        result[kind] = {
            "patients": len(values),
            "structures": len(own),
            "dice": round(float(values.mean()), 3),
            "interval": [round(float(v), 3) for v in np.percentile(draws, [2.5, 97.5])],
            "worstDecile": round(float(np.quantile([r["dice"] for r in own], 0.1)), 3),
            "centresApartMm": round(float(np.median([r["centresApartMm"] for r in own])), 2),
        }
    lowest = sorted(rows, key=lambda r: r["dice"])[:15]
    (data.ANNOTATIONS / "self-agreement.json").write_text(
        json.dumps({"structures": result, "lowest": [{**r, "dice": round(r["dice"], 3), "centresApartMm": round(r["centresApartMm"], 1)} for r in lowest]}, indent=1) + "\n"
    )
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
