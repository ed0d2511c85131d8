"""PREMIS 3: files of a package as objects, and ledger entries as events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from digitize.workspace.ledger.core import Event
from ocr.outputs.xml import clean

NAMESPACE = "http://www.loc.gov/premis/v3"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SOFTWARE = "cctns-digitize"
TYPES = {
    "intake": "ingestion", "custody": "transfer", "received": "accession", "counted": "quality review",
    "recognise": "metadata extraction", "register": "metadata extraction", "decide": "metadata extraction",
    "map": "metadata modification", "sheet": "metadata extraction", "sorting": "policy assignment",
    "looked": "quality review", "load": "dissemination", "fixity": "fixity check",
}  # fmt: skip
"""Step of the ledger -> PREMIS event type (id.loc.gov/vocabulary/preservation/eventType); others are left out."""
_FATES = {"done": "success", "again": "success", "note": "success", "duplicate": "warning", "failed": "failure"}


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of a package. path: inside it, with /. media: MIME type. original: name as delivered."""

    id: str
    path: str
    sha256: str
    size: int
    media: str
    original: str = ""


def find_agent(event: Event) -> str:
    """Agent of an event: the person named, else the program."""
    return str(event.detail.get("by") or event.detail.get("placed_by") or _SOFTWARE)


def make_object(file: PackedFile) -> etree._Element:
    """A file as an object of category "file"."""
    made = _make_element("object")
    made.set(etree.QName(_XSI, "type"), "premis:file")
    made.append(_make_identifier("objectIdentifier", "sha256", file.sha256))
    traits = _make_element("objectCharacteristics")
    fixity = _make_element("fixity")
    fixity.append(_make_element("messageDigestAlgorithm", "SHA-256"))
    fixity.append(_make_element("messageDigest", file.sha256))
    form = _make_element("format")
    form.append(_make_element("formatDesignation"))
    form[0].append(_make_element("formatName", file.media))
    traits.extend([fixity, _make_element("size", str(file.size)), form])
    made.append(traits)
    if file.original:
        made.append(_make_element("originalName", file.original))
    return made


def make_event(event: Event, sha256: str = "") -> etree._Element:
    """A ledger event. sha256: of its file, if any."""
    made = _make_element("event")
    made.append(_make_identifier("eventIdentifier", "ledger event", str(event.seq)))
    made.append(_make_element("eventType", TYPES[event.step]))
    made.append(_make_element("eventDateTime", event.at))
    told = _make_element("eventDetailInformation")
    told.append(_make_element("eventDetail", _format_detail(event)))
    outcome = _make_element("eventOutcomeInformation")
    outcome.append(_make_element("eventOutcome", _FATES[event.outcome]))
    made.extend([told, outcome])
    made.append(_make_identifier("linkingAgentIdentifier", "name", find_agent(event)))
    if sha256:
        made.append(_make_identifier("linkingObjectIdentifier", "sha256", sha256))
    return made


def make_agent(name: str) -> etree._Element:
    """A person or the program."""
    made = _make_element("agent")
    made.append(_make_identifier("agentIdentifier", "name", name))
    made.append(_make_element("agentName", name))
    made.append(_make_element("agentType", "software" if name == _SOFTWARE else "person"))
    return made


def _format_detail(event: Event) -> str:
    """Short description of a step: the unit, and only those details without record values."""
    kept = ("what", "on", "to", "note", "pages", "kind", "form", "language", "index", "role", "records", "as")
    words = [f"{k} {event.detail[k]}" for k in kept if isinstance(event.detail.get(k), str | int)]
    return "; ".join([f"{event.step} of {event.unit}", *words])


def _make_identifier(tag: str, kind: str, value: str) -> etree._Element:
    made = _make_element(tag)
    made.append(_make_element(f"{tag}Type", kind))
    made.append(_make_element(f"{tag}Value", value))
    return made


def _make_element(tag: str, text: str = "") -> etree._Element:
    made = etree.Element(etree.QName(NAMESPACE, tag), nsmap={"premis": NAMESPACE, "xsi": _XSI})
    made.text = clean(text) or None
    return made


def list_agents(events: list[Event]) -> Iterator[str]:
    """All agents including the program, unique and sorted."""
    yield from sorted({_SOFTWARE, *map(find_agent, events)})
