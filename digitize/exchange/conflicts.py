"""Conflicts between what others state and what was loaded: shown to a person, never decided here.

Conflicts are recomputed each time. The id is a hash of what was compared, so a settled conflict stays settled until one
side changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from digitize.exchange.books import EVENTS, ExchangeBook
from digitize.exchange.linking import forms_with, rows_of_firs
from digitize.exchange.statements import OtherStatement, each_statement, statements_by
from mappers.linking.cases import KEY
from mappers.linking.identifiers import plain_id
from mappers.names.keys import name_words
from mappers.schema import form_tables

SETTLED = "settled"
DECISIONS = ("ours", "theirs", "both")
LEAST_ALIKE = 0.55
"""Of two names; below it they are very unlike. Rights and wrongs of the matcher stand in docs/search.md."""
MEANINGS: Mapping[str, str] = {
    "another-cnr": "the same case has another CNR",
    "cnr-of-another": "the same CNR is stated for another case",
    "before-fir": "a date before that of the FIR",
    "before-charge-sheet": "disposed of before the charge-sheet",
    "released-first": "released before admitted",
    "another-judgment": "the loaded judgment has another date",
    "no-such-accused": "nobody with that code or name is accused in the case",
    "name-unlike": "the accused with that code has a very different name",
    "no-such-exhibit": "no exhibit with that number was seized in the case",
    "no-such-report": "the case has no charge-sheet with that number",
}
Key = tuple[str, ...]
Names = tuple[str, str]
"""Code and name of one accused."""


@dataclass(frozen=True, slots=True)
class ExchangeConflict:
    """One conflict. theirs, ours: compared numbers and dates; names are not shown.

    decision: "" while open, else a person's decision.
    """

    id: str
    code: str
    sender: str
    kind: str
    statement: str
    form: str
    record: str
    theirs: str = ""
    ours: str = ""
    decision: str = ""

    def as_plain(self) -> dict[str, str]:
        """As JSON types, with the meaning of its code."""
        return {**asdict(self), "meaning": MEANINGS[self.code]}


@dataclass
class CaseFacts:
    """What was loaded of one case, from all forms."""

    fir_dates: list[str] = field(default_factory=list)
    report_dates: list[str] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    judgments: list[str] = field(default_factory=list)
    cnrs: list[str] = field(default_factory=list)
    accused: list[Names] = field(default_factory=list)
    exhibits: set[str] = field(default_factory=set)


def each_conflict(book: ExchangeBook, *, all_of_them: bool = False) -> Iterator[ExchangeConflict]:
    """Open conflicts, or resolved ones as well, in order of their statements."""
    for some in each_statement(book):
        linked = [s for s in some if s.record]
        found = _conflicts(book, linked)
        settled = _find_settled(book, [c.id for c in found])
        for c in found:
            if all_of_them or c.id not in settled:
                yield ExchangeConflict(**{**asdict(c), "decision": settled.get(c.id, "")})


def _find_settled(book: ExchangeBook, ids: Sequence[str]) -> dict[str, str]:
    query = f"SELECT subject, detail FROM {EVENTS} WHERE act = ? AND subject {book.one_of} ORDER BY number"
    return {i: json.loads(detail)["decision"] for i, detail in book.rows(query, SETTLED, book.as_list(list(ids)))}


def _conflicts(book: ExchangeBook, some: Sequence[OtherStatement]) -> list[ExchangeConflict]:
    keys = _keys_of_records(book, some)
    facts = case_facts(book, sorted(set(keys.values())))
    others = _stated_cnrs(book, some)
    made = []
    for s in some:
        case = facts.get(keys.get((s.form, s.record), ()), CaseFacts())
        for code, theirs, ours in (*_of_cnr(s, case, others), *_of_days(s, case), *_of_parts(s, case)):
            id_text = "\x1f".join((*s.name, s.content, s.record, code, theirs, ours))
            made.append(
                ExchangeConflict(
                    hashlib.sha256(id_text.encode()).hexdigest()[:16], code, *s.name, s.form, s.record, theirs, ours
                )  # fmt: skip
            )
    return [_without_names(c) for c in made]


def _without_names(c: ExchangeConflict) -> ExchangeConflict:
    """Names are part of the id, so that changed names ask again; they are not shown."""
    named = c.code in ("name-unlike", "no-such-accused")
    return ExchangeConflict(**{**asdict(c), "theirs": c.theirs.partition("|")[0], "ours": ""}) if named else c


def _keys_of_records(book: ExchangeBook, some: Sequence[OtherStatement]) -> dict[tuple[str, str], Key]:
    found: dict[tuple[str, str], Key] = {}
    for form in sorted({s.form for s in some}):
        records = sorted({s.record for s in some if s.form == form})
        query = f"SELECT record_id, {', '.join(KEY[:5])} FROM {form} WHERE record_id {book.one_of}"
        for record, *key in book.rows(query, book.as_list(records)):
            if None not in key:
                found[form, record] = tuple(map(str, key))
    return found


def case_facts(book: ExchangeBook, keys: Sequence[Key]) -> dict[Key, CaseFacts]:
    """FIR key -> what was loaded of the case."""
    facts = {k: CaseFacts() for k in keys}

    def gather(form: str, column: str, take: Callable[[CaseFacts, str], object]) -> None:
        for value, *key in rows_of_firs(book, form, keys, (column,)):
            if value is not None:
                take(facts[tuple(map(str, key))], str(value))

    gather("iif1", "fir_date", lambda f, v: f.fir_dates.append(v))
    gather("iif5", "report_date", lambda f, v: f.report_dates.append(v))
    gather("iif5", "report_no", lambda f, v: f.reports.append(v))
    gather("iif6", "judgment_date", lambda f, v: f.judgments.append(v))
    for form in forms_with(*KEY, "cnr"):
        gather(form, "cnr", lambda f, v: f.cnrs.append(v))
    for form in ("iif1", "iif3", "iif5", "iif6"):
        _gather_accused(book, form, keys, facts)
    for form in ("iif4", "iif5"):
        _gather_exhibits(book, form, keys, facts)
    return facts


def _gather_accused(book: ExchangeBook, form: str, keys: Sequence[Key], facts: Mapping[Key, CaseFacts]) -> None:
    table = next(t for t in form_tables(form).values() if t.child == "persons")
    has = [n for n in ("role", "accused_code", "name") if n in table.by_name]
    for row in rows_of_firs(book, form, keys, has, table.name):
        cells = {n: str(v or "") for n, v in zip(has, row, strict=False)}
        # Complainants and witnesses stand in the same table.
        if cells.get("role", "accused") in ("accused", "suspect", ""):
            code_and_name = (cells.get("accused_code", ""), cells["name"])
            facts[tuple(map(str, row[len(has) :]))].accused.append(code_and_name)


def _gather_exhibits(book: ExchangeBook, form: str, keys: Sequence[Key], facts: Mapping[Key, CaseFacts]) -> None:
    table = next(t for t in form_tables(form).values() if t.child == "property")
    has = [n for n in ("serial_no", "malkhana_no", "fsl_no") if n in table.by_name]
    for row in rows_of_firs(book, form, keys, has, table.name):
        numbers = {plain_id(str(v)) for v in row[: len(has)] if v}
        facts[tuple(map(str, row[len(has) :]))].exhibits.update(numbers)


def _stated_cnrs(book: ExchangeBook, some: Sequence[OtherStatement]) -> list[OtherStatement]:
    """Statements with a CNR of the same cases, or the same CNR of any case."""
    records = sorted({s.record for s in some if s.cnr})
    cnrs = sorted({s.cnr for s in some if s.cnr})
    if not cnrs:
        return []
    found = [*statements_by(book, "record", records), *statements_by(book, "cnr", cnrs)]
    return list({s.name: s for s in found if s.cnr and s.record}.values())


def _of_cnr(
    s: OtherStatement, case: CaseFacts, others: Sequence[OtherStatement]
) -> Iterator[tuple[str, str, str]]:  # fmt: skip
    if not s.cnr:
        return
    # By another statement of the same case, or by a loaded record of it.
    rivals = {o.cnr for o in others if o.record == s.record and o.name != s.name} | {plain_id(c) for c in case.cnrs}
    yield from (("another-cnr", s.cnr, rival) for rival in sorted(rivals - {s.cnr}))
    elsewhere = sorted({o.record for o in others if o.cnr == s.cnr and o.record != s.record})
    yield from (("cnr-of-another", s.cnr, record) for record in elsewhere)


def _of_days(s: OtherStatement, case: CaseFacts) -> Iterator[tuple[str, str, str]]:
    said, fir = s.said, min(case.fir_dates, default="")
    for name in ("filed_on", "registered_on", "disposed_on", "admitted_on", "received_on", "reported_on", "given_on"):
        if fir and said.get(name, fir) < fir:
            yield "before-fir", said[name], fir
    if (day := said.get("disposed_on")) and case.report_dates and day < min(case.report_dates):
        yield "before-charge-sheet", day, min(case.report_dates)
    if day and case.judgments and day not in case.judgments:
        yield "another-judgment", day, min(case.judgments)
    if said.get("released_on", "9") < said.get("admitted_on", ""):
        yield "released-first", said["released_on"], said["admitted_on"]


def _of_parts(s: OtherStatement, case: CaseFacts) -> Iterator[tuple[str, str, str]]:
    said = s.said
    code, name = said.get("accused_code", ""), said.get("name", "")
    # Of a case whose accused nobody loaded nothing can be said.
    if (code or name) and case.accused:
        yield from _of_accused(code, name, case.accused)
    if (number := said.get("exhibit_no")) and plain_id(number) not in case.exhibits and case.exhibits:
        yield "no-such-exhibit", number, ""
    if (number := said.get("report_no")) and case.reports and number.lstrip("0") not in case.reports:
        yield "no-such-report", number, ", ".join(sorted(set(case.reports)))


def _of_accused(code: str, name: str, accused: Sequence[Names]) -> Iterator[tuple[str, str, str]]:
    coded = [n for c, n in accused if c and plain_id(c) == plain_id(code)] if code else []
    names = sorted({n for n in (coded or [n for _, n in accused]) if n})
    alike = not name or not names or likeness(name, names) >= LEAST_ALIKE
    ours = "|" + "|".join(names)
    if coded and not alike:
        yield "name-unlike", f"{code}|{name}", ours
    # Forms before the charge-sheet give no codes: a name that is there will do.
    elif not coded and ((code and not name and any(c for c, _ in accused)) or not alike):
        yield "no-such-accused", f"{code}|{name}", ours


def likeness(name: str, names: Sequence[str]) -> float:
    """Similarity of a name to the closest of several, in any script and word order: 0 to 1.

    Either may omit a word, so both directions are compared.
    """
    # Here: it brings NumPy along, and most statements name nobody.
    from digitize.search.ranking import name_scores
    from digitize.search.words import AskedWord

    def one_way(asked: str, of: Sequence[str]) -> float:
        words, language = name_words(asked)
        said = [name_words(n) for n in of]
        scores = name_scores(
            [AskedWord(w, {}) for w in words], language, [" ".join(w) for w, _ in said], [lang for _, lang in said]
        )
        return float(scores.max(initial=0.0))

    return max(one_way(name, names), *(one_way(n, [name]) for n in names))
