"""Export the averaged segmenter to ONNX with its card.

    python -m segmentation.export [--checkpoint work/segmenter.pt] [--version 0.3.0] [--folder ../models]
"""

import argparse
from pathlib import Path

import torch
from torch import nn

import data
from provenance import digest, pytorch_outputs, write_card
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=data.WORK / "segmenter.pt")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--folder", type=Path, default=MODELS)
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    onnx = options.folder / f"{MODEL_ID}.onnx"
    module = export(options.checkpoint, onnx)
    steps = torch.load(options.checkpoint, weights_only=True)["steps"]
    write_card(MODEL_ID, options.version, onnx, {
        "task": "Vertebral bodies, discs, body of S1, dural sac, sacral bodies below S1 and posterior elements on sagittal lumbar MRI slices at 1 mm; centres of the discs and of the lowest disc.",
        "status": "Trained and tested on public collections; not validated on any other site. Research and decision support only.",
        "method": f"2-D U-Net of 1.6 M parameters, {steps} steps of 8 crops; random contrast, shading, noise and deformation; weights averaged over training; loss over sets of permitted classes.",
        "data": [
            {"name": "SPIDER mid-sagittal slices with our own outlines, 138 patients; sacrum and posterior elements of 80", "terms": "CC BY 4.0", "cite": "van der Graaf et al., Sci Data 2024, doi 10.1038/s41597-024-03090-w"},
            {"name": "Disc boxes of some SPIDER slices, by a third party", "terms": "as SPIDER"},
            {"name": "SPIDER para-sagittal slices with vertebra masks, 8 patients", "terms": "CC BY 4.0", "cite": "as SPIDER"},
            {"name": "VB1 volumes, 6 of 7", "terms": "not verified", "cite": "Zukic et al. 2014, University of Siegen"},
            {"name": "VB2 volumes, 9 of 12", "terms": "not verified", "cite": "Chu et al., PLoS One 2015"},
            {"name": "VB3 (MyoSegmenTUM) volumes, 32 of 40", "terms": "not verified", "cite": "Burian et al. 2019"},
            {"name": "Promontory phantom, 500 slices", "terms": "Apache-2.0"},
        ],
        "dataSha256": {
            "images": digest(*(data.DATA / f for f in ("spider", "spider-vertebra-masks", "volumes"))),
            "annotations": digest(data.ANNOTATIONS / "spider", data.ANNOTATIONS / "bones"),
        },
        "seeds": "1 for the first run, then one more with each further run; numbers drawn are seeded with the steps done",
        "pytorch": pytorch_outputs(module, {"image": (1, 1, 64, 48)}, ["scores"]),
        "failures": [
            "Seen on the 40 locked patients, every overlay looked at: 219 (T1 only, mottled marrow): discs L2/L3 and L3/L4 drawn in their front part alone. 50, 130 (marked scoliosis, the slice leaves the spine): upper discs and posterior elements irregular. 1, 33, 65: no sac where the slice leaves the canal.",
        ],
        "limits": [
            "The outlines that it is tested on were corrected from an earlier version of itself by the same reader; bodies and discs are biased towards it.",
            "On the phantom posterior elements are not told from what lies between them: until step 11,800 its background might be either.",
            "Para-sagittal slices of scoliotic spines, and the sac's end below S1, are uncertain.",
            "No image after surgery with metal, and no child, was in the training data as far as is known.",
        ],
    })
    print(onnx, onnx.stat().st_size)


if __name__ == "__main__":
    main()
