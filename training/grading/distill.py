"""Distil the cross-validated graders into one.

    python -m grading.distill [--epochs 48]

Needs work/grader from grading.train. Writes work/student: one student of each fold, taught by the graders that have not
seen that fold, for an honest cross-validation of the method; and the one that ships, taught by all.
"""

import argparse
import time

import numpy as np
import torch

import data
from grading.discs import load
from grading.net import Grader, grade_probabilities
from grading.train import fit, folds_of, predict, qwk

WIDTH = 32
FOLDER = data.WORK / "student"


def teachers_of(features: int, fold: int | None = None) -> list[Grader]:
    """The graders that have not seen a fold, or all."""
    nets = []
    for path in sorted((data.WORK / "grader").glob("*.pt" if fold is None else f"fold{fold}-*.pt")):
        net = Grader(features)
        net.load_state_dict(torch.load(path, weights_only=False)["net"])
        nets.append(net.eval().to(memory_format=torch.channels_last))
    return nets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=48)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    discs = load()
    discs = discs[~np.isin(discs.patient, list(data.LOCKED))]
    first = torch.load(next((data.WORK / "grader").glob("*.pt")), weights_only=False)
    mean, sd = first["mean"], first["sd"]
    features = 2 * len(discs.names) + 2
    fold = folds_of(discs.patient, options.folds)
    member = np.array([fold[int(p)] for p in discs.patient])
    FOLDER.mkdir(parents=True, exist_ok=True)
    for f in [*range(options.folds), None]:
        path = FOLDER / ("all.pt" if f is None else f"fold{f}.pt")
        if path.exists():
            continue
        start = time.time()
        seen = discs if f is None else discs[member != f]
        net = fit(seen, mean, sd, options.epochs, 7 if f is None else 100 * f + 50, teachers_of(features, f), WIDTH)
        state = {"net": net.state_dict(), "mean": mean, "sd": sd}
        if f is not None:
            held = predict(net, discs[member == f], mean, sd)
            state |= {"rows": np.flatnonzero(member == f), "held": held}
            truth = discs.pfirrmann[member == f]
            t2 = discs.has[member == f][:, 0] & (truth >= 0)
            p = grade_probabilities(torch.from_numpy(held["pfirrmann"])).numpy()
            print(f, f"{time.time() - start:.0f} s, QWK with T2 {qwk(truth[t2], p[t2].argmax(1)):.3f}", flush=True)
        torch.save(state, path)


if __name__ == "__main__":
    main()
