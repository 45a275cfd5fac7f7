"""Where the training data lie and who may be trained on. All paths hang on PROMONTORY_DATA."""

import csv
import json
import os
from pathlib import Path

ROOT = Path(__file__).parent
DATA = Path(os.environ.get("PROMONTORY_DATA", ROOT.parent.parent / "shared" / "data"))
ANNOTATIONS = ROOT / "annotations"
WORK = Path(os.environ.get("PROMONTORY_WORK", ROOT / "work"))

#: SPIDER patients never trained on, by the rule written in the file.
LOCKED = frozenset(json.loads((ANNOTATIONS / "locked.json").read_text())["patients"])

#: Volumes never trained on (whole persons): one of VB1, three of VB2, every IVD volume, and the eight of VB3 with the
#: smallest SHA-256 of 'promontory-lock-1:<name>'.
VOLUMES_HELD_OUT = frozenset(json.loads((ANNOTATIONS / "volumes-held-out.json").read_text()))


def rows(*parts: str) -> list[dict[str, str]]:
    with open(DATA.joinpath(*parts), newline="") as file:
        return list(csv.DictReader(file))


def spider_series() -> dict[str, dict[str, str]]:
    """`series.csv` by file name."""
    return {row["file"]: row for row in rows("spider", "series.csv")}


def spider_annotation(patient: int, part: str = "spider") -> dict:
    """Our own annotation of a patient, empty where there is none; `bones` is the part with sacrum and posterior elements."""
    path = ANNOTATIONS / part / f"{patient}.json"
    return json.loads(path.read_text()) if path.exists() else {}


#: As `NOMINAL_HEIGHT_MM` in packages/core/src/reading/series/spacing.ts.
NOMINAL_HEIGHT_MM = 290.0


def pixel_mm(row: dict[str, str]) -> float:
    """Pixel size in mm; where it is not to be trusted, the one that gives the usual field of view."""
    if row["spacing_reliable"] == "1":
        return float(row["pixel_mm"])
    return NOMINAL_HEIGHT_MM / float(row["height_px"])
