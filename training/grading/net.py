"""The disc grader: a small CNN on two crops, joined with measured features; ordinal head for Pfirrmann."""

import torch
from torch import nn

BINARY_HEADS = 6


def stage(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
    )


class Grader(nn.Module):
    """crops (n, 2, 80, 128), features (n, 2F + 2) → logits: pfirrmann (n, 4 cumulative), modic (n, 4), binary (n, 6)."""

    def __init__(self, features: int, width: int = 24, dropout: float = 0.4):
        super().__init__()
        w = width
        stem = nn.Sequential(nn.Conv2d(2, w, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(w), nn.ReLU(inplace=True))
        self.look = nn.Sequential(stem, stage(w, w), stage(w, 2 * w), stage(2 * w, 4 * w))
        self.squeeze = nn.Sequential(nn.Conv2d(4 * w, w, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU(inplace=True))
        self.place = nn.Sequential(nn.Flatten(), nn.Dropout(dropout), nn.Linear(w * 5 * 8, 96), nn.ReLU(inplace=True))
        self.measure = nn.Sequential(nn.Linear(features, 48), nn.ReLU(inplace=True), nn.Dropout(0.2))
        self.join = nn.Sequential(nn.Dropout(dropout), nn.Linear(96 + 48 + 4 * w, 96), nn.ReLU(inplace=True), nn.Dropout(0.2))
        self.pfirrmann = nn.Linear(96, 1)
        self.cuts = nn.Parameter(torch.tensor([-2.0, 1.0, 1.0, 1.0]))
        self.modic = nn.Linear(96, 4)
        self.binary = nn.Linear(96, BINARY_HEADS)

    def forward(self, crops: torch.Tensor, features: torch.Tensor):
        seen = self.look(crops)
        whole = seen.mean((2, 3))
        x = self.join(torch.cat([self.place(self.squeeze(seen)), whole, self.measure(features)], 1))
        # Proportional odds: one score against rising cuts.
        cuts = torch.cumsum(torch.cat([self.cuts[:1], nn.functional.softplus(self.cuts[1:])]), 0)
        return self.pfirrmann(x) - cuts, self.modic(x), self.binary(x)


def grade_probabilities(cumulative: torch.Tensor) -> torch.Tensor:
    """Logits of grade > 1, > 2, > 3, > 4 → probability of each grade."""
    above = torch.sigmoid(cumulative)
    one = torch.ones_like(above[:, :1])
    return torch.cat([one, above], 1) - torch.cat([above, 0 * one], 1)
