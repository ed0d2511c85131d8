"""Faulty text layers, made of good ones the way real producers get them wrong; the picture of a page stays as it is.

Each fault is a function from a good PDF (or from nothing) to a page's bytes. What a fault is called before its colon is
the reason for which it should be refused.
"""

from __future__ import annotations

import io
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name

_HEX = re.compile(rb"<([0-9A-Fa-f\s]+)>")
_CODES = {
    "KrutiDev010": "izFke lwpuk fjiksVZ Fkkuk dYiukiqj ftyk uewuk eqdnek la[;k f'kdk;rdrkZ us crk;k fd mldh lkbfdy",
    "Bamini": "Kjy; jfty; mwpf;if fhty; epiyak; fw;gdh+u; khtl;lk; khjpup tof;F vz; Gfhu;jhuu; jdJ",
    "SutonnyMJ": "cÖ_g Z_¨ cÖwZ‡e`b _vbv Kíbvcyi †Rjv bgybv gvgjv b¤\u00a2i Awf‡hvMKvix Rvbvb †h Zvi mvB‡Kj evRvi",
    "Asees": "pihlI sUcnw irport Qwxw klpnwpur izlHw nmUnw mukdmw nMbr sw$l iSkwieqkrqw ny d`isAw ik ausdw",
}

_VIRAMAS = frozenset(range(0x94D, 0xD80, 0x80))


def _changed(source: Path, change: Callable[[str], str], *, keep_meaning: bool = False) -> bytes:
    """A PDF whose maps to Unicode (and, unless they are dropped, meanings of groups) are changed."""
    pdf = pikepdf.open(source)
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and isinstance(thing.get("/ToUnicode"), pikepdf.Stream):
            stream = thing.ToUnicode
            stream.write(_map_changed(stream.read_bytes(), change))
    for page in pdf.pages:
        content = []
        for step in pikepdf.parse_content_stream(page):
            operands = list(step.operands)
            if str(step.operator) == "BDC" and "/ActualText" in getattr(operands[1], "keys", list)():
                meant = str(operands[1]["/ActualText"])
                operands[1] = Dictionary(ActualText=pikepdf.String(change(meant))) if keep_meaning else Dictionary()
            content.append((operands, step.operator))
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
    return _saved(pdf)


def _map_changed(data: bytes, change: Callable[[str], str]) -> bytes:
    """A ToUnicode map with every text in it changed; codes and ranges stay."""
    lines, inside = [], ""
    for line in data.split(b"\n"):
        if b"beginbf" in line or b"begincid" in line:
            inside = "range" if b"range" in line else "char"
        elif b"endbf" in line:
            inside = ""
        elif inside:
            found = list(_HEX.finditer(line))
            for hit in reversed(found[1 if inside == "char" else 2 :]):
                text = bytes.fromhex(hit[1].decode().replace(" ", "")).decode("utf-16-be", "replace")
                new = change(text).encode("utf-16-be", "replace").hex().encode()
                line = line[: hit.start(1)] + (new or b"0020") + line[hit.end(1) :]
        lines.append(line)
    return b"\n".join(lines)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    done = io.BytesIO()
    pdf.save(done)
    return done.getvalue()


def no_map(source: Path) -> bytes:
    """A font without any map: glyph numbers are all there is."""
    pdf = pikepdf.open(source)
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/ToUnicode" in thing:
            del thing["/ToUnicode"]
    data = _saved(pdf)
    return _without_meaning(data)


def _without_meaning(data: bytes) -> bytes:
    pdf = pikepdf.open(io.BytesIO(data))
    for page in pdf.pages:
        content = []
        for step in pikepdf.parse_content_stream(page):
            operands = list(step.operands)
            if str(step.operator) == "BDC":
                operands[1] = Dictionary()
            content.append((operands, step.operator))
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(content))
    return _saved(pdf)


