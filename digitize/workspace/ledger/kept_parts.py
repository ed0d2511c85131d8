"""What somebody works out of each part of a ledger, kept beside the counts: what did not change is not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.marked import clear_marks, list_dirty, newest_event

_AT_ONCE = 50
"""So many parts are kept in one transaction: others who write wait no longer than that."""
_ONE = "SELECT data FROM tallies WHERE part = ?"
_PUT = "INSERT INTO tallies (part, data) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET data = excluded.data"

BESIDE = ("account", "sheet", "snapshot", "typed")
"""Who keeps something of parts beside their counts, under these names."""


def outside(kinds: Iterable[str]) -> str:
    """The condition by which rows of `tallies` are of none of some kinds: their names begin with it and ":"."""
    # ";" comes next after ":".
    names = sorted(kinds)
    between = [f"part >= '{a};' AND part < '{b}:'" for a, b in pairwise(names)]
    return " OR ".join([f"part < '{names[0]}:'", *(f"({one})" for one in between), f"part >= '{names[-1]};'"])


def kept_text(ledger: Ledger, name: str) -> str:
    """What is kept under a name, "" where nothing is."""
    row = ledger.execute(_ONE, (name,)).fetchone() if ledger.is_current else None
    return str(row["data"]) if row else ""


def keep_texts(ledger: Ledger, texts: Mapping[str, str]) -> None:
    """Keep texts under names; inside `writing`, in a ledger that marks what changed."""
    ledger.execute_many(_PUT, texts.items())


class KeptParts:
    """The texts of parts. Memory: of some tens of parts; with holds, of all that are worked out and cannot be kept.

    changed: parts that are worked out anew in any case.
    """

    def __init__(
        self, ledger: Ledger, what: str, basis: str, fold: Callable[[str], str], *, keeps: bool = False,
        holds: bool = True,
    ) -> None:  # fmt: skip
        """what: who looks (`marks.ALL_PARTS`), under whose name it is kept. basis: what a text depends on beside the
        ledger, without a blank. fold: works a part out. keeps: whether that is kept, if the
        ledger can be written. holds: whether a part is asked for again, so that what cannot be kept is held in memory.
        """
        self._ledger, self._what, self._basis, self._fold = ledger, what, basis, fold
        self._has_marks = ledger.is_current
        self._keeps = keeps and self._has_marks and ledger.can_write
        self.changed = set(list_dirty(ledger, what)) if self._has_marks else set[str]()
        # Before anything is looked at: what is written meanwhile stays marked.
        self._seq = newest_event(ledger)
        self._holds = holds
        self._new: dict[str, str] = {}
        self._held: dict[str, str] = {}

    def text(self, part: str) -> str:
        """Of one part, as it is kept or as it is worked out now."""
        if text := self._held.get(part) or self._new.get(part) or self.kept(part):
            return text
        text = self._fold(part)
        if not self._keeps:
            if self._holds:
                self._held[part] = text
            return text
        self._new[part] = text
        if len(self._new) >= _AT_ONCE:
            self.keep()
        return text

    def kept(self, part: str) -> str:
        """Of one part as it is kept, "" where it changed since or nobody worked it out."""
        if not self._has_marks or part in self.changed:
            return ""
        row = self._ledger.execute(_ONE, (f"{self._what}:{part}",)).fetchone()
        basis, _, text = row["data"].partition(" ") if row else ("", "", "")
        return str(text) if basis == self._basis else ""

    def keep(self) -> None:
        """Write what was worked out, and is not kept yet."""
        if not self._new:
            return
        with self._ledger.writing():
            made = {f"{self._what}:{part}": f"{self._basis} {text}" for part, text in self._new.items()}
            keep_texts(self._ledger, made)
            clear_marks(self._ledger, self._what, self._new, self._seq)
        self.changed -= self._new.keys()
        self._new.clear()
