"""Whether an accused is wanted by the newest record of a case, and which records say so."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from digitize.search.cases import FoundCases, text_of
from digitize.search.ranking import name_scores
from digitize.search.words import AskedWord
from mappers.names.keys import name_words
from mappers.record import Record, Row

WANTED_WORDS = ("proclaimed", "absconding", "warrant", "not-arrested")
UNSURE = "unsure"
_ENDS = frozenset({"arrested", "died", "not-charged", "before-the-court", "acquitted", "executed", "recalled"})
_FOR_EVER = frozenset({"died", "not-charged", "acquitted"})
_NAMES = ("name", "name_roman", "alias", "alias_roman", "alias_2", "alias_3")
_KIN = ("relative_name", "relative_name_roman")
_ALIKE, _PERHAPS = 0.86, 0.7
_SAME, _MAYBE = "same", "maybe"


@cache
def standings() -> Mapping[str, Mapping[str, object]]:
    """Meanings of the codes, see standing.toml."""
    return tomllib.loads((resources.files("digitize.services") / "standing.toml").read_text(encoding="utf-8"))


def roles_of(form: str) -> tuple[str, ...]:
    """Person roles of a form that may be wanted."""
    found = standings()["roles"].get(form, ())
    return tuple(found) if isinstance(found, list) else ()


def meaning(table: str, code: str) -> str:
    """Meaning of a code of a table, "" for none."""
    return str(standings()[table].get(code, ""))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Identity of a person within one case. code: such as A1, "" for none; kin: names of the relative."""

    names: tuple[str, ...]
    code: str = ""
    kin: tuple[str, ...] = ()

    @classmethod
    def from_row(cls, record: Record, row: Row) -> Somebody:
        """A person of a record: a form about one accused has the code itself."""
        is_meant = text_of(row.get("role")) in roles_of(record.form)
        code = text_of(row.get("accused_code")) or (text_of(record.fields.get("accused_code")) if is_meant else "")
        names = tuple(text for n in _NAMES if (text := text_of(row.get(n))))
        return cls(names, code, tuple(text for n in _KIN if (text := text_of(row.get(n)))))


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """What one row says about a person.

    word: of standing.toml. day: ISO, "" if unknown. at: position of the row among the record's persons.
    """

    word: str
    day: str
    record: Record
    at: int = 0

    @property
    def person(self) -> Somebody:
        """The person concerned."""
        return Somebody.from_row(self.record, self.record.children["persons"][self.at])


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """Status of a person. word: of WANTED_WORDS, UNSURE, what ended it, or "". by: the rows that say so, by date."""

    word: str
    by: tuple[PersonEvent, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether a person is wanted, according to the records."""
        return self.word in WANTED_WORDS


def events_of(record: Record) -> Iterator[PersonEvent]:
    """What a record says about each of its persons."""
    say = _SAYS.get(record.form)
    roles = roles_of(record.form)
    for at, row in enumerate(record.children.get("persons", ()) if say else ()):
        is_meant = text_of(row.get("role")) in roles
        if say and (is_meant or record.form == "iif5"):
            yield from (PersonEvent(word, day, record, at) for word, day in say(record, row, is_meant) if word)


_Said = Iterator[tuple[str, str]]


def _of_arrest(record: Record, row: Row, is_meant: bool) -> _Said:
    yield "arrested", text_of(record.fields.get("arrest_date"))


def _of_report(record: Record, row: Row, is_meant: bool) -> _Said:
    day = text_of(record.fields.get("report_date"))
    if text_of(row.get("not_charged_reason")) or text_of(row.get("role")) == "suspect":
        yield "not-charged", day
    elif is_meant:
        yield meaning("charge_sheet", text_of(row.get("status"))), day
        if arrested := text_of(row.get("arrest_date")):
            yield "arrested", arrested


def _of_judgment(record: Record, row: Row, is_meant: bool) -> _Said:
    yield meaning("results", text_of(row.get("court_result"))), text_of(record.fields.get("judgment_date"))


def _of_appeal(record: Record, row: Row, is_meant: bool) -> _Said:
    result = text_of(row.get("appeal_result")) or text_of(record.fields.get("appeal_result"))
    yield meaning("appeals", result), text_of(record.fields.get("result_date"))


def _of_warrant(record: Record, row: Row, is_meant: bool) -> _Said:
    status = meaning("warrant_status", text_of(record.fields.get("po_status")))
    if status == "outstanding":
        kind = meaning("warrants", text_of(record.fields.get("warrant_kind")))
        yield kind, text_of(record.fields.get("warrant_date"))
    else:
        days = (text_of(record.fields.get(n)) for n in ("executed_date", "returned_date", "warrant_date"))
        yield status, next(filter(None, days), "")


_SAYS: Mapping[str, Callable[[Record, Row, bool], _Said]] = {
    "iif3": _of_arrest, "iif5": _of_report, "iif6": _of_judgment, "iif7": _of_appeal, "po": _of_warrant,
}  # fmt: skip


def standing_of(row: Row, record: Record, records: Sequence[Record]) -> PersonStanding:
    """Status of a person by all records of the case, including this one.

    A person is wanted from the date of a record that says so until one of the same or a later date ends it. If the end
    has no date, precedes something that nothing reverts, or may concern another person, a person must check.
    """
    person = Somebody.from_row(record, row)
    told = [(e, how) for r in records for e in events_of(r) if (how := same_person(person, e.person))]
    wants = [e for e, how in told if e.word in WANTED_WORDS and how == _SAME]
    ends = [(e, how) for e, how in told if e.word in _ENDS]
    ends += [(e, _SAME) for r in records for e in _ends_of_case(r)]
    if not wants:
        words = [e.word for e, how in sorted(ends, key=_by_day) if how == _SAME]
        return PersonStanding(words[-1] if words else "", _sort_events(told))
    left, doubtful = [], False
    for want in wants:
        over = [_is_ended(want, e, how) for e, how in ends]
        if True not in over:
            left.append(want)
            doubtful |= None in over
    if not left:
        return PersonStanding(max(ends, key=_by_day)[0].word, _sort_events(told))
    newest = max(left, key=lambda e: (e.day, -WANTED_WORDS.index(e.word)))
    return PersonStanding(UNSURE if doubtful else newest.word, _sort_events(told))


def _by_day(told: tuple[PersonEvent, str]) -> tuple[str, str, int, str]:
    return told[0].day, told[0].record.id, told[0].at, told[0].word


def _sort_events(told: Sequence[tuple[PersonEvent, str]]) -> tuple[PersonEvent, ...]:
    return tuple(e for e, _ in sorted(told, key=_by_day))


def _is_ended(want: PersonEvent, end: PersonEvent, how: str) -> bool | None:
    """Whether an end applies to the reason a person is wanted for; None if it may."""
    if not end.day or not want.day:
        return None
    if end.day < want.day:
        # Who was acquitted or died is not wanted again, unless something is read wrong.
        return None if end.word in _FOR_EVER and how == _SAME else False
    return True if how == _SAME else None


def _ends_of_case(record: Record) -> Iterator[PersonEvent]:
    """A final report without charges ends it for everybody."""
    if record.form == "iif5" and record.children.get("persons"):
        word = meaning("reports", text_of(record.fields.get("report_type")))
        if word:
            yield PersonEvent(word, text_of(record.fields.get("report_date")), record)


CaseOf = Callable[[Record], list[Record]]


def by_case(cases: FoundCases) -> CaseOf:
    """Function that gives the opened records of a record's case."""
    nodes = cases.nodes
    members: dict[int, list[str]] = {}
    for name, some in nodes.items():
        for node in some:
            members.setdefault(node, []).append(name)
    return lambda r: [cases.records[n] for n in sorted({n for node in nodes[r.id] for n in members[node]})]


def same_person(a: Somebody, b: Somebody) -> str:
    """Whether two persons of one case are the same: "same", "maybe" or "".

    By the code of the accused and the sounds of the name; maybe if both are given and disagree.
    """
    if a == b:
        return _SAME
    alike = _compare_names(a.names, b.names)
    if a.code and b.code:
        if a.code == b.code:
            return _SAME if alike is None or alike >= _PERHAPS else _MAYBE
        return _MAYBE if alike is not None and alike >= _ALIKE else ""
    if alike is None or alike < _PERHAPS:
        return ""
    kin = _compare_names(a.kin, b.kin)
    return _SAME if alike >= _ALIKE and (kin is None or kin >= _PERHAPS) else _MAYBE


@lru_cache(maxsize=1 << 14)
def _compare_names(some: tuple[str, ...], others: tuple[str, ...]) -> float | None:
    """Similarity of the best pair of names; None if a side has none."""
    best: float | None = None
    # Most rows write the same name with the same sounds.
    if {name_words(one)[0] for one in some} & {name_words(other)[0] for other in others} - {()}:
        return 1.0
    for one in some:
        words, language = name_words(one)
        asked = [AskedWord(word, {}) for word in words]
        for other in others:
            said, lang = name_words(other)
            if asked and said:
                score = float(name_scores(asked, language, [" ".join(said)], [lang])[0])
                best = max(best or 0.0, score)
    return best
