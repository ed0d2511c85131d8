"""What a kind of target says of itself; read for options and messages, so it imports nothing costly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitize.targets.base import Target
    from digitize.targets.load_status import Stood
    from mappers.layouts import TableLayout

SCHEMA = "cctns"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds, for a lock and for one statement; how often a batch is tried."""

    lock_seconds: float = 60.0
    statement_seconds: float = 1800.0
    tries: int = 6


@dataclass(frozen=True, slots=True)
class Opening:
    """How a target is to be opened; each kind uses what it knows of.

    schema: of the tables in a server's database. patience: with that server. layout: of a state's own tables, filled
    beside the canonical ones.
    """

    schema: str = SCHEMA
    patience: Patience = field(default_factory=Patience)
    layout: TableLayout | None = None


FindCall = Callable[[str, str, str], "tuple[str, Stood] | None"]
"""Of a target's text, its schema and a call: (name of the target, what stands) of the load that the call made."""


def _has_no_check(text: str, schema: str, call: str) -> tuple[str, Stood] | None:
    """There is no short way; the load itself tells."""
    return None


def _accept(text: str) -> None:
    """Nothing speaks against it."""


@dataclass(frozen=True, slots=True)
class TargetKind:
    """A kind of target, as each file under kinds/ has one in KIND.

    help: how a person names a target of the kind. open: raises OptionsError and TargetRefused. prefixes, endings: one
    of them stands in the text that means this kind. check: raises OptionsError for a text that must not be used.
    is_path: what follows the prefix is a path. is_database: it answers queries and takes loads back. has_layouts: it
    fills a state's own tables. find_call: a short way to a load, by the call that made it. example: a text that works
    anywhere, "" where a server must be there first.
    """

    help: str
    open: Callable[[str, Opening], Target]
    prefixes: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    check: Callable[[str], None] = _accept
    is_path: bool = True
    is_database: bool = False
    has_layouts: bool = False
    find_call: FindCall = _has_no_check
    example: str = ""

    def prefix_of(self, text: str) -> str:
        """The prefix with which a text begins, "" for none."""
        return next((p for p in self.prefixes if text.startswith(p)), "")

    def has_ending(self, text: str) -> bool:
        """Whether a text ends as a file of this kind."""
        return Path(text).suffix.lower() in self.endings

    def path(self, text: str) -> Path:
        """The path in a text of this kind."""
        return Path(text.removeprefix(self.prefix_of(text)))

    def resolve_in(self, text: str, folder: Path) -> str:
        """The text as it is meant in a folder: relative paths begin there."""
        return f"{self.prefix_of(text)}{folder / self.path(text)}" if self.is_path else text
