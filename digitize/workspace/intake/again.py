"""A table delivered under the name of an earlier one: the question, and a person's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from digitize.errors import NotFound, OptionsError
from digitize.workspace.intake.looked import Looked
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.dirty_parts import COUNT, MAP
from digitize.workspace.ledger.purges import Purged, purged_files
from digitize.workspace.ledger.replaced_tables import (
    STEP,
    CameAgain,
    TableFile,
    came_again,
    open_questions,
    replaced_by,
    table_files,
)

_LEAST_SHA = 6
_METADATA = ("station", "district", "year")


@dataclass(frozen=True, slots=True)
class DeliveryAnswer:
    """A person's statement on a delivery. replaces: earlier files or tables that it replaces.

    is_beside: it counts in addition to those of its name, and replaces none (any more).
    """

    replaces: tuple[str, ...] = ()
    is_beside: bool = False
    operator: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToldAgain:
    """Intake messages on tables and pages delivered again: (newer name, sentence) each.

    asked: undecided; settled: decided now.
    """

    asked: tuple[tuple[str, str], ...] = ()
    settled: tuple[tuple[str, str], ...] = ()

    def and_of(self, other: ToldAgain) -> ToldAgain:
        """Both together."""
        return ToldAgain(self.asked + other.asked, self.settled + other.settled)


def find_replaced(ledger: Ledger, looked: Sequence[Looked], said: DeliveryAnswer) -> tuple[str, ...]:
    """SHA-256 of the files that a delivery replaces; before anything is written.

    Raises OptionsError if impossible, NotFound for a name without an earlier table.
    """
    if said.is_beside and said.replaces:
        raise OptionsError("Use either --replaces or --beside, not both")
    if not said.replaces:
        return ()
    known = _Known.from_ledger(ledger)
    tables = {x.sha256 for x in looked if not x.problem and (x.tables or x.sha256 in known.files)}
    if len(looked) != 1 and len(tables) != 1:
        raise OptionsError("--replaces: give one table file that replaces the earlier one, or only scans")
    if not tables and not looked[0].problem:
        raise OptionsError("--replaces: the files given have neither a table nor a page")
    # What is refused replaces nothing; the intake says why.
    return tuple(dict.fromkeys(known.replaceable(next(iter(tables)), name) for name in said.replaces)) if tables else ()


def keep_said(ledger: Ledger, looked: Sequence[Looked], said: DeliveryAnswer, replaced: tuple[str, ...]) -> ToldAgain:
    """Write questions and answers, one event per file; in the transaction of the intake."""
    known = _Known.from_ledger(ledger)
    # By content: a file may be given twice.
    given = {x.sha256: x for x in looked if not x.problem and not x.purged and x.sha256 in known.files}
    if not given:
        return ToldAgain()
    before, told = came_again(ledger), list[tuple[str, str]]()
    for sha256, look in given.items():
        was = before.get(sha256, CameAgain())
        # Also of one that was taken in before anybody was asked.
        asked = was if sha256 in before else replace(was, asks=tuple(known.earlier(sha256)))
        now = _apply_answer(asked, said, replaced)
        if now.as_plain() != was.as_plain():
            ledger.record_event(sha256, STEP, "note", detail=now.as_plain())
            _look_again(ledger, {*was.replaces} ^ {*now.replaces})
        if now is not asked:
            told.append((look.given.name, known.describe_answer(was, now)))
        elif sha256 in known.gone:
            told.append((look.given.name, known.is_replaced(sha256)))
    asked_of = [
        (given[n.sha256].given.name, _format_question(old)) for n, old in open_questions(ledger) if n.sha256 in given
    ]
    return ToldAgain(tuple(asked_of), tuple(told))


def _apply_answer(one: CameAgain, said: DeliveryAnswer, replaced: tuple[str, ...]) -> CameAgain:
    """State of a file after the answer; the same object if nothing changed."""
    if replaced and not set(replaced) <= set(one.replaces):
        own = tuple(dict.fromkeys((*one.replaces, *replaced)))
        return replace(one, replaces=own, is_beside=False, operator=said.operator, reason=said.reason)
    if said.is_beside and not one.is_beside and (one.asks or one.replaces):
        return replace(one, replaces=(), is_beside=True, operator=said.operator, reason=said.reason)
    return one


def _format_question(earlier: Sequence[TableFile]) -> str:
    return (
        f"{'; '.join(old.describe() for old in earlier)}, and both count. If this replaces it, run intake again "
        f"with --replaces {earlier[-1].units[0]}; if both are right, with --beside"
    )


def _look_again(ledger: Ledger, files: Iterable[str]) -> None:
    for sha256 in files:
        for row in ledger.rows("SELECT unit FROM tables WHERE sha256 = ?", (sha256,)):
            for what in (COUNT, MAP):
                ledger.mark(what, f"table:{row['unit']}")


@dataclass(frozen=True)
class _Known:
    """Existing tables by SHA-256 of their file. gone: replaced file -> its current replacement."""

    files: Mapping[str, TableFile]
    tables: Mapping[str, Sequence[TableUnit]]
    gone: Mapping[str, str]
    purged: Mapping[str, Purged]

    @classmethod
    def from_ledger(cls, ledger: Ledger) -> _Known:
        tables: dict[str, list[TableUnit]] = {}
        for table in Catalogue(ledger).tables():
            tables.setdefault(table.sha256, []).append(table)
        if not tables:
            return cls({}, {}, {}, {})
        return cls(table_files(ledger), tables, replaced_by(ledger), purged_files(ledger))

    def earlier(self, newer: str) -> list[str]:
        """Files delivered before under the same name (ignoring case) that may be of the same office and year."""
        own = self.tables[newer][0]
        before = takewhile(lambda sha256: sha256 != newer, self._by_name[_base(self.files[newer].name)])
        return [
            sha256
            for sha256 in before
            if self.tables[sha256][0].batch != own.batch and not self.files[sha256].is_of_system
            and sha256 not in self.gone and sha256 not in self.purged and _may_be_same(self.tables[sha256][0], own)
        ]  # fmt: skip

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[str]]:
        """Files in the order of their intake, by name in small letters."""
        found: dict[str, list[str]] = {}
        for sha256, file in self.files.items():
            found.setdefault(_base(file.name), []).append(sha256)
        return found

    def replaceable(self, newer: str, name: str) -> str:
        """The earlier file of a name to be replaced. Raises OptionsError, NotFound."""
        if newer in self.gone:
            raise OptionsError(f"--replaces: this file {self.is_replaced(newer)}")
        found = self._find_files(newer, name)
        if newer in found:
            raise OptionsError(f"--replaces {name}: this is the same file")
        # Of several of a name, that which counts still, or which this one replaces already.
        found = {s for s in found if self.gone.get(s, newer) == newer} or found
        if not found:
            raise NotFound(f"--replaces {name}: there is no earlier table of that name. See: digitize status")
        if len(found) > 1:
            which = "; ".join(f.describe() for s, f in self.files.items() if s in found)
            raise OptionsError(f"--replaces {name}: there are {len(found)} of that name: {which}. Give the id of one")
        old = found.pop()
        if self.gone.get(old, newer) != newer:
            raise OptionsError(f"--replaces {name}: it {self.is_replaced(old)}; name that one")
        if old in self.purged:
            raise OptionsError(f"--replaces {name}: it was {self.purged[old].line()}, and cannot be replaced")
        return old

    def _find_files(self, newer: str, name: str) -> set[str]:
        """Files a person may mean: by table id, SHA-256 or its prefix, file or table name."""
        ways = (
            {s for s, f in self.files.items() if name in f.units},
            {s for s in self.files if len(name) >= _LEAST_SHA and s.startswith(name.lower())},
            {s for s, f in self.files.items() if name.casefold() in (f.name.casefold(), _base(f.name))} - {newer},
            {s for s, own in self.tables.items() if name.casefold() in {t.name.casefold() for t in own}} - {newer},
        )
        return next((found for found in ways if found), set())

    def describe_answer(self, was: CameAgain, now: CameAgain) -> str:
        """The answer in words."""
        if now.replaces:
            new = ", ".join(self._name_file(s) for s in now.replaces if s not in was.replaces)
            return f"replaces {new}, which no longer counts after the next run"
        back = ", ".join(self._name_file(s) for s in was.replaces)
        return f"counts as well as {f'{back}, which counts again after the next run' if back else 'the earlier one'}"

    def is_replaced(self, old: str) -> str:
        """What replaced it, and how to undo that."""
        return f"is replaced by {self._name_file(self.gone[old])}, unless that one is delivered again with --beside"

    def _name_file(self, sha256: str) -> str:
        file = self.files[sha256]
        return f"{file.name} ({file.units[0]})"


def _may_be_same(one: TableUnit, other: TableUnit) -> bool:
    """Whether the metadata of two tables do not differ: each station has its own table of that name."""
    told = ((getattr(one, n).casefold(), getattr(other, n).casefold()) for n in _METADATA)
    return all(a == b for a, b in told if a and b)


def _base(name: str) -> str:
    return name.rpartition("/")[2].casefold()
