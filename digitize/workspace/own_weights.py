"""Weights trained by an office on its own pages: stored in the workspace, named by content, selected in the ledger.

They leave the workspace only on request. The selection is an event and so part of the history.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digitize.errors import InputError, MachineLacks
from digitize.machine.command_line import format_command
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.chosen_weights import FIELDS, PACKAGE, STEP, find_all_chosen
from digitize.workspace.place import Place

_SUFFIX, _FACTS = ".onnx", ".json"


@dataclass(frozen=True, slots=True)
class OwnWeights:
    """One file of weights and its metadata.

    name: "own-" and the beginning of its hash. parent: weights it was trained from, or PACKAGE. pages, values: training
    data. held: held-back values; before, after: those read right by the parent and by it; better, worse: read right
    only by it, or only by the parent. learned: ids of the pages. names: whether free text with names of persons was
    learned. network: it belongs to (ocr.models.TITLES).
    """

    name: str
    sha256: str
    parent: str
    pages: int = 0
    values: int = 0
    held: int = 0
    before: int = 0
    after: int = 0
    better: int = 0
    worse: int = 0
    adopted: bool = False
    names: bool = False
    learned: tuple[str, ...] = ()
    network: str = FIELDS

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {**asdict(self), "learned": list(self.learned)}

    def line(self) -> str:
        """For people."""
        # Here and not above: what only looks at the ledger need not load what reads pages.
        from ocr.models import TITLES

        title = f"{self.name} ({TITLES.get(self.network, self.network)})"
        if not self.held:
            return f"{title}: from {self.parent}"
        return (
            f"{title}: {self.values} values of {self.pages} pages; of {self.held} held back "
            f"{self.before} right before, {self.after} after"
        )


def folder_of(place: Place) -> Path:
    """Folder of a workspace's own weights."""
    return place.models / "own"


def name_of(content: bytes) -> str:
    """The name of weights by their content."""
    return f"own-{hashlib.sha256(content).hexdigest()[:16]}"


def path_of(place: Place, name: str) -> Path:
    """The file of weights."""
    return folder_of(place) / f"{name}{_SUFFIX}"


def keep_weights(place: Place, content: bytes, facts: Mapping[str, Any]) -> OwnWeights:
    """Write weights and their metadata. facts: fields of OwnWeights besides name and hash."""
    weights = OwnWeights(name_of(content), hashlib.sha256(content).hexdigest(), **facts)
    folder = folder_of(place)
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(weights.as_plain(), indent=1) + "\n"
    for path, data in (
        (path_of(place, weights.name), content),
        (folder / f"{weights.name}{_FACTS}", text.encode("utf-8")),
    ):
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)
    return weights


def list_weights(place: Place) -> list[OwnWeights]:
    """All weights in a workspace by name; a file with missing or damaged metadata is left out."""
    found = []
    for path in sorted(folder_of(place).glob(f"own-*{_FACTS}")):
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            found.append(OwnWeights(**{**plain, "learned": tuple(plain["learned"])}))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def used_weights(ledger: Ledger, place: Place) -> tuple[tuple[str, Path], ...]:
    """Networks with the office's own weights, and their files; integrity is not checked."""
    return files_of(place, find_all_chosen(ledger))


def files_of(place: Place, names: Mapping[str, str]) -> tuple[tuple[str, Path], ...]:
    """Networks and their weights files, as reading takes them. names: from all_chosen."""
    return tuple((network, path_of(place, name)) for network, name in sorted(names.items()))


def require_whole(path: Path) -> None:
    """Raise MachineLacks unless a weights file exists and matches its name: checked before the first page."""
    if path.is_file() and name_of(path.read_bytes()) == path.stem:
        return
    what = "damaged" if path.is_file() else "not there"
    raise MachineLacks(
        f"{path} is {what}. Restore it from a copy of the workspace, or return to the package's weights: "
        f"{format_command('models', 'use', 'DIR', PACKAGE)}"
    )


def use_weights(
    ledger: Ledger, place: Place, name: str, why: Mapping[str, Any] | None = None, network: str = ""
) -> bool:
    """Use those weights from now on; the next run decides their readings again.

    why: recorded with it, without values of pages. network: the one to reset to the package's weights, "" for all;
    otherwise of its network only. Returns False if nothing changes. Raises InputError for unknown weights, or weights
    of another network.
    """
    now = find_all_chosen(ledger)
    if name == PACKAGE:
        changed = [n for n in sorted(now) if network in ("", n)]
        for each in changed:
            _note(ledger, place, {"use": PACKAGE, "network": each, **(why or {})})
        return bool(changed)
    found = next((w for w in list_weights(place) if w.name == name), None)
    path = path_of(place, name)
    if found is None or not path.is_file():
        known = ", ".join([PACKAGE, *(w.name for w in list_weights(place))])
        raise InputError(f"This workspace has no weights {name!r}. It has: {known}.")
    if network not in ("", found.network):
        raise InputError(f"{name} are weights of the network {found.network}, not of {network}. Omit --network.")
    content = path.read_bytes()
    if name_of(content) != name:
        raise InputError(f"{path} is damaged: its content does not match its name. Restore it from a copy.")
    if now.get(found.network) == name:
        return False
    _note(ledger, place, {"use": name, "network": found.network, **(why or {}), "sha256": found.sha256})
    return True


def _note(ledger: Ledger, place: Place, detail: Mapping[str, Any]) -> None:
    ledger.record_event(place.options.workspace.site_id, STEP, "note", detail=dict(detail))
