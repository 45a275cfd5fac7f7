"""Objects with a patient in every place that a file has, made by pydicom. Arguments: folder. Prints the file names."""
import os
import sys
import warnings
import zlib

from pydicom.dataelem import DataElement
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import write_file
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
)

warnings.simplefilter("ignore")
folder = sys.argv[1]

# Known to the object as the patient's, or hidden where nothing may stay.
FAMILY, GIVEN, NUMBER, HIDDEN = "Zyxwvütsky", "Quentaro", "QX4711998", "Hiddenword"
ROOT = "1.2.826.0.1.3680043.8.498.4711"
STUDY, SERIES, FRAME = f"{ROOT}.1", f"{ROOT}.2", f"{ROOT}.3"
MR, ENHANCED, CAPTURE = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.7"
REPORT, PDF = "1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.104.1"
BLOB = (HIDDEN * 4).encode() + zlib.compress((HIDDEN * 20).encode()) + HIDDEN.encode("utf-16-le")
BLOB += b"\0" * (-len(BLOB) % 8)
TEXT = f"{HIDDEN} for {FAMILY}, {GIVEN} ({NUMBER}), study {STUDY}. of 2024-02-29, born 7.6.1955"

VALUES = {
    "AE": "HIDDENWORD", "AS": "045Y", "AT": 0x00100010, "CS": "HIDDENWORD", "DA": "20240229", "DS": "4711.998",
    "DT": "20240229101112", "FD": 1.5, "FL": 1.5, "IS": "4711998", "LO": TEXT[:64], "LT": TEXT, "OB": BLOB, "OD": BLOB,
    "OF": BLOB, "OL": BLOB, "OV": BLOB, "OW": BLOB, "PN": f"{FAMILY}^{GIVEN}", "SH": HIDDEN, "SL": 1, "SS": 1, "ST": TEXT,
    "SV": 1, "TM": "101112", "UC": TEXT, "UI": f"{ROOT}.9", "UL": 1, "UN": BLOB, "UR": f"http://{HIDDEN}/{NUMBER}", "US": 1,
    "UT": TEXT, "UV": 1,
}


def add(ds, tag, vr, value):
    ds.add(DataElement(tag, vr, value))


def private(ds, group=0x0029, creator="SIEMENS CSA HEADER"):
    """Every VR in blocks of vendors, and elements of no block."""
    block = ds.private_block(group, creator, create=True)
    for i, (vr, value) in enumerate(VALUES.items()):
        block.add_new(0x10 + i, vr, value)
    block.add_new(0x80, "SQ", [nested(2)])
    add(ds, group * 0x10000 + 0x5001, "LO", HIDDEN)
    add(ds, group * 0x10000 + 0x0077, "LO", f"{HIDDEN} creator of nothing")


def nested(depth):
    item = Dataset()
    item.PatientName = f"{FAMILY}^{GIVEN}"
    item.PatientID = NUMBER
    item.InstitutionName = HIDDEN
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = MR, f"{ROOT}.4"
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "1", "99X", f"as {FAMILY} said"
    add(item, 0x0019_0010, "LO", HIDDEN)
    add(item, 0x0019_1010, "OB", BLOB)
    if depth > 0:
        item.ReferencedSeriesSequence = [nested(depth - 1)]
    return item


def patient(ds, sop_class, number):
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, f"{ROOT}.4.{number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = STUDY, SERIES, FRAME
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = f"{FAMILY}^{GIVEN}", NUMBER, "19550607"
    ds.PatientSex, ds.Modality = "F", "MR"
    ds.StudyDate = ds.SeriesDate = ds.ContentDate = "20240229"
    ds.StudyTime, ds.AccessionNumber = "101112", f"ACC{NUMBER}"
    ds.StudyDescription = f"spine {NUMBER} {FAMILY}"
    ds.SeriesDescription = f"t2 {HIDDEN} 29.02.2024"
    ds.ManufacturerModelName = f"set up by {GIVEN} for {NUMBER}"
    ds.SoftwareVersions = ["VE11", f"{FAMILY}", "7 Jun 1955", "29/02/2024", f"{STUDY}."[:40]]
    ds.SequenceName = "tse2d1"
    ds.ReferencedStudySequence = [nested(10)]
    ds.ReferencedImageSequence = [nested(10)]
    ds.RequestAttributesSequence = [nested(3)]
    ds.OtherPatientIDsSequence = [nested(1)]
    ds.AnatomicRegionSequence = [nested(2)]


