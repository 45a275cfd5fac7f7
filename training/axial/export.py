"""Export the averaged axial segmenter to ONNX with its card.

    python -m axial.export [--checkpoint work/axial.pt] [--version 0.3.0]
"""

import argparse
from pathlib import Path

import torch
from torch import nn

import data
from axial.evaluate import evaluate
from axial.samples import CLASSES, HELD_OUT, training_samples
from axial.train import CHANNELS
from provenance import digest, pytorch_outputs, write_card
from segmentation.net import Segmenter

MODEL_ID = "axial-segmenter"
MODELS = data.ROOT.parent / "models"
#: Half of a 95 % interval in standard deviations.
WIDTH = 1.96


class Probabilities(nn.Module):
    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.net(image).softmax(1)


def load(checkpoint: Path) -> Segmenter:
    state = torch.load(checkpoint, weights_only=True)
    net = Segmenter(CHANNELS, CLASSES)
    net.load_state_dict({k.removeprefix("module."): v for k, v in state["mean"].items() if k != "n_averaged"})
    return net.eval()


def constants(metrics: dict) -> dict:
    """Relative half-widths of the intervals: the larger root mean square error of the two persons not trained on."""

    def error(structure: str, key: str) -> float:
        return round(WIDTH * max(metrics[s][structure][key] for s in ("heldOutPerson", "stack") if structure in metrics[s]), 3)

    muscles = {
        m: round(WIDTH * max(metrics["heldOutPerson"][m]["areaRmsError"], metrics["stackMusclesOfAnotherAuthor"][m]["areaRmsError"]), 3)
        for m in ("psoas", "multifidus", "erectorSpinae")
    }
    return {"relativeUncertainty": {"sacArea": error("sac", "areaRmsError"), "sacExtent": error("sac", "extentRmsError"), **muscles}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "axial.pt")
    parser.add_argument("--version", default="0.3.0")
    options = parser.parse_args()
    onnx = MODELS / f"{MODEL_ID}.onnx"
    net = load(options.checkpoint)
    module = Probabilities(net).eval()
    torch.onnx.export(
        module, (torch.rand(1, 1, 192, 224),), onnx, input_names=["image"], output_names=["scores"], opset_version=18, dynamo=False,
        dynamic_axes={"image": {2: "height", 3: "width"}, "scores": {2: "height", 3: "width"}},
    )
    metrics = evaluate(net)
    steps = torch.load(options.checkpoint, weights_only=True)["steps"]
    parameters = sum(p.numel() for p in net.parameters())
    write_card(MODEL_ID, options.version, onnx, {
        "task": "Dural sac, disc or vertebral body, facet joints, ligamenta flava, psoas, multifidus and erector spinae on axial lumbar MRI slices at 0.75 mm.",
        "status": "Experimental: trained on slices of a handful of persons at one site; validated by no site. Research only.",
        "method": f"2-D U-Net of {parameters / 1e6:.1f} M parameters, {steps} steps of 8 crops, from step 1000 on with one fifth of the phantom; random contrast, shading, noise, deformation and reflection; weights averaged over training.",
        "data": [
            {"name": f"Axial slices of mendeley-slices with our own outlines, {len(training_samples())} of 84", "terms": "CC BY 4.0", "cite": "Sudirman et al., 10.17632/k57fr854j2.2"},
            {"name": "Promontory phantom, 240 axial slices (sac, disc and body known)", "terms": "Apache-2.0"},
        ],
        "heldOut": {
            "heldOutPerson": f"{len(HELD_OUT)} slices of one person by likeness, never trained on; our own outlines",
            "stack": "the 16 slices above the sacrum of a stack of another person and scanner (axial-muscle, MIT; it looks T1-weighted), never trained on; our own outlines of sac, disc or body, facets and flava",
            "stackMusclesOfAnotherAuthor": "the same 16 slices; muscle labels of another author",
        },
        "dataSha256": {
            "images": digest(*(data.DATA / f for f in ("mendeley-slices", "axial-muscle"))),
            "annotations": digest(data.ANNOTATIONS / "axial"),
        },
        "seeds": "1",
        "constants": constants(metrics),
        "pytorch": pytorch_outputs(module, {"image": (1, 1, 64, 48)}, ["scores"]),
        "limits": [
            "Pixel sizes of the training slices are not known and were assumed to be 0.65 mm.",
            "The persons of the training slices are not known; they look like six to ten, so other builds, scanners and diseases are hardly covered.",
            "One pass of outlines; ligamenta flava on T1 and the border between multifidus and erector spinae are least certain.",
            "The fat fraction is a threshold on brightness, not checked against Dixon or biopsy.",
        ],
        "metrics": metrics,
    })
    print(onnx, onnx.stat().st_size)


if __name__ == "__main__":
    main()
