"""Calibrate the distilled grader on the out-of-fold discs of its kind, and write it as ONNX with its card.

    python -m grading.export
"""

import argparse
import json

import numpy as np
import torch
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score
from torch import nn

import data
from grading.discs import BINARY_NAMES, load
from grading.distill import FOLDER, WIDTH
from grading.net import Grader, grade_probabilities
from grading.train import qwk
from provenance import digest, pytorch_outputs, write_card
from segmentation.export import MODELS

MODEL_ID = "disc-grader"
COVERAGE = 0.90


class Calibrated(nn.Module):
    """The grader's probabilities, sharpened or softened as its out-of-fold discs ask for."""

    def __init__(self, net: nn.Module, sharpness: float, platt: np.ndarray):
        super().__init__()
        self.net = net
        self.sharpness = sharpness
        self.register_buffer("slope", torch.tensor(platt[:, 0], dtype=torch.float32))
        self.register_buffer("offset", torch.tensor(platt[:, 1], dtype=torch.float32))

    def forward(self, crops: torch.Tensor, features: torch.Tensor):
        p, m, b = self.net(crops, features)
        return grade_probabilities(p * self.sharpness), m.softmax(1), torch.sigmoid(b * self.slope + self.offset)


def best_cuts(expected: np.ndarray, truth: np.ndarray) -> list[float]:
    """Cuts on the expected grade (1…5) that agree best, by coordinate search about 1.5, 2.5, 3.5, 4.5."""
    cuts = np.array([1.5, 2.5, 3.5, 4.5])
    for _ in range(3):
        for i in range(4):
            tries = cuts[i] + np.arange(-0.3, 0.31, 0.05)
            scores = []
            for t in tries:
                c = cuts.copy()
                c[i] = t
                scores.append(qwk(truth, np.digitize(expected, c)) if (np.diff(c) > 0.2).all() else -1)
            cuts[i] = tries[int(np.argmax(scores))]
    return [round(float(c), 3) for c in cuts]