def image(ds, rows=8, columns=8):
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "SE"]
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = rows, columns, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = bytes(range(128)) + HIDDEN.encode() * 3
    icon = Dataset()
    icon.Rows, icon.Columns, icon.SamplesPerPixel, icon.BitsAllocated = 8, 8, 1, 8
    icon.PhotometricInterpretation = "MONOCHROME2"
    icon.BitsStored, icon.HighBit, icon.PixelRepresentation = 8, 7, 0
    icon.PixelData = (HIDDEN * 8).encode()[:64]
    ds.IconImageSequence = [icon]
    ds.DataSetTrailingPadding = BLOB


def planes(ds):
    """Overlays and curves, retired groups, and what no dictionary knows."""
    for group in (0x6000, 0x6002, 0x60FE):
        add(ds, group * 0x10000 + 0x0010, "US", 8)
        add(ds, group * 0x10000 + 0x0011, "US", 8)
        add(ds, group * 0x10000 + 0x0022, "LO", HIDDEN)
        add(ds, group * 0x10000 + 0x1500, "LO", HIDDEN)
        add(ds, group * 0x10000 + 0x3000, "OW", BLOB)
        add(ds, group * 0x10000 + 0x4000, "LT", HIDDEN)
    for group in (0x5000, 0x501E):
        add(ds, group * 0x10000 + 0x0030, "SH", HIDDEN)
        add(ds, group * 0x10000 + 0x3000, "OW", BLOB)
        add(ds, group * 0x10000 + 0x200C, "OB", BLOB)
    for tag in (0x00189ABC, 0x0020FFFE, 0x4FFE0F01, 0xFFEE0010):
        add(ds, tag, "UT", HIDDEN)
    add(ds, 0x00180000, "UL", 4711998)
    add(ds, 0x00081198, "SQ", [nested(1)])


LEFT_OUT = ("CS", "AT", "UI", "OF", "OD", "OL", "OV")


def everywhere(ds):
    """Every attribute that the dictionary knows and that has no value yet. Not arrays of numbers, which may
    be any bytes, nor UIDs, which one cannot know from those of classes where they stand for these."""
    for tag, entry in DicomDictionary.items():
        vr = entry[0].split(" or ")[0]
        if tag in ds or tag >> 16 < 8 or tag >> 16 in (0x7FE0, 0xFFFE) or vr not in VALUES or vr in LEFT_OUT:
            continue
        add(ds, tag, vr, VALUES[vr])


def write(name, ds, syntax=ExplicitVRLittleEndian, tail=b""):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID, meta.ImplementationVersionName = f"{ROOT}.77", "HIDDENWORD"
    meta.SourceApplicationEntityTitle = "HIDDENWORD"
    add(meta, 0x00020017, "AE", "HIDDENWORD")
    add(meta, 0x00020018, "AE", "HIDDENWORD")
    meta.PrivateInformationCreatorUID, meta.PrivateInformation = f"{ROOT}.78", BLOB
    path = os.path.join(folder, f"{FAMILY}_{NUMBER}", f"{HIDDEN}_{name}.dcm")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    file = FileDataset(path, ds, file_meta=meta, preamble=(HIDDEN * 13).encode()[:128])
    file.is_little_endian = syntax != ExplicitVRBigEndian
    file.is_implicit_VR = syntax == ImplicitVRLittleEndian
    file.save_as(path, write_like_original=False)
    with open(path, "ab") as out:
        out.write(tail)
    print(name)


