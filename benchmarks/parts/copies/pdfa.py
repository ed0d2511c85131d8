"""What PDF/A-2u asks of a file's structure, as far as it can be seen without a validator."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf

_SHOWN = re.compile(rb"<([0-9A-F]+)> Tj")


def faults(data: bytes) -> list[str]:
    """What is wrong, [] for nothing: by ISO 19005-2, as far as copies have it (no pictures, forms, links, layers)."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [
            *_of_file(pdf, data), *_of_metadata(pdf), *_of_colour(pdf), *_of_structure(pdf),
            *(f for font in _fonts(pdf).values() for f in _of_font(font)), *_of_text(pdf),
        ]  # fmt: skip


def _of_file(pdf: pikepdf.Pdf, data: bytes) -> Iterator[str]:
    if not data.startswith(b"%PDF-1.7\n%") or min(data[10:14]) < 128:
        yield "header"
    if "/ID" not in pdf.trailer or pdf.is_encrypted:
        yield "no ID, or encrypted"
    for name in ("/AA", "/OpenAction", "/Names", "/OCProperties", "/AcroForm"):
        if name in pdf.Root:
            yield f"catalog has {name}"
    for page in pdf.pages:
        if set(page.obj.keys()) & {"/AA", "/Annots", "/PresSteps"} or "/Group" in page.obj:
            yield "page has actions, notes or transparency"
    if not str(pdf.Root.get("/Lang", "")):
        yield "no language"


def _of_metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    data = pdf.Root.Metadata.read_bytes().decode("utf-8")
    if "/Filter" in pdf.Root.Metadata:
        yield "metadata are compressed"
    for needed in (
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>U</pdfaid:conformance>",
        "<dc:title>",
        "xpacket",
    ):
        if needed not in data:
            yield f"metadata lack {needed}"
    if "/Info" in pdf.trailer and set(pdf.trailer.Info.keys()) - {"/Trapped"}:
        yield "information beside the metadata"


def _of_colour(pdf: pikepdf.Pdf) -> Iterator[str]:
    intents = list(pdf.Root.get("/OutputIntents", []))
    if len(intents) != 1 or pikepdf.Name("/GTS_PDFA1") != intents[0].S:
        yield "no single output intent"
    elif intents[0].DestOutputProfile.read_bytes()[36:40] != b"acsp":
        yield "its profile is none"


def _of_structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.Root.get("/MarkInfo", {}).get("/Marked") is not True:
        yield "not marked as tagged"
    top = pdf.Root.StructTreeRoot
    numbers = list(top.ParentTree.Nums)
    owners = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    for page in pdf.pages:
        count = len(re.findall(rb"/MCID \d+", page.obj.Contents.read_bytes()))
        if len(owners[int(page.obj.StructParents)]) != count:
            yield "marks that belong to no part"


def _fonts(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    return {str(name): font for page in pdf.pages for name, font in page.obj.Resources.Font.items()}


def _of_font(font: pikepdf.Object) -> Iterator[str]:
    below = font.DescendantFonts[0]
    if "/FontFile2" not in below.FontDescriptor:
        yield "a font is not embedded"
    if "/CIDToGIDMap" not in below or font.Encoding != pikepdf.Name("/Identity-H"):
        yield "a font without its map of glyphs"
    if "/ToUnicode" not in font:
        yield "a font without its letters"


def _codes(font: pikepdf.Object) -> dict[int, str]:
    said = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", font.ToUnicode.read_bytes())
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in said}


def _of_text(pdf: pikepdf.Pdf) -> Iterator[str]:
    known = {name: _codes(font) for name, font in _fonts(pdf).items()}
    for page in pdf.pages:
        content = page.obj.Contents.read_bytes()
        if re.search(rb"\b(rg|RG|k|K|sh|Do)\n", content):
            yield "colours or pictures that were not meant"
        font = ""
        for piece in re.finditer(rb"(/F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj", content):
            if piece[1]:
                font = piece[1].decode()
                continue
            codes = [int(piece[2][i : i + 4], 16) for i in range(0, len(piece[2]), 4)]
            if any(not known[font].get(c) or known[font][c] in ("\x00", "\ufeff", "\ufffe") or c == 0 for c in codes):
                yield "a glyph that says nothing"
