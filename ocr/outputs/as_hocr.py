"""hOCR 1.2: XHTML that any browser shows, with the place of every line and word; one document for each file read."""

from __future__ import annotations

from lxml import etree

from ocr.languages.writing import is_rtl, language_of
from ocr.outputs import SOFTWARE, Output, OutputPage, blocks_of, words_of
from ocr.outputs.xml import element, to_bytes
from ocr.page import Box, Line, enclose_boxes

_NAMESPACE = "http://www.w3.org/1999/xhtml"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="{_NAMESPACE}" xml:lang="en" lang="en">
<head>
<title>Text of scanned pages</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="ocr-system" content="{SOFTWARE}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_lang ocrp_dir"/>
</head>
<body>
"""


class HocrWriter:
    """Writes pages as hOCR."""

    def __init__(self) -> None:
        """No page yet."""
        self._pages = 0

    def start(self) -> bytes:
        """The head."""
        return _HEAD.encode()

    def page(self, page: OutputPage) -> bytes:
        """An ocr_page."""
        self._pages += 1
        return to_bytes(_page(page, self._pages), _NAMESPACE)

    def end(self) -> bytes:
        """The end of the document; a body holds at least one element."""
        return b"</body>\n</html>\n" if self._pages else b"<p></p></body>\n</html>\n"


def _page(page: OutputPage, n: int) -> etree._Element:
    # A quote in a name would end the property; the reading software has no way to escape it.
    name = page.file.replace('"', "'").replace(";", ",")
    size = Box(0, 0, page.text.width, page.text.height)
    title = f'image "{name}"; {_box(size)}; ppageno {page.number - 1}'
    blocks = [_area(lines, page.languages, f"{n}_{m}") for m, lines in enumerate(blocks_of(page.text), 1)]
    return _new("div", "ocr_page", f"page_{n}", title, *blocks)


def _area(lines: list[Line], languages: tuple[str, ...], name: str) -> etree._Element:
    box = _box(enclose_boxes(line.box for line in lines))
    made = [_line(line, line.languages or languages, f"{name}_{n}") for n, line in enumerate(lines, 1)]
    paragraph = _new("p", "ocr_par", f"par_{name}", box, *made)
    _say_language(paragraph, "\n".join(line.text for line in lines), lines[0].languages or languages)
    return _new("div", "ocr_carea", f"block_{name}", box, paragraph)


def _line(line: Line, languages: tuple[str, ...], name: str) -> etree._Element:
    words = []
    for n, word in enumerate(words_of(line), 1):
        # Only a NaN is unlike itself.
        sure = round(100 * min(1.0, max(0.0, word.confidence))) if word.confidence == word.confidence else 0
        words.append(_new("span", "ocrx_word", f"word_{name}_{n}", f"{_box(word.box)}; x_wconf {sure}", text=word.text))
    made = _new("span", "ocr_line", f"line_{name}", _box(line.box), *words)
    _say_language(made, line.text, languages)
    return made


def _say_language(node: etree._Element, text: str, languages: tuple[str, ...]) -> None:
    # Readers of HTML ask for lang, those of XML for xml:lang.
    if code := language_of(text, languages):
        node.set("lang", code)
        node.set("{http://www.w3.org/XML/1998/namespace}lang", code)
    node.set("dir", "rtl" if is_rtl(text) else "ltr")


def _new(tag: str, kind: str, name: str, title: str, *children: etree._Element, text: str = "") -> etree._Element:
    return element(etree.QName(_NAMESPACE, tag), {"class": kind, "id": name, "title": title}, children, text)


def _box(box: Box) -> str:
    return "bbox " + " ".join(str(max(0, side)) for side in box)


OUTPUT = Output(".hocr", HocrWriter, document=True)
