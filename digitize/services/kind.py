"""Definition of a service. It only finds; what may be shown is decided in one place for all services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digitize.search.answers import Ground
from digitize.search.store_queries import SearchStore
from digitize.services.identity import PersonMatch

TEXT, DAY, YEAR, NUMBER, CHOICE = "text", "day", "year", "number", "choice"
SAYS = "says"
"""Key under which a verdict receives what a result says, in addition to the shown fields."""
MATCH = "match"
"""Key under which a verdict receives whether a result is the person asked for, see `identity`."""
HIDDEN = "hidden"
"""Value that a verdict receives for everything found that the person may not see."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter.

    kind: TEXT, DAY (ISO), YEAR, NUMBER or CHOICE. help: a phrase in plain English. names_person: the value may name a
    person, so the log keeps only the lengths of its words.
    """

    name: str
    help: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    is_needed: bool = False
    names_person: bool = False


@dataclass(frozen=True, slots=True)
class Answering:
    """One unmasked result: a record, or a row of its child table.

    child: child table, "" for the record itself; line: in that table. score: 0 to 1. why: grounds, as shown. by: fields
    of the row (or record) by which it was found; a person who may not see one of them does not learn of the result.
    beside: what it was compared with, such as an unidentified body with a missing person, with its own why and by, best
    first. beside_by: fields of the row used for that; a person who may not see one of them sees nothing of beside.
    says: what this result alone says, a code of the service such as "stolen" or "near"; pages have a phrase for each.
    match: how sure it is that this is the person asked for by name; None if nobody was.
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
    match: PersonMatch | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What rows must have so that a service can find them: at least one of some fields.

    form, child: of the rows; child is "" for the record itself. one_of: fields of the row. of_record: fields of its
    record that count as well. roles: of persons, () for any. what: code of the reason, such as "number", "name", "age".
    """

    form: str
    child: str
    what: str
    one_of: tuple[str, ...] = ()
    of_record: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


def _no_verdict(found: object) -> str:
    """Verdict that says nothing beyond the results."""
    return ""


@dataclass(frozen=True, slots=True)
class RecordService:
    """A service.

    name: as typed and used in addresses, such as "vehicle-noc". help: one sentence. forms: whose records it uses.
    shows: child table ("" for the record) -> fields shown, in order, as far as the policy allows. find: all possible
    results, best first; raises OptionsError for an invalid query, without any value in the text. verdict: from the
    shown fields and what each result says (SAYS), a code of the service (such as "in-a-case") for which pages have
    sentences; "" for none. unfound: the same from the query if nothing was found: a query by half a number does not
    clear it in all records. certifies: whether somebody will rely on the verdict, so that hidden results are passed to
    it as HIDDEN whoever queries; its code for that must also be used for other reasons. needs: what a row must have to
    be found; a row is found if all needs of its form, child and role are met, and counts for the service if there are
    any. answer: for a service that reads no record, whose forms are (): its rows by the fields of shows[""], from a
    workspace folder and the query; nothing is masked since nothing is personal, and find is not called.
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
    """The find function of a service that reads no record."""
    return []
