"""ALTO 4: the Library of Congress's XML of text and where it stands; one document for each file read."""

from __future__ import annotations

from lxml import etree

from ocr.languages.writing import is_rtl, language_of
from ocr.outputs import SOFTWARE, Output, OutputPage, blocks_of, words_of
from ocr.outputs.xml import clean, element, sides, to_bytes
from ocr.page import Box, Line, enclose_boxes

_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="{_NAMESPACE}" SCHEMAVERSION="4.4">
"""


class AltoWriter:
    """Writes pages as ALTO; the description is that of the first page's file."""

    def __init__(self) -> None:
        """No page yet."""
        self._pages = 0

    def start(self) -> bytes:
        """Nothing: the description needs the first page."""
        return b""

    def page(self, page: OutputPage) -> bytes:
        """A Page, and the description before the first."""
        self._pages += 1
        head = _head(page) if self._pages == 1 else b""
        return head + to_bytes(_page(page, f"p{self._pages}"), _NAMESPACE)

    def end(self) -> bytes:
        """The end of the document; of one without pages nothing is left, since the schema wants one."""
        return b"</Layout>\n</alto>\n" if self._pages else b""


def _head(page: OutputPage) -> bytes:
    source = _new("sourceImageInformation", {}, _new("fileName", {}, text=page.file))
    by = sorted({line.by for line in page.text.lines if line.by})
    steps = [_new("processingStepDescription", {}, text=page.text.source)]
    settings = [_new("processingStepSettings", {}, text=", ".join((*page.languages, *by)))]
    software = _new("processingSoftware", {}, _new("softwareName", {}, text=SOFTWARE))
    category = _new("processingCategory", {}, text="contentGeneration")
    processing = _new("Processing", {"ID": "reading"}, category, *steps, *settings, software)
    unit = _new("MeasurementUnit", {}, text="pixel")
    description = _new("Description", {}, unit, source, processing)
    return _HEAD.encode() + to_bytes(description, _NAMESPACE) + b"<Layout>\n"


def _page(page: OutputPage, name: str) -> etree._Element:
    text = page.text
    blocks = [_block(lines, page.languages, f"{name}b{n}") for n, lines in enumerate(blocks_of(text), 1)]
    space = _new("PrintSpace", _place(Box(0, 0, text.width, text.height)), *blocks)
    given = {
        "ID": name, "WIDTH": str(text.width), "HEIGHT": str(text.height), "PHYSICAL_IMG_NR": str(page.number),
        "PAGECLASS": "blank" if not blocks else "text", "PROCESSINGREFS": "reading", "PC": _share(text.confidence),
        "LANG": page.languages[0] if page.languages else "",
    }  # fmt: skip
    return _new("Page", given, space)


def _block(lines: list[Line], languages: tuple[str, ...], name: str) -> etree._Element:
    place = _place(enclose_boxes(line.box for line in lines))
    made = (_line(line, line.languages or languages, f"{name}l{n}") for n, line in enumerate(lines, 1))
    return _new("TextBlock", {"ID": name} | place, *made)


def _line(line: Line, languages: tuple[str, ...], name: str) -> etree._Element:
    strings: list[etree._Element] = []
    for n, word in enumerate(words_of(line), 1):
        if strings:
            strings.append(_new("SP", {}))
        given = {"ID": f"{name}w{n}"} | _place(word.box) | {"WC": _share(word.confidence)}
        strings.append(_new("String", given))
        strings[-1].set("CONTENT", clean(word.text))  # it may be empty and must be there
    direction = "rtl" if is_rtl(line.text) else ""
    given = {"ID": name} | _place(line.box) | {"LANG": language_of(line.text, languages), "BASEDIRECTION": direction}
    return _new("TextLine", given, *strings)


def _new(tag: str, attributes: dict[str, str], *children: etree._Element, text: str = "") -> etree._Element:
    return element(etree.QName(_NAMESPACE, tag), attributes, children, text)


def _place(box: Box) -> dict[str, str]:
    names = ("HPOS", "VPOS", "WIDTH", "HEIGHT")
    return {name: str(side) for name, side in zip(names, sides(box), strict=True)}


def _share(value: float) -> str:
    # Only a NaN is unlike itself.
    return f"{min(1.0, max(0.0, value)):.4g}" if value == value else "0"


OUTPUT = Output(".alto.xml", AltoWriter, document=True)