def full(number, sop_class=MR):
    ds = Dataset()
    patient(ds, sop_class, number)
    image(ds)
    return ds


def segment(marker, payload):
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


plain = full(1)
private(plain)
planes(plain)
write("explicit", plain)
for i, (name, syntax) in enumerate(
    {"implicit": ImplicitVRLittleEndian, "big": ExplicitVRBigEndian, "deflated": DeflatedExplicitVRLittleEndian}.items()
):
    ds = full(2 + i)
    private(ds, 0x0019, "SIEMENS MR HEADER")
    private(ds, 0x2001, "Philips Imaging DD 001")
    planes(ds)
    write(name, ds, syntax)

ds = full(5)
ds.NumberOfFrames = 1
everywhere(ds)
write("everywhere", ds)

ds = full(6)
ds.BitsAllocated = ds.BitsStored = 8
ds.HighBit = 7
note = f"{HIDDEN} beside the pixels of {FAMILY}".encode()
jpeg = (
    b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + note) + segment(0xFE, note) + segment(0xDB, bytes(65))
    + segment(0xC0, bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0])) + segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) + b"\x12\x34"
    + b"\xff\xd9" + note
)
ds.PixelData = encapsulate([jpeg + b"\0" * (len(jpeg) % 2)])
ds["PixelData"].is_undefined_length = True
write("jpeg", ds, JPEGBaseline8Bit)

ds = full(7)
siz = bytes.fromhex("0000" "00000008" "00000008" "00000000" "00000000" "00000008" "00000008" "00000000" "00000000" "0001" "0b0101")
tile = b"\xff\x90\0\x0a\0\0" + (14 + 2).to_bytes(4, "big") + b"\0\1\xff\x93\1\2"
j2k = b"\xff\x4f" + segment(0x51, siz) + segment(0x64, b"\0\1" + note) + tile + b"\xff\xd9" + note
ds.PixelData = encapsulate([j2k + b"\0" * (len(j2k) % 2)])
ds["PixelData"].is_undefined_length = True
write("jpeg2000", ds, JPEG2000Lossless)

ds = full(8, ENHANCED)
ds.NumberOfFrames = 2
ds.Rows = 4
group = nested(4)
private(group, 0x2005, "Philips MR Imaging DD 001")
ds.SharedFunctionalGroupsSequence = [group]
ds.PerFrameFunctionalGroupsSequence = [nested(2), nested(2)]
write("enhanced", ds)

ds = Dataset()
patient(ds, REPORT, 9)
content = []
for value_type, keyword, value in (
    ("TEXT", "TextValue", TEXT), ("PNAME", "PersonName", f"{FAMILY}^{GIVEN}"), ("DATE", "Date", "20240229"),
    ("DATETIME", "DateTime", "20240229101112"), ("UIDREF", "UID", STUDY),
):
    item = nested(1)
    item.ValueType = value_type
    item.RelationshipType = "CONTAINS"
    setattr(item, keyword, value)
    content.append(item)
image_item = Dataset()
image_item.ValueType, image_item.RelationshipType = "IMAGE", "CONTAINS"
reference = Dataset()
reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = MR, f"{ROOT}.4.1"
image_item.ReferencedSOPSequence = [reference]
ds.ContentSequence = [*content, image_item]
ds.ValueType = "CONTAINER"
write("report", ds)

ds = Dataset()
patient(ds, PDF, 10)
ds.EncapsulatedDocument = b"%PDF-1.4 " + BLOB
ds.DocumentTitle = TEXT[:64]
write("pdf", ds)

ds = full(11, CAPTURE)
write("capture", ds)
ds = full(12)
ds.BurnedInAnnotation = "YES"
write("burned", ds)
write("tail", full(13), tail=HIDDEN.encode() * 8)
write("padded", full(14), tail=bytes(512))
