"""The learning curve: how the grader's out-of-fold figures grow with the number of patients.

    python -m grading.curve [--epochs 32] [--shares 0.25 0.5 0.75]

Writes work/learning-curve.json; the whole set stands there by the graders of grading.train (seed 0).
"""

import argparse
import json

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

import data
from grading.discs import load
from grading.net import grade_probabilities
from grading.train import fit, folds_of, predict, qwk, scales


def figures(discs, held: dict[str, np.ndarray]) -> dict:
    """Of the fullest study of each disc."""
    keys = discs.patient * 100 + discs.disc
    first = np.array([np.flatnonzero(keys == k)[0] for k in np.unique(keys)])
    wet = first[discs.has[first, 0] & (discs.pfirrmann[first] >= 0)]
    typed = first[discs.modic[first] >= 0]
    grade = grade_probabilities(torch.from_numpy(held["pfirrmann"])).numpy().argmax(1)
    modic = torch.from_numpy(held["modic"]).softmax(1).numpy()

    def auc(b: int) -> float:
        return round(float(roc_auc_score(discs.binary[first, b], held["binary"][first, b])), 3)

    return {
        "pfirrmannQwk": round(qwk(discs.pfirrmann[wet], grade[wet]), 3),
        "narrowingAuc": auc(0),
        "bulgingAuc": auc(1),
        "upperEndplateAuc": auc(3),
        "lowerEndplateAuc": auc(4),
        "modicAnyAuc": round(float(roc_auc_score(discs.modic[typed] > 0, 1 - modic[typed, 0])), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=32)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--shares", type=float, nargs="*", default=[0.25, 0.5, 0.75])
    options = parser.parse_args()
    discs = load()
    discs = discs[~np.isin(discs.patient, list(data.LOCKED))]
    mean, sd = scales(discs.features)
    fold = folds_of(discs.patient, options.folds)
    member = np.array([fold[int(p)] for p in discs.patient])
    empty = {"pfirrmann": np.zeros((len(discs), 4), np.float32), "modic": np.zeros((len(discs), 4), np.float32), "binary": np.zeros((len(discs), 6), np.float32)}
    rows = []
    for share in [*options.shares, 1.0]:
        held = {k: v.copy() for k, v in empty.items()}
        patients = 0
        for f in range(options.folds):
            if share == 1:
                run = torch.load(data.WORK / "grader" / f"fold{f}-seed0.pt", weights_only=False)["held"]
                patients += len(np.unique(discs.patient[member != f]))
            else:
                seen = np.unique(discs.patient[member != f])
                kept = np.random.default_rng([f, int(100 * share)]).permutation(seen)[: round(share * len(seen))]
                patients += len(kept)
                # As many steps as with all patients: the curve is to show the patients' worth, not that of training longer.
                net = fit(discs[np.isin(discs.patient, kept)], mean, sd, round(options.epochs / share), 100 * f)
                run = predict(net, discs[member == f], mean, sd)
            for k in held:
                held[k][member == f] = run[k]
        rows.append({"patients": round(patients / options.folds), **figures(discs, held)})
        print(rows[-1], flush=True)
    (data.WORK / "learning-curve.json").write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
