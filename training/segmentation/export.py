"""Export the averaged segmenter to ONNX with its card.

    python -m segmentation.export --checkpoint work/segmenter.pt [--metrics work/segmenter-metrics.json]
"""

import argparse
import hashlib
import json
import subprocess
from pathlib import Path

import torch
from torch import nn

import data
from segmentation.propose import load
from segmentation.samples import CLASSES

MODEL_ID = "sagittal-segmenter"
MODELS = data.ROOT.parent / "models"


class Scores(nn.Module):
    """Logits → class probabilities, then the two centre maps in 0…1."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        output = self.net(image)
        return torch.cat([output[:, :CLASSES].softmax(1), output[:, CLASSES:].sigmoid()], 1)


def export(checkpoint: Path, target: Path) -> torch.nn.Module:
    module = Scores(load(checkpoint)).eval()
    example = torch.rand(1, 1, 256, 192)
    torch.onnx.export(
        module, (example,), target, input_names=["image"], output_names=["scores"], opset_version=18, dynamo=False,
        dynamic_axes={"image": {2: "height", 3: "width"}, "scores": {2: "height", 3: "width"}},
    )
    return module


def write_card(model_id: str, version: str, onnx: Path, card: dict) -> None:
    digest = hashlib.sha256(onnx.read_bytes()).hexdigest()
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=data.ROOT, capture_output=True, text=True).stdout.strip()
    onnx.with_suffix(".json").write_text(
        json.dumps({"id": model_id, "version": version, "file": onnx.name, "sha256": digest, "trainedFromCommit": commit, **card}, indent=2) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "segmenter.pt")
    parser.add_argument("--version", default="0.1.0")
    options = parser.parse_args()
    onnx = MODELS / f"{MODEL_ID}.onnx"
    MODELS.mkdir(exist_ok=True)
    export(options.checkpoint, onnx)
    metrics = data.WORK / "segmenter-metrics.json"
    write_card(MODEL_ID, options.version, onnx, json.loads(metrics.read_text()) if metrics.exists() else {})
    print(onnx, onnx.stat().st_size)


if __name__ == "__main__":
    main()
