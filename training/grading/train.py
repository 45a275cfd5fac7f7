"""Cross-validated training of the disc grader.

    python -m grading.train [--epochs 32] [--folds 5] [--seeds 2] [--permute]

Needs work/grading from scripts/grading-crops.ts. Keeps each fold's weights and out-of-fold predictions in work/grader,
so that a run goes on where it stopped. `--permute` shuffles the grades among discs: the control that must give kappa near 0.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

import data
from grading.discs import Discs, load
from grading.net import Grader, grade_probabilities

BATCH = 32
#: Features are blurred by this share of their spread, and left out with this chance: another segmentation measures a little otherwise.
FEATURE_NOISE, FEATURE_DROPOUT = 0.15, 0.1
#: After this share of the epochs a grade that lies far from what the net expects counts less: some were given to the wrong disc.
TRUST_ALL_UNTIL = 0.4


def scales(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.nanmean(features, 0), np.maximum(np.nanstd(features, 0), 1e-3)


def vector(features: np.ndarray, has: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """As `featureVector` in packages/core/src/reading/grade/features.ts."""
    known = np.isfinite(features)
    scaled = np.clip((np.where(known, features, mean) - mean) / sd, -4, 4) * known
    return np.concatenate([scaled, known, has], 1).astype(np.float32)


def augmented(crops: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    n = len(crops)
    angle = torch.from_numpy(rng.normal(0, 5, n) * np.pi / 180)
    zoom = torch.from_numpy(np.exp(rng.normal(0, 0.07, n)))
    shift = torch.from_numpy(rng.normal(0, 0.04, (n, 2)))
    aspect = 80 / 128
    matrix = torch.stack(
        [
            torch.stack([zoom * angle.cos(), -zoom * angle.sin() * aspect, shift[:, 0]], 1),
            torch.stack([zoom * angle.sin() / aspect, zoom * angle.cos(), shift[:, 1]], 1),
        ],
        1,
    ).float()
    out = F.grid_sample(crops, F.affine_grid(matrix, list(crops.shape), align_corners=False), align_corners=False)
    gain = torch.from_numpy(np.exp(rng.normal(0, 0.1, (n, 2, 1, 1)))).float()
    lift = torch.from_numpy(rng.normal(0, 0.04, (n, 2, 1, 1))).float()
    power = torch.from_numpy(np.exp(rng.normal(0, 0.15, (n, 2, 1, 1)))).float()
    present = (crops.abs().amax((2, 3), keepdim=True) > 0).float()
    out = out.clamp(0, 2) ** power * gain + lift
    return (out + torch.randn(out.shape) * float(rng.uniform(0, 0.05))) * present


def blurred(inputs: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Feature vectors (values, flags, two image flags) with noise, some features taken for not measured."""
    f = (inputs.shape[1] - 2) // 2
    kept = torch.from_numpy(rng.random((len(inputs), f)) > FEATURE_DROPOUT).float() * inputs[:, f : 2 * f]
    noise = torch.from_numpy(rng.normal(0, FEATURE_NOISE, (len(inputs), f))).float()
    return torch.cat([(inputs[:, :f] + noise) * kept, kept, inputs[:, 2 * f :]], 1)


def trust(cumulative: torch.Tensor, grade: torch.Tensor) -> torch.Tensor:
    """Weight of each disc's grade: 1 within 1.25 grades of the expected one, falling to 0.15."""
    expected = torch.sigmoid(cumulative.detach()).sum(1)
    return (1 - ((expected - grade).abs() - 1.25)).clamp(0.15, 1)


