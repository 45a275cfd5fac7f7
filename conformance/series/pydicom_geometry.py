"""Prints, per series of the folder given, position and geometry of its slices as JSON; one line a series."""
import json
import os
import sys
from collections import defaultdict

import numpy
import pydicom

series = defaultdict(list)
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        path = os.path.join(folder, name)
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        series[str(ds.SeriesInstanceUID)].append(ds)

for uid, slices in series.items():
    row = numpy.array(slices[0].ImageOrientationPatient[:3], float)
    column = numpy.array(slices[0].ImageOrientationPatient[3:], float)
    normal = numpy.cross(row, column)
    slices.sort(key=lambda ds: float(numpy.dot(normal, numpy.array(ds.ImagePositionPatient, float))))
    origins = [[float(v) for v in ds.ImagePositionPatient] for ds in slices]
    print(
        json.dumps(
            {
                "uid": uid,
                "origins": origins,
                "axes": [row.tolist(), column.tolist(), normal.tolist()],
                "spacing": [float(slices[0].PixelSpacing[1]), float(slices[0].PixelSpacing[0])],
                "size": [int(slices[0].Columns), int(slices[0].Rows), len(slices)],
                "instances": [str(ds.SOPInstanceUID) for ds in slices],
            }
        )
    )
