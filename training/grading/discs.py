"""The graded discs: crops and features by the product's own reading (scripts/grading-crops.ts), joined with SPIDER's grades."""

import json
from dataclasses import dataclass

import numpy as np

import data

BINARY = ["narrowing", "bulging", "herniation", "upper_endplate", "lower_endplate", "spondylolisthesis"]
#: The same in the order and under the names of the findings document.
BINARY_NAMES = ["narrowing", "bulging", "herniation", "upperEndplate", "lowerEndplate", "spondylolisthesis"]


@dataclass
class Discs:
    crops: np.ndarray  # (n, 2, 80, 128) float32: T2, T1
    features: np.ndarray  # (n, F) float32, nan where not measured
    has: np.ndarray  # (n, 2) bool: T2, T1
    patient: np.ndarray
    disc: np.ndarray  # 1 = lowest, by the annotation
    study: np.ndarray  # which series the study was taken to hold
    pfirrmann: np.ndarray  # 0…4, -1 where the grade given is no grade
    modic: np.ndarray  # 0…3, -1 likewise
    binary: np.ndarray  # (n, 6) 0 or 1
    names: list[str]

    def __getitem__(self, rows) -> "Discs":
        parts = {k: v[rows] for k, v in vars(self).items() if k != "names"}
        return Discs(**parts, names=self.names)

    def __len__(self) -> int:
        return len(self.patient)


def grades() -> dict[tuple[int, int], dict[str, str]]:
    return {(int(r["patient"]), int(r["disc"])): r for r in data.rows("spider", "gradings.csv")}


def load(trust_numbering: bool = False) -> Discs:
    """All discs that have a grade.

    A disc gets the grade of the annotated disc at its place; with `trust_numbering` that of its number, as the product
    would report it. Slices that no annotation shows are taken by number where the patient's annotated slice agrees.
    """
    folder = data.WORK / "grading"
    index = json.loads((folder / "index.json").read_text())
    crops = np.fromfile(folder / "crops.f32", np.float32).reshape(len(index["discs"]), 2, index["crop"]["rows"], index["crop"]["columns"])
    table = grades()
    offsets = {} if trust_numbering else numbering_offsets(index["discs"])
    keep, number = [], []
    for i, row in enumerate(index["discs"]):
        offset = 0 if trust_numbering else offsets.get((row["patient"], row["file"]), offsets.get(row["patient"]))
        if offset is None or (row["patient"], row["disc"] + offset) not in table:
            continue
        keep.append(i)
        number.append(row["disc"] + offset)
    rows = [index["discs"][i] for i in keep]
    seen = weightings()
    labels = [table[(r["patient"], n)] for r, n in zip(rows, number)]
    return Discs(
        crops=crops[keep],
        features=np.array([[r["features"].get(f, np.nan) for f in index["features"]] for r in rows], np.float32),
        has=np.array([[r["hasT2"], r["hasT1"]] for r in rows]),
        patient=np.array([r["patient"] for r in rows]),
        disc=np.array(number),
        study=np.array([r["study"] for r in rows]),
        pfirrmann=np.array([int(g["pfirrmann"]) - 1 if "t2" in seen[r["patient"]] else -1 for r, g in zip(rows, labels)]),
        modic=np.array([int(g["modic"]) if seen[r["patient"]] == {"t1", "t2"} else -1 for r, g in zip(rows, labels)]),
        binary=np.array([[int(g[b]) for b in BINARY] for g in labels]),
        names=index["features"],
    )


def weightings() -> dict[int, set[str]]:
    """Weightings (`t1`, `t2`) that each patient's images have.

    SPIDER's table has no empty cells: all discs of its five patients without a T2-weighted image are given Pfirrmann 1,
    even narrowed ones, and 25 of its 26 patients without a T1- or a T2-weighted image are given Modic 0 throughout. These
    are no grades: Pfirrmann needs T2, Modic both.
    """
    found: dict[int, set[str]] = {}
    for row in data.spider_series().values():
        found.setdefault(int(row["patient"]), set()).add(row["contrast"].split("_")[0])
    return found


def numbering_offsets(rows: list[dict]) -> dict:
    """By how much the reading's numbering differs from the annotation's, per (patient, file), and per patient where one is known."""
    offsets: dict = {}
    for file in {r["file"] for r in rows}:
        here = [r for r in rows if r["file"] == file]
        study = here[0]["study"]
        here = [r for r in here if r["study"] == study]
        patient = here[0]["patient"]
        mark = data.spider_annotation(patient)
        if mark.get("file") != file:
            continue
        known = np.array(mark["discs"])
        step = np.median(np.hypot(*np.diff(known, axis=0).T))
        votes = []
        for r in here:
            away = np.hypot(*(known - np.array(r["centre"])).T)
            if away.min() < 0.4 * step:
                votes.append(int(away.argmin()) + 1 - r["disc"])
        if votes and len(set(votes)) == 1:
            offsets[(patient, file)] = votes[0]
            offsets[patient] = votes[0]
    return offsets
