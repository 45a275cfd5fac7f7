"""Train the sagittal segmenter; resumable.

    python -m segmentation.train --minutes 20 [--fresh] [--checkpoint work/segmenter.pt] [--without VB1 VB2 VB3]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import data
from segmentation import augment
from segmentation.net import Segmenter
from segmentation.samples import BODY, CLASSES, S1, SAC, all_samples

#: How often each source is drawn.
SHARES = {"VB1": 0.06, "VB2": 0.08, "VB3": 0.10, "masks": 0.05, "boxes": 0.02, "annotated": 0.60, "phantom": 0.09}
BATCH = 8


def set_loss(logits: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Probability outside the permitted classes of each pixel costs; Dice where one class is certain."""
    log_p = F.log_softmax(logits.float(), 1)
    permitted = torch.logsumexp(log_p.masked_fill(allowed == 0, -30.0), 1)
    certain = allowed.sum(1) == 1
    weight = torch.where(certain & (allowed[:, 0] == 0), 2.0, 1.0)
    nll = -(permitted * weight).sum() / weight.sum()
    p = log_p.exp() * certain[:, None]
    truth = allowed * certain[:, None]
    overlap = (p * truth).sum((0, 2, 3))[1:]
    dice = 1 - (2 * overlap + 50) / ((p + truth).sum((0, 2, 3))[1:] + 50)
    return nll + 0.5 * dice.mean()


def loss_of(output: torch.Tensor, allowed: torch.Tensor, maps: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    spots = F.binary_cross_entropy_with_logits(output[:, CLASSES:].float(), maps, reduction="none")
    # Where a sample does not say where its discs are, no centre lies inside a body, S1 or the sac for all that.
    elsewhere = (allowed.sum(1) == 1) & (allowed[:, [BODY, S1, SAC]].sum(1) == 1)
    spots = (spots * (1 + 20 * maps) * torch.maximum(known[:, None, None], elsewhere.float())[:, None]).mean()
    return set_loss(output[:, :CLASSES], allowed) + 4 * spots


def resumed(net: torch.nn.Module, checkpoint: Path, fresh: bool):
    """The net and the mean of its weights over training, as its checkpoint has them where there is one → mean, steps done."""
    mean_net = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True)
    if fresh or not checkpoint.exists():
        return mean_net, 0
    state = torch.load(checkpoint, weights_only=True)
    net.load_state_dict(state["net"])
    mean_net.load_state_dict(state["mean"])
    return mean_net, state["steps"]


def descend(loss: torch.Tensor, net: torch.nn.Module, mean_net, optimiser) -> float:
    """One step of the optimiser → the loss."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimiser.step()
    mean_net.update_parameters(net)
    return loss.item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "segmenter.pt")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[], help="sources to leave out")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    samples = all_samples()
    pools = {s: [x for x in samples if x.source == s] for s in SHARES if s not in options.without}
    pools = {s: pool for s, pool in pools.items() if pool}
    share = np.array([SHARES[s] for s in pools])
    share /= share.sum()
    print({s: len(pool) for s, pool in pools.items()}, flush=True)
    net = Segmenter().to(memory_format=torch.channels_last)
    mean_net, steps = resumed(net, options.checkpoint, options.fresh)
    rng = np.random.default_rng(options.seed + steps)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-4)
    start, losses = time.time(), []
    while (elapsed := (time.time() - start) / 60) < options.minutes:
        done = elapsed / options.minutes
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (len(losses) + 1) / 50) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-6
        names = rng.choice(list(pools), BATCH, p=share)
        picked = [pools[n][rng.integers(len(pools[n]))] for n in names]
        images, allowed, maps, known = augment.batch(picked, rng)
        net.train()
        with torch.autocast("cpu", torch.bfloat16):
            output = net(images.to(memory_format=torch.channels_last))
        losses.append(descend(loss_of(output, allowed, maps, known), net, mean_net, optimiser))
        steps += 1
        if steps % 50 == 0:
            print(f"{elapsed:6.1f} min  step {steps}  loss {np.mean(losses[-50:]):.4f}", flush=True)
        if steps % 200 == 0:
            save(options.checkpoint, net, mean_net, steps)
    save(options.checkpoint, net, mean_net, steps)


def save(path: Path, net, mean_net, steps: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save({"net": net.state_dict(), "mean": mean_net.state_dict(), "steps": steps}, part)
    part.rename(path)


if __name__ == "__main__":
    main()
