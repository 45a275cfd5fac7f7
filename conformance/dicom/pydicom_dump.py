"""Dumps DICOM files as pydicom reads them: one JSON line per file, for the comparison in corpus.test.ts.

Usage: python3 pydicom_dump.py < list-of-files (one path a line)

Element: [tag, vr, raw, value]. raw: SHA-1 of the value bytes as they stand, or null where pydicom does not keep them
(sequences). value: texts, numbers, items, SHA-1 of each fragment, or {"error": ...} where pydicom cannot convert.
"""
import hashlib
import json
import sys
import warnings

import pydicom
from pydicom import config
from pydicom.dataelem import RawDataElement
from pydicom.encaps import generate_pixel_data_fragment, get_frame_offsets
from pydicom.filebase import DicomBytesIO

config.settings.reading_validation_mode = config.IGNORE
config.replace_un_with_known_vr = False
warnings.simplefilter("ignore")

NUMBERS = {"DS", "IS", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"}
BULK = {"OB", "OW", "OF", "OD", "OL", "OV", "UN"}


def plain(vr, value):
    values = value if isinstance(value, (list, pydicom.multival.MultiValue)) else [value]
    if vr in NUMBERS:
        return [None if v is None or v == "" else float(v) for v in values]
    if vr == "AT":
        return ["%08x" % int(v) for v in values]
    texts = [str(v) for v in values]
    return [] if texts in ([""], ["None"]) else texts


def skip_offset_table(value):
    stream = DicomBytesIO(value)
    stream.is_little_endian = True
    get_frame_offsets(stream)
    return generate_pixel_data_fragment(stream)


def element(ds, tag):
    raw = ds.get_item(tag)
    digest = None
    if isinstance(raw, RawDataElement) and raw.VR != "SQ" and raw.length != 0xFFFFFFFF:
        digest = hashlib.sha1(raw.value or b"").hexdigest()
    try:
        elem = ds[tag]
        vr = getattr(elem.VR, "value", elem.VR)
        if vr == "SQ":
            return [f"{tag:08x}", vr, None, [dataset(item) for item in elem.value]]
        if tag == 0x7FE00010 and elem.is_undefined_length:
            return [f"{tag:08x}", vr, None, [hashlib.sha1(f).hexdigest() for f in skip_offset_table(elem.value)]]
        if vr in BULK or " or " in vr:
            return [f"{tag:08x}", vr, digest, None]
        return [f"{tag:08x}", vr, digest, plain(vr, elem.value)]
    except Exception as error:  # the verdict on one element must not hide the others
        return [f"{tag:08x}", None, digest, {"error": repr(error)}]


def dataset(ds):
    return [element(ds, tag) for tag in sorted(ds.keys())]


def main():
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            ds = pydicom.dcmread(path, force=True)
            out = {"path": path, "meta": dataset(ds.file_meta), "dataset": dataset(ds)}
        except Exception as error:
            out = {"path": path, "error": repr(error)}
        print(json.dumps(out))


main()
