"""PREMIS 3: the files of a package as objects, and what the ledger keeps of them as events."""

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
    """One file of a package. path: inside it, with /. media: its MIME type. original: its name as delivered."""

    id: str
    path: str
    sha256: str
    size: int
    media: str
    original: str = ""


def event_agent(event: Event) -> str:
    """Who did it: a person where one is named, else the program."""
    return str(event.detail.get("by") or event.detail.get("placed_by") or _SOFTWARE)


def object_of(file: PackedFile) -> etree._Element:
    """A file as an object of category "file"."""
    made = _new("object")
    made.set(etree.QName(_XSI, "type"), "premis:file")
    made.append(_identifier("objectIdentifier", "sha256", file.sha256))
    traits = _new("objectCharacteristics")
    fixity = _new("fixity")
    fixity.append(_new("messageDigestAlgorithm", "SHA-256"))
    fixity.append(_new("messageDigest", file.sha256))
    form = _new("format")
    form.append(_new("formatDesignation"))
    form[0].append(_new("formatName", file.media))
    traits.extend([fixity, _new("size", str(file.size)), form])
    made.append(traits)
    if file.original:
        made.append(_new("originalName", file.original))
    return made


def event_of(event: Event, sha256: str = "") -> etree._Element:
    """An event of the ledger. sha256: of the file that it is about, where it is about one."""
    made = _new("event")
    made.append(_identifier("eventIdentifier", "ledger event", str(event.seq)))
    made.append(_new("eventType", TYPES[event.step]))
    made.append(_new("eventDateTime", event.at))
    told = _new("eventDetailInformation")
    told.append(_new("eventDetail", _detail(event)))
    outcome = _new("eventOutcomeInformation")
    outcome.append(_new("eventOutcome", _FATES[event.outcome]))
    made.extend([told, outcome])
    made.append(_identifier("linkingAgentIdentifier", "name", event_agent(event)))
    if sha256:
        made.append(_identifier("linkingObjectIdentifier", "sha256", sha256))
    return made


def agent_of(name: str) -> etree._Element:
    """A person or the program."""
    made = _new("agent")
    made.append(_identifier("agentIdentifier", "name", name))
    made.append(_new("agentName", name))
    made.append(_new("agentType", "software" if name == _SOFTWARE else "person"))
    return made


def _detail(event: Event) -> str:
    """What a step says in a few words: the unit, and of its detail only what holds no value of a record."""
    kept = ("what", "on", "to", "note", "pages", "kind", "form", "language", "index", "role", "records", "as")
    words = [f"{k} {event.detail[k]}" for k in kept if isinstance(event.detail.get(k), str | int)]
    return "; ".join([f"{event.step} of {event.unit}", *words])


def _identifier(tag: str, kind: str, value: str) -> etree._Element:
    made = _new(tag)
    made.append(_new(f"{tag}Type", kind))
    made.append(_new(f"{tag}Value", value))
    return made


def _new(tag: str, text: str = "") -> etree._Element:
    made = etree.Element(etree.QName(NAMESPACE, tag), nsmap={"premis": NAMESPACE, "xsi": _XSI})
    made.text = clean(text) or None
    return made


def all_agents(events: list[Event]) -> Iterator[str]:
    """Everybody who did something, the program too; each once, sorted."""
    yield from sorted({_SOFTWARE, *map(event_agent, events)})
