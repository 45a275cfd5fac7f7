"""What a model card says of how the model came about, so that it can be made again and checked."""

import hashlib
import json
import platform
import subprocess
from pathlib import Path

import numpy as np
import torch

import data


def digest(*folders: Path) -> str:
    """SHA-256 over names and contents of all files below the folders, in the order of their paths."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            total.update(f"{path.relative_to(folder).as_posix()}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def device() -> str:
    return f"CPU, {torch.get_num_threads()} threads, {platform.machine()}, PyTorch {torch.__version__.split('+')[0]}"


def pattern(*shape: int) -> np.ndarray:
    """Numbers in 0…1 that every language makes alike: as `pattern` in conformance/models/pytorch.test.ts."""
    n = int(np.prod(shape))
    return ((np.arange(n, dtype=np.int64) * 1103515245 + 12345) % 2**31 / 2**31).astype(np.float32).reshape(shape)


def pytorch_outputs(module: torch.nn.Module, inputs: dict[str, tuple[int, ...]], outputs: list[str], most: int = 60) -> dict:
    """What PyTorch answers to `pattern`: the ONNX file is held against it. Of each output evenly spaced values, `most` at most."""
    with torch.no_grad():
        answers = module(*(torch.from_numpy(pattern(*shape)) for shape in inputs.values()))
    answers = answers if isinstance(answers, tuple) else (answers,)
    result = {}
    for name, answer in zip(outputs, answers):
        flat = answer.flatten()
        every = max(1, len(flat) // most)
        result[name] = {"every": every, "values": [round(float(v), 6) for v in flat[::every]]}
    return {"inputs": {k: list(v) for k, v in inputs.items()}, "outputs": result}


def write_card(model_id: str, version: str, onnx: Path, card: dict) -> None:
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=data.ROOT, capture_output=True, text=True).stdout.strip()
    made = {
        "id": model_id,
        "version": version,
        "file": onnx.name,
        "sha256": hashlib.sha256(onnx.read_bytes()).hexdigest(),
        "trainedFromCommit": commit,
        "device": device(),
    }
    onnx.with_suffix(".json").write_text(json.dumps({**made, **card}, indent=2) + "\n")