def to_private(text: str) -> str:
    """Letters as an old converter numbers them: in the private area."""
    return "".join(
        chr(0xF000 + (ord(c) & 0xFF)) if c.isalpha() or unicodedata.category(c)[0] == "M" else c for c in text
    )


def to_shifted(text: str) -> str:
    """Each Latin letter moved, as in fonts that were cut down without a map."""
    return "".join(chr(ord(c) - 29) if c.isascii() and c.isalpha() else c for c in text)


def to_next(text: str) -> str:
    """Each Indian letter or sign taken for the next one of its block."""
    return "".join(chr(ord(c) + 1) if 0x900 <= ord(c) < 0xDFF else c for c in text)


def to_visual(text: str) -> str:
    """Signs that are drawn before their consonant written before it, as glyphs come."""
    for pattern in (
        "([\u0915-\u0939](?:\u094d[\u0915-\u0939])*)(\u093f)",
        "([\u0995-\u09b9])([\u09bf\u09c7\u09c8])",
        "([\u0b95-\u0bb9])([\u0bc6-\u0bc8])",
    ):
        text = re.sub(pattern, "\\2\\1", text)
    return text


def without_virama(text: str) -> str:
    """Conjuncts fallen apart."""
    return "".join(c for c in text if ord(c) not in _VIRAMAS)


def to_latin_extended(text: str) -> str:
    """Some letters in Latin Extended-A, as one state's system writes Marathi."""
    return "".join(
        chr(0x110 + ord(c) % 0x20) if (ord(c) - 0x900) % 0x80 in (0x15, 0x24, 0x30) and ord(c) > 0x8FF else c
        for c in text
    )


def permuted(text: str) -> str:
    """Consonants exchanged by a fixed scheme: every sequence is possible, and every word is wrong."""
    dice = random.Random(7)
    table: dict[int, int] = {}
    for first, last in ((0x915, 0x928), (0x995, 0x9A8), (0xC15, 0xC28)):
        letters = list(range(first, last + 1))
        mixed = letters[:]
        dice.shuffle(mixed)
        table |= dict(zip(letters, mixed, strict=True))
    return text.translate(table)


def to_mojibake(text: str) -> str:
    """UTF-8 taken for the Western code of Windows."""
    return text.encode().decode("cp1252", "replace").replace("\ufffd", "\u0081")


def in_codes(font: str, named: str) -> bytes:
    """A page written in the codes of an old font. named: what the PDF calls the font."""
    words = _CODES[font].split()
    dice = random.Random(font)
    return drawn([" ".join(dice.choices(words, k=8)) for _ in range(12)], named)