def draw(discs: Discs, groups: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """One study of each disc: the fullest most of the time, else any."""
    return np.array([g[0] if rng.random() < 0.6 else rng.choice(g) for g in groups])


@dataclass
class Targets:
    """Per disc of a batch: chances of grade > 1 … > 4, of each Modic type, of each binary finding, and where the first two are known."""

    above: torch.Tensor
    modic: torch.Tensor
    binary: torch.Tensor
    graded: torch.Tensor
    typed: torch.Tensor


def hard_targets(discs: Discs) -> Targets:
    pfirrmann, modic = torch.from_numpy(discs.pfirrmann), torch.from_numpy(discs.modic)
    return Targets(
        above=(pfirrmann[:, None] > torch.arange(4)).float(),
        modic=F.one_hot(modic.clamp_min(0), 4).float(),
        binary=torch.from_numpy(discs.binary).float(),
        graded=(pfirrmann >= 0).float(),
        typed=(modic >= 0).float(),
    )


#: How much of a target comes from the teachers where there is a grade; where there is none, all of it.
TEACHERS_SHARE = 0.7
#: Of more teachers than this, so many are asked of each batch, drawn anew.
MOST_TEACHERS = 4


def softened(hard: Targets, teachers: list[Grader], crops: torch.Tensor, inputs: torch.Tensor) -> Targets:
    """Targets blended with what the teachers say of the same views."""
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        said = [net(crops, inputs) for net in teachers]
    above, modic, binary = (torch.stack([f(s[i].float()) for s in said]).mean(0) for i, f in enumerate((torch.sigmoid, lambda m: m.softmax(1), torch.sigmoid)))

    def blend(own: torch.Tensor, theirs: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
        share = 1 - (1 - TEACHERS_SHARE) * known[:, None]
        return share * theirs + (1 - share) * own

    everywhere = torch.ones_like(hard.graded)
    return Targets(
        blend(hard.above, above, hard.graded), blend(hard.modic, modic, hard.typed), blend(hard.binary, binary, everywhere), everywhere, everywhere
    )


def fit(discs: Discs, mean: np.ndarray, sd: np.ndarray, epochs: int, seed: int, teachers: list[Grader] = (), width: int = 24) -> Grader:
    """A grader of these discs; with teachers one that learns from what they say of each view, too."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    inputs = torch.from_numpy(vector(discs.features, discs.has, mean, sd))
    crops = torch.from_numpy(discs.crops)
    keys = discs.patient * 100 + discs.disc
    groups = [np.flatnonzero(keys == k) for k in np.unique(keys)]
    net = Grader(inputs.shape[1], width).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.02)
    steps = epochs * (len(groups) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps + epochs, pct_start=0.15)
    hard = hard_targets(discs)
    weight = torch.tensor([1.0, 1.0, 0.6, 0.6, 0.6, 0.6])
    for epoch in range(epochs):
        net.train()
        order = rng.permutation(draw(discs, groups, rng))
        for i in range(0, len(order) - BATCH + 1, BATCH):
            rows = torch.from_numpy(order[i : i + BATCH])
            x = augmented(crops[rows], rng).contiguous(memory_format=torch.channels_last)
            measured = blurred(inputs[rows], rng)
            target = Targets(**{k: v[rows] for k, v in vars(hard).items()})
            if teachers:
                asked = rng.choice(len(teachers), min(MOST_TEACHERS, len(teachers)), replace=False)
                target = softened(target, [teachers[i] for i in asked], x, measured)
            with torch.autocast("cpu", torch.bfloat16):
                p, m, b = net(x, measured)
            p, m, b = p.float(), m.float(), b.float()
            weights = trust(p, target.above.sum(1)) if epoch >= TRUST_ALL_UNTIL * epochs else 1
            loss = (
                (F.binary_cross_entropy_with_logits(p, target.above, reduction="none").mean(1) * weights * target.graded).mean() * 2
                + 0.5 * (F.cross_entropy(m, target.modic, reduction="none") * target.typed).sum() / target.typed.sum().clamp_min(1)
                + (F.binary_cross_entropy_with_logits(b, target.binary, reduction="none") * weight).mean()
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.eval()


def predict(net: Grader, discs: Discs, mean: np.ndarray, sd: np.ndarray) -> dict[str, np.ndarray]:
    inputs = torch.from_numpy(vector(discs.features, discs.has, mean, sd))
    out = [[], [], []]
    with torch.no_grad():
        for i in range(0, len(discs), 64):
            p, m, b = net(torch.from_numpy(discs.crops[i : i + 64]), inputs[i : i + 64])
            for store, value in zip(out, (p, m, b)):
                store.append(value.numpy())
    return dict(zip(("pfirrmann", "modic", "binary"), (np.concatenate(o) for o in out)))


def folds_of(patients: np.ndarray, folds: int) -> dict[int, int]:
    """Fold of each patient, by a fixed shuffle."""
    unique = np.unique(patients)
    order = np.random.default_rng(7).permutation(len(unique))
    return {int(p): int(order[i] % folds) for i, p in enumerate(unique)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=32)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--permute", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    discs = load()
    discs = discs[~np.isin(discs.patient, list(data.LOCKED))]
    folder = data.WORK / ("grader-permuted" if options.permute else "grader")
    folder.mkdir(parents=True, exist_ok=True)
    if options.permute:
        shuffled = np.random.default_rng(3).permutation(len(discs))
        discs.pfirrmann, discs.modic, discs.binary = (a[shuffled] for a in (discs.pfirrmann, discs.modic, discs.binary))
    fold = folds_of(discs.patient, options.folds)
    member = np.array([fold[int(p)] for p in discs.patient])
    # One scale for all folds, so that they can be shipped as one model; it knows no grade.
    mean, sd = scales(discs.features)
    print(len(discs), "rows of", len(np.unique(discs.patient)), "patients", flush=True)
    for f in range(options.folds):
        for seed in range(options.seeds):
            path = folder / f"fold{f}-seed{seed}.pt"
            if path.exists() and not options.fresh:
                continue
            start = time.time()
            net = fit(discs[member != f], mean, sd, options.epochs, 100 * f + seed)
            held = predict(net, discs[member == f], mean, sd)
            torch.save({"net": net.state_dict(), "mean": mean, "sd": sd, "rows": np.flatnonzero(member == f), "held": held}, path)
            truth = discs.pfirrmann[member == f]
            p = grade_probabilities(torch.from_numpy(held["pfirrmann"])).numpy()
            t2 = discs.has[member == f][:, 0] & (truth >= 0)
            print(f, seed, f"{time.time() - start:.0f} s, QWK with T2 {qwk(truth[t2], p[t2].argmax(1)):.3f}", flush=True)


def qwk(a: np.ndarray, b: np.ndarray, k: int = 5) -> float:
    """Quadratic-weighted kappa."""
    o = np.zeros((k, k))
    np.add.at(o, (a, b), 1)
    w = (np.arange(k)[:, None] - np.arange(k)) ** 2
    e = np.outer(o.sum(1), o.sum(0)) / o.sum()
    return float(1 - (w * o).sum() / (w * e).sum())


if __name__ == "__main__":
    main()
