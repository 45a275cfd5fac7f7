"""What nibabel reads from a NIfTI file, or writes for us to read.

read PATH: prints {shape, affine, dtype, values} of the volume.
digest PATH…: the same of each volume, with the SHA-256 of its values as float32 little endian instead of the values.
write FOLDER: writes volumes of every datatype, byte order and form, and prints for each {path, shape, affine, values}.
"""

import hashlib
import json
import os
import sys

import nibabel
import numpy


def describe(path, digest=False):
    image = nibabel.load(path)
    values = numpy.asarray(image.dataobj).ravel(order="F")
    return {
        "path": path,
        "shape": image.shape,
        "affine": image.affine.tolist(),
        "sform": image.header.get_sform(coded=True)[0].tolist() if image.header["sform_code"] > 0 else None,
        "qform": image.header.get_qform(coded=True)[0].tolist() if image.header["qform_code"] > 0 else None,
        "dtype": image.get_data_dtype().str,
        "values": hashlib.sha256(values.astype("<f4").tobytes()).hexdigest() if digest else values.astype("f8").tolist(),
    }


def rotation(a, b, c):
    ca, sa, cb, sb, cc, sc = (f(x) for x in (a, b, c) for f in (numpy.cos, numpy.sin))
    return (
        numpy.array([[1, 0, 0], [0, ca, -sa], [0, sa, ca]])
        @ numpy.array([[cb, 0, sb], [0, 1, 0], [-sb, 0, cb]])
        @ numpy.array([[cc, -sc, 0], [sc, cc, 0], [0, 0, 1]])
    )


def write(folder):
    rng = numpy.random.default_rng(7)
    paths = []
    for endian in "<>":
        for kind in ("u1", "i1", "i2", "u2", "i4", "u4", "f4", "f8", "i8", "u8"):
            for form in ("both", "sform", "qform", "none"):
                turn = rotation(*rng.uniform(-3, 3, 3)) @ numpy.diag([1, 1, rng.choice([-1, 1])])
                affine = numpy.eye(4)
                affine[:3, :3] = turn @ numpy.diag(rng.uniform(0.3, 5, 3))
                affine[:3, 3] = rng.uniform(-200, 200, 3)
                data = (rng.uniform(-100, 100, (5, 4, 3)) if kind[0] != "u" else rng.uniform(0, 200, (5, 4, 3))).astype(endian + kind)
                header = nibabel.Nifti1Header(endianness=endian)
                header.set_data_dtype(data.dtype)
                image = nibabel.Nifti1Image(data, None, header)
                image.header.set_zooms(numpy.linalg.norm(affine[:3, :3], axis=0))
                image.header.set_sform(affine if form in ("both", "sform") else None, 1 if form in ("both", "sform") else 0)
                image.header.set_qform(affine if form in ("both", "qform") else None, 1 if form in ("both", "qform") else 0)
                if kind == "i2":
                    image.header.set_slope_inter(0.5, -3)
                path = os.path.join(folder, f"{kind}-{'le' if endian == '<' else 'be'}-{form}.nii{'.gz' if form == 'both' else ''}")
                nibabel.save(image, path)
                paths.append(path)
    return paths


if sys.argv[1] == "read":
    print(json.dumps(describe(sys.argv[2])))
elif sys.argv[1] == "digest":
    for each in sys.argv[2:]:
        print(json.dumps(describe(each, digest=True)))
else:
    for each in write(sys.argv[2]):
        print(json.dumps(describe(each)))
