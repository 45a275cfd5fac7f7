"""Independent decoding of DICOM frames: pydicom for native and RLE, Pillow for JPEG 2000, DCMTK for the JPEG family.

Reads a JSON list of paths from standard input; writes each image as int32 little endian into the folder given as the
first argument and prints one JSON object per path: {path, shape, file} or {path, error} or {path, pixels: false}.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings

import numpy
import pydicom

warnings.simplefilter("ignore")

JPEG = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"}
JPEG_LS = {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"}


def decode(path):
    data_set = pydicom.dcmread(path, force=True)
    if "PixelData" not in data_set:
        return None
    syntax = getattr(data_set.file_meta, "TransferSyntaxUID", None) if hasattr(data_set, "file_meta") else None
    if syntax is None:
        data_set.file_meta = getattr(data_set, "file_meta", pydicom.dataset.FileMetaDataset())
        implicit = data_set.is_implicit_VR
        little = data_set.is_little_endian
        uid = pydicom.uid
        data_set.file_meta.TransferSyntaxUID = (
            uid.ImplicitVRLittleEndian if implicit else uid.ExplicitVRLittleEndian if little else uid.ExplicitVRBigEndian
        )
    if syntax in JPEG or syntax in JPEG_LS:
        return through("dcmdjpeg" if syntax in JPEG else "dcmdjpls", [], path)
    if syntax == "1.2.840.10008.1.2.2" and data_set.BitsAllocated == 8:
        # pydicom before 3.0 does not swap the bytes of 8-bit pixels in words; DCMTK does not swap 32-bit pixels.
        return through("dcmconv", ["+te"], path)
    return data_set.pixel_array


def through(tool, options, path):
    """The pixels after one of DCMTK's tools has made them uncompressed little endian."""
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "plain.dcm")
        done = subprocess.run([tool, *options, path, plain], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{tool}: {done.stderr.strip()}")
        return pydicom.dcmread(plain).pixel_array


def main():
    folder = sys.argv[1]
    for number, path in enumerate(json.load(sys.stdin)):
        try:
            array = decode(path)
        except Exception as error:  # whatever it is, it is the oracle's answer
            print(json.dumps({"path": path, "error": f"{type(error).__name__}: {error}"[:200]}))
            continue
        if array is None:
            print(json.dumps({"path": path, "pixels": False}))
            continue
        name = os.path.join(folder, f"{number}.bin")
        array.astype("<i8").astype("<i4").tofile(name)
        print(json.dumps({"path": path, "shape": array.shape, "file": name}))


main()
