"""Cache of values computed per part of a ledger: clean parts are not computed again.

One row of `tallies` per part. Counts are stored under the part's name, others under "KIND:PART" with the version of
their computation before the text. Marks (`digitize.workspace.ledger.dirty_parts`) say which parts changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, pairwise

from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.dirty_parts import COUNT, clear_marks, list_dirty, list_parts, newest_event

AT_ONCE = 50
"""So many parts are written in one transaction: others who write wait no longer than that."""
KINDS = ("account", "sheet", "snapshot", "typed")
"""What is cached of parts beside their counts."""
_SOME = "SELECT part, data FROM tallies WHERE part IN ({})"
_BETWEEN = "SELECT part, data FROM tallies WHERE part >= ? AND part < ?"
_PUT = "INSERT INTO tallies (part, data) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET data = excluded.data"


def exclude_kinds(kinds: Iterable[str]) -> str:
    """SQL condition that excludes rows of `tallies` of some kinds, whose names start with the kind and ":"."""
    # ";" comes next after ":".
    names = sorted(kinds)
    between = [f"part >= '{a};' AND part < '{b}:'" for a, b in pairwise(names)]
    return " OR ".join([f"part < '{names[0]}:'", *(f"({one})" for one in between), f"part >= '{names[-1]};'"])


_COUNTS = f"SELECT part, data FROM tallies WHERE {exclude_kinds((*KINDS, 'sum'))}"


def read_text(ledger: Ledger, name: str) -> str:
    """Cached text of a name, "" if none."""
    row = ledger.execute(_SOME.format("?"), (name,)).fetchone() if ledger.is_current else None
    return str(row["data"]) if row else ""


def write_texts(ledger: Ledger, texts: Mapping[str, str]) -> None:
    """Cache texts under names; inside `writing`."""
    ledger.execute_many(_PUT, texts.items())


class PartCache:
    """Texts of parts. Memory: some tens of parts; with holds, all that cannot be written.

    changed: parts to recompute in any case.
    """

    def __init__(
        self, ledger: Ledger, kind: str, version: str, compute: Callable[[str], str], *, keeps: bool = False,
        holds: bool = True,
    ) -> None:  # fmt: skip
        """kind: of `marks.ALL_PARTS`. version: inputs outside the ledger, without blanks; "" for counts. compute: text
        of a part. keeps: write results if the ledger is writable. holds: parts are requested repeatedly, so unwritten
        results stay in memory.
        """
        self._ledger, self._kind, self._version, self._compute = ledger, kind, version, compute
        self._keeps = keeps and ledger.is_current and ledger.can_write
        self.changed = set(list_dirty(ledger, kind)) if ledger.is_current else set[str]()
        # Before anything is looked at: what is written meanwhile stays marked.
        self._seq = newest_event(ledger)
        self._holds = holds
        self._new: dict[str, str] = {}
        self._held: dict[str, str] = {}

    def get(self, part: str) -> str:
        """Text of one part, cached or computed."""
        return self._held.get(part) or self._new.get(part) or self.find(part) or self._add(part)

    def get_many(self, parts: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Texts of many parts in order; cached ones are read in groups."""
        waiting = iter(parts)
        while some := list(islice(waiting, AT_ONCE)):
            found = self._read(some)
            yield from ((part, found.get(part) or self._add(part)) for part in some)

    def find(self, part: str) -> str:
        """Cached text of one part, "" if dirty or not computed."""
        return self._read([part]).get(part, "")

    def iter_cached(self) -> Iterator[tuple[str, str]]:
        """All cached parts with their texts, including dirty ones and other versions."""
        if self._ledger.is_current:
            bounds = () if self._kind == COUNT else (f"{self._kind}:", f"{self._kind};")
            for row in self._ledger.stream_rows(_BETWEEN if bounds else _COUNTS, bounds):
                yield row["part"].removeprefix(f"{self._kind}:"), self._split(row["data"])[1]

    def all_parts(self) -> list[str]:
        """All existing or cached parts: one that became empty is recomputed as well."""
        return sorted({*list_parts(self._ledger, self._kind), *(part for part, _ in self.iter_cached()), *self.changed})

    def write(self, texts: Mapping[str, str], seq: int, above: Mapping[str, str] | None = None) -> None:
        """Cache texts and clear the marks of their parts. seq: newest event before computation.

        above: name -> text of sums over them, written in the same transaction.
        """
        with self._ledger.writing():
            before = f"{self._version} " if self._version else ""
            made = {self._name(part): f"{before}{text}" for part, text in texts.items()}
            write_texts(self._ledger, {**made, **(above or {})})
            clear_marks(self._ledger, self._kind, texts, seq)
        self.changed -= texts.keys()

    def flush(self) -> None:
        """Write results not written yet."""
        if self._new:
            self.write(self._new, self._seq)
            self._new.clear()

    def _add(self, part: str) -> str:
        text = self._compute(part)
        if self._keeps:
            self._new[part] = text
            if len(self._new) >= AT_ONCE:
                self.flush()
        elif self._holds:
            self._held[part] = text
        return text

    def _read(self, parts: list[str]) -> dict[str, str]:
        """Part -> text of those that are cached and valid."""
        names = {self._name(part): part for part in parts if part not in self.changed}
        if not names or not self._ledger.is_current:
            return {}
        rows = self._ledger.rows(_SOME.format(", ".join("?" * len(names))), list(names))
        found = {names[row["part"]]: self._split(row["data"]) for row in rows}
        return {part: text for part, (version, text) in found.items() if version == self._version}

    def _name(self, part: str) -> str:
        return part if self._kind == COUNT else f"{self._kind}:{part}"

    def _split(self, data: str) -> tuple[str, str]:
        version, _, text = data.partition(" ") if self._version else ("", "", data)
        return version, text
