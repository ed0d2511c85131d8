"""What the XML outputs share: characters that XML can hold, and a document that is written page by page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from ocr.page import Box

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Text with U+FFFD for each character that XML 1.0 has no way to hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def element(
    name: etree.QName, attributes: dict[str, str], children: Iterable[etree._Element] = (), text: str = ""
) -> etree._Element:
    """An element; attributes and text are cleaned, an empty attribute is left out."""
    made = etree.Element(name, {k: clean(v) for k, v in attributes.items() if v}, {None: name.namespace})
    made.text = clean(text) or None
    made.extend(children)
    return made


def to_bytes(node: etree._Element, namespace: str) -> bytes:
    """One element inside a document whose root has declared the namespace; on lines of its own."""
    etree.indent(node, " ")
    return bytes(etree.tostring(node, encoding="utf-8")).replace(f' xmlns="{namespace}"'.encode(), b"", 1) + b"\n"


def sides(box: Box) -> tuple[int, int, int, int]:
    """Left, top, width and height of a box, none of them negative."""
    return max(0, box.x0), max(0, box.y0), max(0, box.x1 - box.x0), max(0, box.y1 - box.y0)