def drawn(lines: list[str], font: str = "Helvetica") -> bytes:
    """A page of lines in a font that is not embedded."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    named = Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/" + font), Encoding=Name.WinAnsiEncoding,
        FirstChar=32, LastChar=255, Widths=[300] + [550] * 223,
    )  # fmt: skip
    page.Resources = Dictionary(Font=Dictionary(F1=named))
    shown = [b"BT /F1 14 Tf"]
    for n, line in enumerate(lines):
        hexed = line.encode("cp1252", "replace").hex()
        shown.append(f"1 0 0 1 60 {760 - 24 * n} Tm <{hexed}> Tj".encode())
    page.Contents = pdf.make_stream(b"\n".join([*shown, b"ET"]))
    return _saved(pdf)


def scanned(source: Path, over: list[str], *, mode: int = 3, top: int = 760, strips: int = 1) -> bytes:
    """A good page as a picture, or strips of one, as from a scanner, with lines of text over it."""
    import pypdfium2 as pdfium

    picture = pdfium.PdfDocument(source)[0].render(scale=150 / 72).to_pil().convert("L")
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    images, shown = {}, []
    for n in range(strips):
        jpeg = io.BytesIO()
        high = picture.height // strips
        strip = picture.crop((0, n * high, picture.width, (n + 1) * high))
        strip.save(jpeg, "JPEG", quality=60)
        image = pikepdf.Stream(pdf, jpeg.getvalue())
        image.Type, image.Subtype, image.Filter = Name.XObject, Name.Image, Name.DCTDecode
        image.Width, image.Height = strip.size
        image.BitsPerComponent, image.ColorSpace = 8, Name.DeviceGray
        images[f"/Im{n}"] = image
        shown.append(f"q 595 0 0 {842 / strips:.3f} 0 {842 * (1 - (n + 1) / strips):.3f} cm /Im{n} Do Q".encode())
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    page.Resources = Dictionary(XObject=Dictionary(images), Font=Dictionary(F1=font))
    shown.append(f"BT {mode} Tr /F1 14 Tf".encode())
    for n, line in enumerate(over):
        shown.append(f"1 0 0 1 60 {top - 24 * n} Tm <{line.encode('cp1252', 'replace').hex()}> Tj".encode())
    page.Contents = pdf.make_stream(b"\n".join([*shown, b"ET"]))
    return _saved(pdf)


def displaced(source: Path) -> bytes:
    """A page with more text than is to be seen: white, where nothing is drawn."""
    pdf = pikepdf.open(source)
    page = pdf.pages[0]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    page.add_resource(font, Name.Font, Name.White)
    shown = [b"BT 1 1 1 rg /White 12 Tf"]
    for n, line in enumerate(ENGLISH * 3):
        shown.append(f"1 0 0 1 60 {200 - 20 * n} Tm ({line}) Tj".encode())
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"\n".join([b"Q", *shown, b"ET"]))
    return _saved(pdf)


_EVERYWHERE = (
    ("private area", to_private), ("next letter", to_next), ("no conjuncts", without_virama),
    ("Latin Extended", to_latin_extended),
)  # fmt: skip
ENGLISH = ["The complainant stated that his cycle was stolen", "from the market at Kalpanapur on the day before."]


def faults(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """All faults of the good PDFs of a folder: name ("reason: how, file"), language, and the PDF."""
    for path in sorted(folder.glob("*.pdf")):
        language = path.stem.rpartition("-")[2]
        if language not in ("en", "ur"):
            for how, change in _EVERYWHERE:
                if change is without_virama and language == "pa":
                    continue  # nothing would change: Punjabi is written without
                yield f"wrong-unicode: {how}, {path.stem}", language, _changed(path, change, keep_meaning=True)
            yield f"wrong-unicode: no map, {path.stem}", language, no_map(path)
            yield f"mojibake: {path.stem}", language, _changed(path, to_mojibake, keep_meaning=True)
        if language in ("hi", "ta", "bn"):
            yield f"wrong-unicode: visual order, {path.stem}", language, _changed(path, to_visual, keep_meaning=True)
        if language in ("hi", "bn", "te"):
            yield (
                f"unlike-picture: exchanged letters, {path.stem}",
                language,
                _changed(path, permuted, keep_meaning=True),
            )
        if language == "en":
            yield f"wrong-unicode: shifted, {path.stem}", language, _changed(path, to_shifted, keep_meaning=True)
        yield f"hidden-ocr: {path.stem}", language, scanned(path, ENGLISH * 5)
        yield f"hidden-ocr: over strips, {path.stem}", language, scanned(path, ENGLISH * 5, strips=8)
        yield f"partial: a header on a scan, {path.stem}", language, scanned(path, ENGLISH[:1], mode=0, top=40)
        if language not in ("en", "mr", "hi"):
            yield f"other-script: {path.stem}", "hi", path.read_bytes()
        yield f"misplaced: white, {path.stem}", language, displaced(path)
    for font in _CODES:
        yield f"font-codes: named, {font}", "hi", in_codes(font, f"ABCDEF+{font}")
        yield f"font-codes: nameless, {font}", "hi", in_codes(font, "ABCDEF+TT1A2B")