def interval(patients: np.ndarray, figure, draws: int = 500) -> list[float]:
    """95 % bootstrap interval, whole patients drawn."""
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(patients == p) for p in np.unique(patients)]
    values = []
    for _ in range(draws):
        rows = np.concatenate([groups[i] for i in rng.integers(len(groups), size=len(groups))])
        try:
            values.append(figure(rows))
        except ValueError:
            pass
    return [round(float(v), 3) for v in np.percentile(values, [2.5, 97.5])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", default="0.1.0")
    options = parser.parse_args()
    discs = load()
    discs = discs[~np.isin(discs.patient, list(data.LOCKED))]
    students = [torch.load(p, weights_only=False) for p in sorted(FOLDER.glob("fold*.pt"))]
    shipped = torch.load(FOLDER / "all.pt", weights_only=False)
    n = len(discs)
    logits = out_of_fold(students, n)

    # What counts for a disc is the fullest study of its patient; single series are other views of the same disc.
    keys = discs.patient * 100 + discs.disc
    first = np.array([np.flatnonzero(keys == k)[0] for k in np.unique(keys)])
    wet = first[discs.has[first, 0]]

    truth = torch.from_numpy(discs.pfirrmann[wet])
    cumulative = torch.from_numpy(logits["pfirrmann"][wet])

    def nll(s: np.ndarray) -> float:
        p = grade_probabilities(cumulative * float(s[0]))
        return float(-torch.log(p[torch.arange(len(truth)), truth].clamp_min(1e-6)).mean())

    sharpness = float(minimize(nll, [1.0], method="Nelder-Mead").x[0])
    platt = []
    for b in range(6):
        z, y = logits["binary"][first, b], discs.binary[first, b]

        def loss(w: np.ndarray) -> float:
            q = w[0] * z + w[1]
            return float((np.logaddexp(0, q) - y * q).mean() + 0.01 * (w[0] - 1) ** 2)

        platt.append(minimize(loss, [1.0, 0.0]).x)
    platt = np.array(platt)

    p = grade_probabilities(torch.from_numpy(logits["pfirrmann"]) * sharpness).numpy()
    expected = p @ np.arange(1, 6)
    cuts = best_cuts(expected[wet], discs.pfirrmann[wet])
    said = np.digitize(expected, cuts)
    thresholds = [float(np.quantile(p[wet][discs.pfirrmann[wet] == c, c], 1 - COVERAGE)) for c in range(5)]
    sets = p >= np.array(thresholds)
    sets[np.arange(n), said] = True
    size = sets.sum(1)
    largest = 3 if (size[wet] > 3).mean() <= 0.05 else 4
    modic = torch.from_numpy(logits["modic"]).softmax(1).numpy()
    typed = first[discs.modic[first] >= 0]
    modic_thresholds = [
        float(np.quantile(modic[typed][discs.modic[typed] == c, c], 1 - COVERAGE)) if (discs.modic[typed] == c).sum() >= 20 else 0.02
        for c in range(4)
    ]
    probability = 1 / (1 + np.exp(-(logits["binary"] * platt[:, 0] + platt[:, 1])))

    def best_threshold(b: int) -> float:
        """From here on "no" may not be said (below one half nor "yes"): one half, but by F1 for rare findings."""
        y, q = discs.binary[first, b], probability[first, b]
        if y.sum() >= 100:
            return 0.5
        tries = np.quantile(q, np.linspace(0.02, 0.995, 120))
        f1 = [2 * ((q >= t) & (y == 1)).sum() / max(1, (q >= t).sum() + y.sum()) for t in tries]
        return float(tries[int(np.argmax(f1))])

    t = discs.pfirrmann
    confusion = np.zeros((5, 5), int)
    np.add.at(confusion, (t[wet], said[wet]), 1)
    figures = {
        "patients": len(np.unique(discs.patient)),
        "discs": len(first),
        "pfirrmann": {
            "discs": len(wet),
            "qwk": round(qwk(t[wet], said[wet]), 3),
            "qwkInterval": interval(discs.patient[wet], lambda r: qwk(t[wet][r], said[wet][r])),
            "exact": round(float((t[wet] == said[wet]).mean()), 3),
            "withinOne": round(float((abs(t[wet] - said[wet]) <= 1).mean()), 3),
            "setCoverage": round(float(sets[wet, t[wet]].mean()), 3),
            "setSize": round(float(size[wet].mean()), 2),
            "abstained": round(float((size[wet] > largest).mean()), 3),
            "confusion": confusion.tolist(),
            "perClassRecall": [round(float(v), 3) for v in np.diag(confusion) / confusion.sum(1)],
        },
        "modicAnyAuc": round(float(roc_auc_score(discs.modic[typed] > 0, 1 - modic[typed, 0])), 3),
        "modicAnyAucInterval": interval(
            discs.patient[typed], lambda r: roc_auc_score(discs.modic[typed][r] > 0, 1 - modic[typed][r, 0])
        ),
        "auc": {
            name: {
                "auc": round(float(roc_auc_score(discs.binary[first, b], probability[first, b])), 3),
                "interval": interval(
                    discs.patient[first],
                    lambda r, b=b: roc_auc_score(discs.binary[first][r, b], probability[first][r, b]),
                ),
                "positives": int(discs.binary[first, b].sum()),
            }
            for b, name in enumerate(BINARY_NAMES)
        },
    }
    teachers = {p: torch.load(p, weights_only=False) for p in sorted((data.WORK / "grader").glob("*.pt"))}

    def plain_qwk(runs: list[dict]) -> float:
        grade = grade_probabilities(torch.from_numpy(out_of_fold(runs, n)["pfirrmann"])).numpy().argmax(1)
        return round(qwk(t[wet], grade[wet]), 3)

    figures["beforeCutsAndCalibration"] = {
        "student": plain_qwk(students),
        "teachers": plain_qwk(list(teachers.values())),
        "teachersBySeed": [plain_qwk([r for p, r in teachers.items() if p.stem.endswith(f"seed{s}")]) for s in seeds_of(teachers)],
    }
    curve = data.WORK / "learning-curve.json"
    if curve.exists():
        figures["learningCurve"] = json.loads(curve.read_text())
    permuted = data.WORK / "grader-permuted"
    if permuted.exists():
        figures["permutedLabelsQwk"] = permuted_qwk(permuted)
    print(json.dumps(figures, indent=1))

    net = Grader(2 * len(discs.names) + 2, WIDTH)
    net.load_state_dict(shipped["net"])
    module = Calibrated(net, sharpness, platt).eval()
    onnx = MODELS / f"{MODEL_ID}.onnx"
    crops, features = torch.rand(3, 2, 80, 128), torch.rand(3, 2 * len(discs.names) + 2)
    torch.onnx.export(
        module, (crops, features), onnx, input_names=["crops", "features"], output_names=["pfirrmann", "modic", "binary"],
        opset_version=18, dynamo=False, dynamic_axes={k: {0: "discs"} for k in ("crops", "features", "pfirrmann", "modic", "binary")},
    )
    mean, sd = shipped["mean"], shipped["sd"]
    write_card(MODEL_ID, options.version, onnx, {
        "task": "Grades of a lumbar disc from endplate-aligned T2 and T1 crops with measured features.",
        "status": "Trained and tested on one public collection; not validated on any other site. Research and decision support only.",
        "method": f"One small CNN, taught by the {len(teachers)} of a patient-level cross-validation over 139 patients in five folds and by the grades; proportional odds for Pfirrmann. Calibrated, cut and cross-validated by students of each fold, taught by the graders that had not seen it.",
        "data": [{"name": "SPIDER mid-sagittal slices and gradings, 139 patients", "terms": "CC BY 4.0", "cite": "van der Graaf et al., Sci Data 2024, doi 10.1038/s41597-024-03090-w"}],
        "limits": [
            "One expert's grades given on the whole 3-D study, while one slice is seen: lateral findings may be invisible.",
            "Herniation (62 discs) and slip (33) are few; Modic I and III a handful: experimental.",
            "STIR and Dixon images were not in the training data: with those alone grades that need T2 are withheld.",
        ],
        "dataSha256": {"gradings": digest(data.DATA / "spider"), "annotations": digest(data.ANNOTATIONS / "spider")},
        "seeds": "teachers 100 × fold + run, students 100 × fold + 50, the shipped one 7",
        "pytorch": pytorch_outputs(
            module, {"crops": (2, 2, 80, 128), "features": (2, 2 * len(discs.names) + 2)}, ["pfirrmann", "modic", "binary"]
        ),
        "constants": {
            "featureScales": {name: {"mean": float(m), "sd": float(s)} for name, m, s in zip(discs.names, mean, sd)},
            "pfirrmannCuts": cuts,
            "pfirrmannSetThresholds": thresholds,
            "modicSetThresholds": modic_thresholds,
            "pfirrmannLargestSet": largest,
            "binaryThresholds": {name: best_threshold(b) for b, name in enumerate(BINARY_NAMES)},
        },
        "metrics": {"crossValidation": figures},
    })
    print(onnx.stat().st_size)


def out_of_fold(runs: list[dict], n: int) -> dict[str, np.ndarray]:
    """Mean logits of every disc by the graders that had not seen its patient."""
    logits = {"pfirrmann": np.zeros((n, 4)), "modic": np.zeros((n, 4)), "binary": np.zeros((n, 6))}
    times = np.zeros(n)
    for run in runs:
        for key in logits:
            logits[key][run["rows"]] += run["held"][key]
        times[run["rows"]] += 1
    assert (times > 0).all()
    return {k: v / times[:, None] for k, v in logits.items()}


def seeds_of(paths) -> list[int]:
    return sorted({int(p.stem.split("seed")[1]) for p in paths})


def permuted_qwk(folder) -> float:
    runs = [torch.load(p, weights_only=False) for p in folder.glob("*.pt")]
    discs = load()
    discs = discs[~np.isin(discs.patient, list(data.LOCKED))]
    shuffled = np.random.default_rng(3).permutation(len(discs))
    truth = discs.pfirrmann[shuffled]
    rows = np.concatenate([r["rows"] for r in runs])
    said = np.concatenate([grade_probabilities(torch.from_numpy(r["held"]["pfirrmann"])).numpy().argmax(1) for r in runs])
    known = truth[rows] >= 0
    return round(qwk(truth[rows][known], said[known]), 3)


if __name__ == "__main__":
    main()
