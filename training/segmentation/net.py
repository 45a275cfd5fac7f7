"""A plain 2-D U-Net. As the sagittal segmenter its output channels are class logits, then two centre maps."""

import torch
from torch import nn

from segmentation.samples import CLASSES

CHANNELS = (16, 32, 64, 128, 192)
#: Centre maps after the class logits: every disc, and the lowest disc (the one above S1).
CENTRE_MAPS = 2


def block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True),
        nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True),
    )


class Segmenter(nn.Module):
    """(batch, 1, height, width) in 0…1, sides divisible by 16 → (batch, outputs, height, width) logits."""

    def __init__(self, channels: tuple[int, ...] = CHANNELS, outputs: int = CLASSES + CENTRE_MAPS):
        super().__init__()
        self.down = nn.ModuleList(block(i, o) for i, o in zip((1, *channels), channels))
        self.up = nn.ModuleList(block(c + s, s) for c, s in zip(channels[:0:-1], channels[-2::-1]))
        self.head = nn.Conv2d(channels[0], outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for i, layer in enumerate(self.down):
            x = layer(x if i == 0 else nn.functional.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for layer in self.up:
            x = nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = layer(torch.cat([x, skips.pop()], 1))
        return self.head(x)
