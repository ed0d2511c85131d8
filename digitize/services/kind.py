"""What one service says of itself. It only finds; what may be shown of that is decided in one place for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digitize.search.answers import Ground
from digitize.search.store_queries import SearchStore

TEXT, DAY, YEAR, NUMBER, CHOICE = "text", "day", "year", "number", "choice"
SAYS = "says"
"""Under which a verdict is given what an answer says, beside the fields that are shown."""
HIDDEN = "hidden"
"""What a verdict is told of all that was found and may not be seen by who asks."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that may be asked by. kind: TEXT, DAY (ISO), YEAR, NUMBER or CHOICE. help: a phrase in plain English.

    names_person: what is typed may name somebody, so that the log keeps how long its words are, and not the words.
    """

    name: str
    help: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    names_person: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """One thing that answers, nothing masked: a record, or a row of its child table.

    child: of the record's children, "" for the record itself; line: as in the table. score: 0 to 1. why: grounds, as
    they are told. by: names of the fields of the row (or of the record) by which it was found: who may not see one of
    them is not told that it is there. beside: what it was compared with, such as an unidentified body to a missing
    person, with why and by of its own, the best first. beside_by: fields of the row by which that was found: who may
    not see one of them is told of nothing beside. says: what it alone says of what was asked, a word of the service's
    own, such as "stolen" or "near"; the pages have a phrase for each.
    """

    record: str
    form: str
    child: str = ""
    line: int = 0
    score: float = 1.0
    why: tuple[Ground, ...] = ()
    by: frozenset[str] = frozenset()
    beside: tuple[Answering, ...] = ()
    says: str = ""
    beside_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """What rows must say so that a service can find them: one of some fields at least.

    form, child: whose rows; child is "" for the record itself. one_of: fields of the row. of_record: fields of its
    record that will do as well. roles: of persons, () for rows of any role. what: a word for the reason, such as
    "number", "name", "age".
    """

    form: str
    child: str
    what: str
    one_of: tuple[str, ...] = ()
    of_record: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def _no_verdict(found: object) -> str:
    """Nothing is said but what was found."""
    return ""


@dataclass(frozen=True, slots=True)
class RecordService:
    """A service. name: as it is typed and stands in addresses, such as "vehicle-noc". help: one sentence.

    forms: whose records it answers from. shows: child table ("" for the record) -> names of fields that are shown, in
    order, as far as the policy lets them. find: all that may be meant, the best first; raises OptionsError for what
    cannot be asked, in a text without any value. verdict: of the fields of what is shown, with what each says (SAYS),
    a word of the service's own (such as "in-a-case"), which the pages have sentences for; "" for none. unfound: the
    same of what was asked, where nothing was found: what was asked by half of a number is not free of all records.

    certifies: whether somebody will rely on the verdict, so that what was found and may not be seen is told to it as
    HIDDEN, whoever asks; its word for that must be one that it says for other reasons, too.

    needs: what a row must say to be found; a row is found where all needs of its form, child and role are met, and
    counts for the service where there is any. answer: for a service that reads no record, whose forms are (): its rows
    by the fields of shows[""], of the folder of a workspace and what was asked; nothing in them is masked, since
    nothing tells of a person, and find is not called.
    """

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    forms: tuple[str, ...]
    shows: Mapping[str, tuple[str, ...]]
    find: Callable[[SearchStore, Mapping[str, str]], list[Answering]]
    verdict: Callable[[Sequence[Mapping[str, str]]], str] = field(default=_no_verdict)
    unfound: Callable[[Mapping[str, str]], str] = field(default=_no_verdict)
    certifies: bool = False
    needs: tuple[Need, ...] = ()
    answer: Callable[[Path, Mapping[str, str]], list[dict[str, str]]] | None = None


def finds_nothing(store: SearchStore, asked: Mapping[str, str]) -> list[Answering]:
    """The find of a service that reads no record."""
    return []
