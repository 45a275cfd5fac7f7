"""Searches files for words in every form that one can think of: argument is a folder, words stand one a line on standard
input. Prints a JSON object: files read, streams inflated, and every hit as [file, word, form]. Files that pydicom reads are
gone through element by element too."""
import base64
import json
import os
import sys
import unicodedata
import warnings
import zlib

import pydicom

warnings.simplefilter("ignore")
pydicom.config.convert_wrong_length_to_UN = True
folder = sys.argv[1]
words = [line.rstrip("\n") for line in sys.stdin if line.strip()]


def swap(data):
    return bytes(data[i ^ 1] for i in range(len(data) & ~1))


def forms(word):
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    for text in {word, plain, word.replace("ü", "ue")}:
        for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le"):
            yield encoding, text.encode(encoding)
        coded = text.encode("latin-1")
        yield "swapped", swap(coded)
        yield "swapped", swap(coded[1:])
        yield "reversed", coded[::-1]
        yield "hex", coded.hex().encode()
        # Of the three places at which a word may begin, the letters that the neighbours do not touch.
        for start in range(3):
            yield "base64", base64.b64encode(b"\0" * start + coded)[4 if start else 0 : -4]


needles = [(word, form, needle.lower()) for word in words for form, needle in forms(word) if len(needle) >= 5]


def streams(data):
    """The bytes, and what is inflated of them at every place where a zlib or gzip stream may begin."""
    yield "", data
    for at in range(len(data) - 2):
        zlib_head = data[at] & 0x0F == 8 and (data[at] << 8 | data[at + 1]) % 31 == 0 and data[at] >> 4 <= 7
        gzip_head = data[at : at + 3] == b"\x1f\x8b\x08"
        if not zlib_head and not gzip_head:
            continue
        try:
            inflated = zlib.decompressobj(47).decompress(data[at:], 1 << 24)
        except zlib.error:
            continue
        if len(inflated) > 8:
            yield "inflated ", inflated


def values(path):
    """Every value that pydicom reads, as bytes, and raw deflate streams at their beginnings."""
    try:
        file = pydicom.dcmread(path)
    except Exception:
        return
    for ds in (file.file_meta, file):
        yield from values_of(ds)


def values_of(ds):
    for tag in ds.keys():
        try:
            value = ds[tag].value
        except Exception:
            # A value that contradicts its VR: its bytes are searched with those of the file.
            continue
        if isinstance(value, pydicom.Sequence):
            for item in value:
                yield from values_of(item)
            continue
        yield value if isinstance(value, bytes) else str(value).encode()
        if isinstance(value, bytes):
            try:
                yield zlib.decompressobj(-15).decompress(value, 1 << 24)
            except zlib.error:
                pass


hits, files, inflated = [], 0, 0
for root, _, names in os.walk(folder):
    for name in names:
        path = os.path.join(root, name)
        relative = os.path.relpath(path, folder)
        files += 1
        with open(path, "rb") as file:
            data = file.read()
        found = [("", relative.encode())]
        for kind, stream in streams(data):
            inflated += kind != ""
            found.append((kind, stream))
        found += [("element ", value) for value in values(path)]
        for kind, stream in found:
            lower = stream.lower()
            hits += [[relative, word, kind + form] for word, form, needle in needles if needle in lower]
print(json.dumps({"files": files, "inflated": inflated, "hits": [list(h) for h in sorted({tuple(h) for h in hits})]}))
