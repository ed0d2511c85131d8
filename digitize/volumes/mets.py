"""METS 1.12: one document that describes a package: metadata, files, pages in order, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from digitize.volumes.premis import TYPES, PackedFile, list_agents, make_agent, make_event, make_object
from digitize.workspace.ledger.core import Event
from ocr.outputs.xml import clean
from ocr.scans.parts import STEPS, place_of

NAMESPACE = "http://www.loc.gov/METS/"
_DC = "http://purl.org/dc/elements/1.1/"
_XLINK = "http://www.w3.org/1999/xlink"


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A page of the package. files: ids of those that show it; index: its 0-based place in its original."""

    page: str
    number: int
    index: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageDescription:
    """Metadata of a package. parts: Dublin Core name -> value. made: ISO time of writing."""

    id: str
    title: str
    parts: Sequence[tuple[str, str]]
    made: str


def make_mets(
    what: PackageDescription,
    files: dict[str, list[PackedFile]],
    pages: Sequence[PackedPage],
    events: Sequence[tuple[Event, str]],
) -> bytes:
    """The document. files: by use, e.g. ORIGINAL. events: of the ledger, each with the hash of its file."""
    root = etree.Element(
        etree.QName(NAMESPACE, "mets"), nsmap={"mets": NAMESPACE, "xlink": _XLINK}, OBJID=what.id, TYPE="Volume",
        LABEL=clean(what.title),
    )  # fmt: skip
    told = [(e, sha) for e, sha in events if e.step in TYPES]
    every = [f for own in files.values() for f in own]
    root.extend(
        [
            _make_header(what),
            _make_description(what),
            _make_history(every, told),
            _make_files(files),
            _make_structure(what, pages),
        ]
    )
    etree.indent(root, " ")
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _make_header(what: PackageDescription) -> etree._Element:
    made = _make_element("metsHdr", CREATEDATE=what.made)
    agent = _make_element("agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    agent.append(_make_element("name", "cctns-digitize"))
    made.append(agent)
    return made


def _make_description(what: PackageDescription) -> etree._Element:
    made = _make_element("dmdSec", ID="description")
    wrap, data = _wrap_xml("DC")
    for name, value in (("title", what.title), ("identifier", what.id), *what.parts):
        part = etree.SubElement(data, etree.QName(_DC, name), nsmap={"dc": _DC})
        part.text = clean(value)
    made.append(wrap)
    return made


def _make_history(files: Iterable[PackedFile], events: Sequence[tuple[Event, str]]) -> etree._Element:
    made = _make_element("amdSec", ID="history")
    for file in files:
        made.append(_make_section("techMD", f"object-{file.id}", "PREMIS:OBJECT", make_object(file)))
    for event, sha256 in events:
        made.append(_make_section("digiprovMD", f"event-{event.seq}", "PREMIS:EVENT", make_event(event, sha256)))
    for i, name in enumerate(list_agents([e for e, _ in events])):
        made.append(_make_section("digiprovMD", f"agent-{i}", "PREMIS:AGENT", make_agent(name)))
    return made


def _make_files(files: dict[str, list[PackedFile]]) -> etree._Element:
    made = _make_element("fileSec")
    for use, own in files.items():
        group = _make_element("fileGrp", USE=use)
        for file in own:
            node = _make_element(
                "file", ID=file.id, MIMETYPE=file.media, SIZE=str(file.size), CHECKSUM=file.sha256,
                CHECKSUMTYPE="SHA-256", ADMID=f"object-{file.id}",
            )  # fmt: skip
            place = _make_element("FLocat", LOCTYPE="URL")
            place.set(etree.QName(_XLINK, "href"), file.path)
            node.append(place)
            group.append(node)
        if own:
            made.append(group)
    return made


def _format_fragment(index: int) -> str:
    """The page within a file of several, as of PDFs and TIFFs, counted from 1; of a spread in which part of it."""
    place = place_of(index)
    part = f"&part={place.begin}-{place.end}/{STEPS}" if place.is_part else ""
    return f"#page={place.picture + 1}{part}"


def _make_structure(what: PackageDescription, pages: Sequence[PackedPage]) -> etree._Element:
    made = _make_element("structMap", TYPE="PHYSICAL")
    volume = _make_element("div", TYPE="volume", LABEL=what.title, DMDID="description", ADMID="history")
    for order, page in enumerate(pages, 1):
        node = _make_element("div", TYPE="page", ORDER=str(order), ORDERLABEL=str(page.number), LABEL=page.page)
        for file in page.files:
            node.append(_make_element("fptr", FILEID=file, CONTENTIDS=_format_fragment(page.index)))
        volume.append(node)
    made.append(volume)
    return made


def _make_section(tag: str, name: str, kind: str, content: etree._Element) -> etree._Element:
    made = _make_element(tag, ID=name)
    wrap, data = _wrap_xml(kind)
    data.append(content)
    made.append(wrap)
    return made


def _wrap_xml(kind: str) -> tuple[etree._Element, etree._Element]:
    wrap, data = _make_element("mdWrap", MDTYPE=kind), _make_element("xmlData")
    wrap.append(data)
    return wrap, data


def _make_element(tag: str, text: str = "", **attributes: str) -> etree._Element:
    made = etree.Element(etree.QName(NAMESPACE, tag), {k: clean(v) for k, v in attributes.items() if v})
    made.text = clean(text) or None
    return made
