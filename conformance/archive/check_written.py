"""Reads what the server sent with the standard library's MIME parser and pydicom; a JSON object a line, in and out."""
import email
import email.policy
import hashlib
import json
import math
import sys
import warnings

import pydicom
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

warnings.simplefilter("ignore")


def multipart(path, content_type):
    """Parts of a multipart body, and every defect that the parser notes."""
    with open(path, "rb") as file:
        body = file.read()
    head = f"MIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    parts = message.get_payload() if message.is_multipart() else []
    # The parser turns line ends of text; the bytes of a part are cut from the body by the boundary that it read.
    boundary = b"\r\n--" + message.get_boundary().encode()
    pieces = (b"\r\n" + body).split(boundary)
    return {
        "multipart": message.is_multipart(),
        "defects": [type(d).__name__ for d in message.defects] + [type(d).__name__ for p in parts for d in p.defects],
        "type": message.get_param("type"),
        "preamble": message.preamble,
        "closed": pieces[-1].strip() == b"--",
        "parts": [
            {
                "type": part.get_content_type(),
                "transferSyntax": part.get_param("transfer-syntax"),
                "location": part["Content-Location"],
                "sha256": hashlib.sha256(piece.split(b"\r\n\r\n", 1)[1]).hexdigest(),
            }
            for part, piece in zip(parts, pieces[1:-1])
        ],
    }


def plain(value):
    """A value as something that compares: padding off, numbers as numbers."""
    if isinstance(value, (MultiValue, list)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bytes, bytearray)):
        return bytes(value or b"").hex()
    if isinstance(value, pydicom.valuerep.PersonName):
        groups = str(value).split("=")
        return "=".join(groups).rstrip("=").rstrip()
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, pydicom.tag.BaseTag):
        return int(value)
    text = str(value).rstrip(" \0")
    try:
        number = float(text)
        return number if math.isfinite(number) else text
    except ValueError:
        return text


EMPTY = ("", [], None)


def differences(a, b, at=""):
    found = []
    for tag in sorted(set(a.keys()) | set(b.keys())):
        # Group lengths are of the encoding, and not in JSON (PS3.18 F.2.2); nor is what says how text was encoded.
        if tag.element == 0 or tag == 0x00080005:
            continue
        here = f"{at}/{tag.group:04X}{tag.element:04X}"
        if tag not in a or tag not in b:
            found.append([here, "absent", tag not in a])
            continue
        try:
            x, y = a[tag], b[tag]
        except Exception as error:  # pydicom cannot read the element at all
            found.append([here, "unread", type(error).__name__])
            continue
        if x.VR == "SQ" and y.VR == "SQ":
            if len(x.value) != len(y.value):
                found.append([here, "items", len(x.value), len(y.value)])
            else:
                for i, (m, n) in enumerate(zip(x.value, y.value)):
                    found += differences(m, n, f"{here}[{i}]")
            continue
        p, q = plain(x.value), plain(y.value)
        if p != q and not (p in EMPTY and q in EMPTY):
            found.append([here, x.VR, str(p)[:80], y.VR, str(q)[:80]])
    return found


def leave_out_bulk(model, *data_sets):
    for tag, element in model.items():
        key = int(tag, 16)
        for i, item in enumerate(element.get("Value", []) if element["vr"] == "SQ" else []):
            leave_out_bulk(item or {}, *[d[key].value[i] for d in data_sets])
        if "BulkDataURI" in element:
            for data_set in data_sets:
                del data_set[key]


def metadata(file, json_file):
    """The data set as pydicom reads the file, beside the one that it makes of our JSON; bulk data are left out."""
    stored = pydicom.dcmread(file)
    with open(json_file, encoding="utf-8") as handle:
        model = json.load(handle)
    given = Dataset.from_json(model, bulk_data_uri_handler=lambda uri: None)
    stored.decode()
    leave_out_bulk(model, stored, given)
    return {"elements": len(stored), "differences": differences(given, stored)}


for line in sys.stdin:
    question = json.loads(line)
    try:
        if question["ask"] == "multipart":
            answer = multipart(question["body"], question["contentType"])
        else:
            answer = metadata(question["file"], question["json"])
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer))
