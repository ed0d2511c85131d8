"""What a person may see of a service's results: opened cases, shown by the policy, and counted only by that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from digitize.masking.unmasking import ShownFields
from digitize.search.cases import FoundCases, open_cases, text_of
from digitize.search.store_queries import SearchStore
from digitize.services.answer import ShownAnswer
from digitize.services.asker import ServiceAsker
from digitize.services.identity import OF_HOME
from digitize.services.kind import Answering, RecordService
from digitize.services.policy import PUBLIC
from digitize.services.shown import is_hidden, record_as_shown
from mappers.record import Record, Row

_AT_ONCE = 20
MOST_OPENED = 240
"""Maximum cases opened if earlier ones may not be seen."""
_MOST_BESIDE = 20
"""Maximum shown beside one result, of those that may be seen."""


class ServiceSight:
    """What one person may see of one answer.

    seen: protected fields that were shown; hides: whether a result was hidden.
    """

    def __init__(self, store: SearchStore, service: RecordService, asker: ServiceAsker) -> None:
        self._store, self._service, self._asker = store, service, asker
        self._cases: dict[str, FoundCases] = {}
        self._records: dict[str, Record | None] = {}
        self.seen, self.hides = ShownFields(), False

    def show_answers(self, found: Sequence[Answering], wanted: int) -> list[ShownAnswer]:
        """Visible results, best first, at most as many as requested; no trace of others.

        Equal ones are ordered by record id, since any other order might disclose hidden ones.
        """
        best = sorted(found, key=_place)[:MOST_OPENED]
        made: list[ShownAnswer] = []
        for start in range(0, len(best), _AT_ONCE):
            some = best[start : start + _AT_ONCE]
            self._open(some)
            told = [self._show_answer(answer) for answer in some]
            made += [one for one in told if one is not None]
            self.hides = self.hides or None in told
            if len(made) >= wanted:
                break
        return made[:wanted]

    def _open(self, some: Sequence[Answering]) -> None:
        every = [*some, *(b for answer in some for b in answer.beside)]
        wanted = {(a.record, a.form) for a in every if a.record not in self._cases}
        if wanted:
            cases = open_cases(self._store, wanted)
            self._cases |= {record: cases for record, _ in wanted}

    def _record(self, name: str) -> Record | None:
        """A record as shown; None if its existence must not be disclosed."""
        if name not in self._records:
            self._records[name] = self._make_shown_record(name)
        return self._records[name]

    def _make_shown_record(self, name: str) -> Record | None:
        cases, asker = self._cases[name], self._asker
        own = cases.records.get(name)
        if own is None:
            return None
        return record_as_shown(
            cases, name, asker.role_for(own), self._service.name,
            asker=asker.by.who, is_unmasked=asker.unmasking is not None,
        )  # fmt: skip

    def _show_answer(self, answer: Answering) -> ShownAnswer | None:
        """A result as shown; None if its existence must not be disclosed."""
        if answer.match is not None and self._asker.role == PUBLIC and not answer.match.is_for_public:
            return None
        record, cases = self._record(answer.record), self._cases[answer.record]
        if record is None:
            return None
        whole = cases.records[answer.record]
        own, shown = whole.fields, record.fields
        at = 0
        if answer.child:
            place = cases.place(answer.record, answer.child, answer.line)
            if place is None:
                return None
            at = place
            own, shown = _laid_over(whole, record, answer.child, at)
        if is_hidden(answer.by, own, shown):
            return None
        beside = () if is_hidden(answer.beside_by, own, shown) else self._show_beside(answer)
        made = self._for_public(self._make_answer(answer, record, at, beside))
        # Of which nothing is seen, that is not there.
        if not made.values if answer.child else not made.case:
            return None
        if self._asker.unmasking is not None:
            self.seen.add(record.id, cases.hidden_paths(record.id))
        return made

    def _for_public(self, made: ShownAnswer) -> ShownAnswer:
        """Without relative and address where the public asked by name and does not know the relative."""
        if made.match is None or self._asker.role != PUBLIC:
            return made
        made = replace(made, match=made.match.for_public())
        if made.match is None or made.match.tells_home:
            return made
        beside = tuple(replace(one, values=_drop_home(one.values)) for one in made.beside)
        return replace(made, values=_drop_home(made.values), beside=beside)

    def _show_beside(self, answer: Answering) -> tuple[ShownAnswer, ...]:
        return tuple(islice((one for b in answer.beside if (one := self._show_answer(b)) is not None), _MOST_BESIDE))

    def _make_answer(self, answer: Answering, record: Record, at: int, beside: tuple[ShownAnswer, ...]) -> ShownAnswer:
        shows = self._service.shows
        case = _texts(record.fields, shows.get("", ()))
        rows = {child: record.children.get(child, ()) for child in shows if child and child != answer.child}
        values = _texts(record.children[answer.child][at], shows.get(answer.child, ())) if answer.child else {}
        told = {c: tuple(t for row in some if (t := _texts(row, shows[c]))) for c, some in rows.items()}
        return ShownAnswer(
            record.id, record.form, answer.child, answer.line, round(answer.score, 3), answer.why,
            case, values, {c: some for c, some in told.items() if some}, answer.says, beside, answer.match,
        )  # fmt: skip


def _place(answer: Answering) -> tuple[float, str, str, int]:
    return -round(answer.score, 3), answer.record, answer.child, answer.line


def _drop_home(values: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in values.items() if name not in OF_HOME}


def _laid_over(whole: Record, shown: Record, child: str, at: int) -> tuple[Row, Row]:
    """A child row merged with its record, both as stored and as shown: the row's own fields take precedence."""
    row = whole.children[child][at]
    rest = {n: c for n, c in shown.fields.items() if n not in row}
    return {**whole.fields, **row}, {**rest, **shown.children[child][at]}


def _texts(row: Row, names: Sequence[str]) -> dict[str, str]:
    return {n: text for n in names if (text := text_of(row.get(n)))}
