"""Train the axial segmenter; resumable.

    python -m axial.train --steps 2500 [--fresh]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

import data
from axial.samples import CLASSES, phantom_samples, training_samples
from segmentation import augment
from segmentation.net import Segmenter
from segmentation.train import descend, resumed, save, set_loss

CHANNELS = (12, 24, 48, 96, 128)
HEIGHT, WIDTH, BATCH = 192, 224, 8
#: How often a slice of the phantom is drawn.
PHANTOM_SHARE = 0.2


def batch(samples, rng: np.random.Generator):
    """Random views → images (n, 1, H, W), permitted classes (n, classes, H, W)."""
    images, sets = [], []
    for sample in samples:
        image, allowed, _ = augment.view(sample, rng, HEIGHT, WIDTH)
        image = augment.recontrast(image, rng)
        truth = torch.from_numpy((allowed[None] >> np.arange(CLASSES)[:, None, None] & 1).astype(np.float32))
        if rng.random() < 0.5:  # left and right are told apart after the network
            image, truth = image.flip(1), truth.flip(2)
        images.append(image)
        sets.append(truth)
    return torch.stack(images)[:, None], torch.stack(sets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "axial.pt")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    real, drawn = training_samples(), phantom_samples()
    print(len(real), "slices,", len(drawn), "of the phantom", flush=True)
    net = Segmenter(CHANNELS, CLASSES).to(memory_format=torch.channels_last)
    mean_net, steps = resumed(net, options.checkpoint, options.fresh)
    rng = np.random.default_rng([options.seed, steps])
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-4)
    start, losses = time.time(), []
    while steps < options.steps:
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (len(losses) + 1) / 50) * (0.5 + 0.5 * np.cos(np.pi * steps / options.steps)) + 1e-6
        pools = [drawn if drawn and rng.random() < PHANTOM_SHARE else real for _ in range(BATCH)]
        images, allowed = batch([pool[rng.integers(len(pool))] for pool in pools], rng)
        net.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(images.to(memory_format=torch.channels_last))
        losses.append(descend(set_loss(logits, allowed), net, mean_net, optimiser))
        steps += 1
        if steps % 50 == 0:
            print(f"{(time.time() - start) / 60:6.1f} min  step {steps}  loss {np.mean(losses[-50:]):.4f}", flush=True)
        if steps % 200 == 0 or steps == options.steps:
            save(options.checkpoint, net, mean_net, steps)


if __name__ == "__main__":
    main()
