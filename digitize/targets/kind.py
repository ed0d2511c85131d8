"""Description of a type of target; read for options and messages, so it imports nothing expensive."""

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
    """Waiting times in seconds for a lock and for one statement; number of attempts per batch."""

    lock_seconds: float = 60.0
    statement_seconds: float = 1800.0
    tries: int = 6


@dataclass(frozen=True, slots=True)
class Opening:
    """How to open a target; each kind uses what applies.

    schema: of the tables in a server database. patience: with that server. layout: of a state's own tables, filled next
    to the canonical ones.
    """

    schema: str = SCHEMA
    patience: Patience = field(default_factory=Patience)
    layout: TableLayout | None = None


FindCall = Callable[[str, str, str], "tuple[str, Stood] | None"]
"""From target text, schema and call: (name of the target, load status) of the load that the call made."""


def _has_no_check(text: str, schema: str, call: str) -> tuple[str, Stood] | None:
    """No shortcut; the load itself tells."""
    return None


def _accept(text: str) -> None:
    """No objection."""


@dataclass(frozen=True, slots=True)
class TargetKind:
    """A type of target; each file in kinds/ defines one as KIND.

    help: how to name such a target. open: raises OptionsError and TargetRefused. prefixes, endings: identify texts of
    this kind. check: raises OptionsError for a text that must not be used. is_path: a path follows the prefix.
    is_database: it can be queried and loads undone. has_layouts: it can fill a state's own tables. find_call: shortcut
    to a load by the call that made it. example: a text that works anywhere, "" if a server is needed.
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
        """Prefix of a text, "" for none."""
        return next((p for p in self.prefixes if text.startswith(p)), "")

    def has_ending(self, text: str) -> bool:
        """Whether a text ends like a file of this kind."""
        return Path(text).suffix.lower() in self.endings

    def path(self, text: str) -> Path:
        """The path in a text of this kind."""
        return Path(text.removeprefix(self.prefix_of(text)))

    def resolve_in(self, text: str, folder: Path) -> str:
        """The text relative to a folder: relative paths start there."""
        return f"{self.prefix_of(text)}{folder / self.path(text)}" if self.is_path else text
