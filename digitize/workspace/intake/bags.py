"""BagIt deliveries (RFC 8493): a bag is verified before intake, and its errors are listed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digitize.workspace.intake.delivery import Given, shown_name
from digitize.workspace.intake.manifest import Metadata

BAG, DATA, ORIGINALS = "bagit.txt", "data", "originals"
OWN_FORMAT = "Digitize-Package"
"""In bag-info of bags that this program wrote: only their originals are taken in, not what was made of them."""
_MISSING = "is in the bag's list, but missing. Ask for the bag to be sent again."
_EXTRA = "is in the bag, but not in its lists. Ask for the bag to be sent again."
_ALTERED = "differs from the bag's list ({}). It was altered or damaged on the way: ask for the bag to be sent again."
_FETCH = "would have to be fetched from elsewhere, which is not supported. Ask for a bag with all of its files."
_UNKNOWN = "is listed with {}, which is not supported: ask for the bag to be sent again with sha256."
_NO_ORIGINALS = (
    "is a package of masked records without originals, so nothing of it is taken in. Ask for one written with "
    "--unmask, or for the files themselves."
)
_WHOLE = "the other files of the bag are not taken in: a bag is taken whole or not at all"
_KEPT = (
    "Source-Organization", "Contact-Name", "Bagging-Date", "External-Identifier", "External-Description",
    "Bag-Group-Identifier", "Bag-Count", "Internal-Sender-Identifier", "Payload-Oxum",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeliveredBag:
    """A valid bag. manifest: hash of its file list; info: sender, time, and description."""

    name: str
    manifest: str
    info: dict[str, str]

    def as_custody(self) -> dict[str, Any]:
        """As a step in the chain of custody: who delivered it, when."""
        by = self.info.get("Contact-Name") or self.info.get("Source-Organization", "")
        return {
            "what": "bag", "by": by, "to": "", "on": self.info.get("Bagging-Date", ""),
            "note": self.info.get("External-Identifier", self.name), "info": self.info, "manifest": self.manifest,
        }  # fmt: skip


@dataclass(slots=True)
class Delivery:
    """Input of one intake: paths to take, refusals, and bags."""

    paths: list[Path] = field(default_factory=list)
    refused: list[Given] = field(default_factory=list)
    bags: list[DeliveredBag] = field(default_factory=list)


def open_bags(paths: Sequence[Path]) -> Delivery:
    """Check every bag among some paths. Other paths are as they were."""
    made = Delivery()
    for path in paths:
        if not (path.is_dir() and (path / BAG).is_file()):
            _open_package(path, path, made, is_own=_is_package(path))
            continue
        problems = list(bag_problems(path))
        for name, why in problems:
            made.refused.append(Given(path / name, f"{shown_name(path.name)}/{name}".rstrip("/"), Metadata(), why))
        if not problems:
            bag = _read_delivered(path)
            made.bags.append(bag)
            _open_package(path, path / DATA, made, is_own=OWN_FORMAT in bag.info)
    return made


def _open_package(given: Path, path: Path, made: Delivery, *, is_own: bool) -> None:
    """Take only the originals of our own package: records and text are derived, and may be masked."""
    if not is_own:
        made.paths.append(path)
    elif (path / ORIGINALS).is_dir():
        made.paths.append(path / ORIGINALS)
    else:
        made.refused.append(Given(given, shown_name(given.name), Metadata(), _NO_ORIGINALS))


def _is_package(path: Path) -> bool:
    """Whether a folder is a package written without a bag."""
    return all((path / name).is_file() for name in ("mets.xml", "records.jsonl", "ledger/events.jsonl"))


def bag_problems(path: Path) -> Iterator[tuple[str, str]]:
    """(file, reason) for every error of a bag: missing, extra, altered; ("", reason) for the bag as a whole."""
    import bagit

    # It writes each fault to standard error by itself, in words of its own.
    logging.getLogger("bagit").setLevel(logging.CRITICAL + 1)
    try:
        bag = bagit.Bag(str(path))
        missing, extra = bag.compare_manifests_with_fs()
        fetched = set(bag.files_to_be_fetched())
    # ValueError: names with a zero in them, texts in another encoding.
    except (bagit.BagError, OSError, ValueError) as e:
        yield "", f"is not a readable bag: {e}"
        return
    found = [(name, _FETCH) for name in sorted(fetched)]
    found += [(name, _MISSING) for name in sorted(set(missing) - fetched)]
    found += [(name, _EXTRA) for name in sorted(extra)]
    found += list(_find_altered(path, bag, set(missing)))
    if not found:
        try:
            bag.validate(completeness_only=True)
        except (bagit.BagError, ValueError) as e:
            found = [("", f"is not a valid bag: {e}")]
    yield from found
    if any(name for name, _ in found):
        yield "", _WHOLE


def _find_altered(path: Path, bag: Any, missing: set[str]) -> Iterator[tuple[str, str]]:
    for name, sums in sorted(bag.entries.items()):
        own = path / bag.normalized_filesystem_names.get(name, name)
        if name in missing or not own.is_file():
            continue
        for algorithm, wanted in sums.items():
            if algorithm.startswith("shake"):
                # A sum of any length says nothing.
                yield name, _UNKNOWN.format(algorithm)
                break
            with own.open("rb") as file:
                if hashlib.file_digest(file, algorithm).hexdigest() != wanted.lower():
                    yield name, _ALTERED.format(algorithm)
                    break


def _read_delivered(path: Path) -> DeliveredBag:
    import bagit

    info = bagit.Bag(str(path)).info
    lists = sorted(path.glob("manifest-*.txt"))
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in lists)).hexdigest()
    kept = {k: _text(info[k]) for k in (*_KEPT, OWN_FORMAT) if info.get(k)}
    return DeliveredBag(shown_name(path.name), digest, kept)


def _text(value: str | list[str]) -> str:
    """A bag-info field; a repeated one is a list."""
    return value if isinstance(value, str) else "; ".join(value)
