"""The single path of every query: check, rate limit, look up, apply the policy, log, answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.masking.hidden import HiddenRow, load_hidden
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields
from digitize.search.cases import open_cases
from digitize.search.holdings import StoreHoldings
from digitize.search.query import MOST_SHOWN
from digitize.search.store_queries import SearchStore
from digitize.search.stores import open_store
from digitize.search.words import Stations
from digitize.services.answer import ServiceAnswer, of_list
from digitize.services.asker import ServiceAsker
from digitize.services.given import as_logged, check_given
from digitize.services.kind import HIDDEN, MATCH, SAYS, RecordService
from digitize.services.policy import COPY, PUBLIC
from digitize.services.rates import Rates, TooOften
from digitize.services.shown import record_as_shown
from digitize.services.visibility import MOST_OPENED, ServiceSight
from digitize.targets.base import Target
from mappers.record import Record


class ServiceDesk:
    """Answers queries to the services from one target."""

    def __init__(self, target: Target, rates: Rates | None = None, folder: Path | None = None) -> None:
        """target: open. rates: shared by all instances of a server; None for no rate limit. folder: workspace, for
        services that read its lists.

        Raises OptionsError for a target that cannot be searched, TargetRefused.
        """
        self.store: SearchStore = open_store(target)
        self._rates, self._folder = rates, folder

    def answer(
        self, service: RecordService, given: Mapping[str, str], asker: ServiceAsker, limit: int = 10
    ) -> ServiceAnswer:
        """Answer a query after logging it.

        Raises OptionsError for an invalid query (TooOften if it must wait), TargetRefused if it cannot be looked up or
        logged; no message contains what was typed.
        """
        asker.check()
        if not 1 <= limit <= MOST_SHOWN:
            raise OptionsError(f"The limit must be between 1 and {MOST_SHOWN}.")
        checked = check_given(service, given)
        logged = as_logged(service, checked)
        note = self._count(service.name, checked, logged, asker)
        sight = ServiceSight(self.store, service, asker)
        # Of all that may be seen, for whoever asks says how many are shown; what is not shown is not noted as seen.
        whole = ServiceSight(self.store, service, asker)
        if service.answer is None:
            answers = service.find(self.store, checked)
            found = sight.show_answers(answers, limit)
            every = whole.show_answers(answers, MOST_OPENED) if len(found) == limit else found
        else:
            every = [of_list(row) for row in self._list_answers(service, checked)]
            found = every[:limit]
        plain = [{**one.case, **one.values, SAYS: one.says, MATCH: one.match.how if one.match else ""} for one in every]
        if (sight.hides or whole.hides) and may_know_of_hidden(service, asker, checked):
            plain.append({SAYS: HIDDEN})
        verdict = service.verdict(plain) if plain else service.unfound(checked)
        self._keep(service.name, logged, asker, len(found), sight.seen, note)
        return ServiceAnswer(service.name, verdict, tuple(found), self._asked_of(asker) if service.certifies else None)

    def copies(
        self,
        find: Callable[[SearchStore], Sequence[Sequence[str]]],
        form: str,
        asker: ServiceAsker,
        asked: Mapping[str, str],
    ) -> list[Record]:
        """Records that a person may print, after logging; others are omitted.

        find: ids of matching records, equally good ones together, best first: the first group with any visible record
        is used, and nothing is disclosed about earlier ones. asked: query parameters, none of which names a person.
        Raises as `answer`.
        """
        asker.check()
        plain = {name: text for name, text in asked.items() if text}
        note = self._count(COPY, plain, plain, asker)
        made, seen = [], ShownFields()
        for names in find(self.store):
            made = self._make_records(dict.fromkeys(names), form, asker, seen)
            if made:
                break
        self._keep(COPY, plain, asker, len(made), seen, note)
        return made

    def find_withheld(self, shown: Record) -> tuple[HiddenRow, ...]:
        """Rows of the table of masking that hide something in a record, as it was shown to somebody."""
        cases = open_cases(self.store, [(shown.id, shown.form)])
        reasons = cases.masks.find_reasons(cases.records[shown.id])
        hidden = {reasons[path] for path, cell in shown.cells() if path in reasons and MASK in (cell.raw, cell.value)}
        return tuple(row for reason, row in load_hidden().items() if reason in hidden)

    def _make_records(self, names: Iterable[str], form: str, asker: ServiceAsker, seen: ShownFields) -> list[Record]:
        cases = open_cases(self.store, [(name, form) for name in names])
        made, is_unmasked = [], asker.unmasking is not None
        for name in (n for n in names if n in cases.records):
            role = asker.role_for(cases.records[name])
            one = record_as_shown(cases, name, role, COPY, asker=asker.by.who, is_unmasked=is_unmasked)
            if one is not None:
                made.append(one)
                seen.add(name, cases.hidden_paths(name) if is_unmasked else ())
        return made

    def _asked_of(self, asker: ServiceAsker) -> StoreHoldings:
        held = self.store.holdings()
        return held.round_down() if asker.role == PUBLIC else held

    def _list_answers(self, service: RecordService, checked: Mapping[str, str]) -> list[dict[str, str]]:
        if self._folder is None or service.answer is None:
            raise OptionsError(f"{service.name} needs a list of a workspace: give a workspace.")
        return service.answer(self._folder, checked)

    def _count(
        self, service: str, checked: Mapping[str, str], logged: Mapping[str, Any], asker: ServiceAsker
    ) -> dict[str, Any]:
        """Count the query for rate limits; returns what the log should say.

        A blocked sequence of numbers is logged too.
        """
        if self._rates is None:
            return {}
        self._rates.count(asker.role, asker.by.who, asker.address)
        try:
            is_row = self._rates.count_number(asker.role, asker.by.who, service, self._count_terms(checked))
        except TooOften as e:
            told = {"enumeration": True, "refused_s": int(e.wait_s) + 1}
            self._keep(service, logged, asker, 0, ShownFields(), told)
            raise
        return {"enumeration": True} if is_row else {}

    def _count_terms(self, checked: Mapping[str, str]) -> Mapping[str, str]:
        """The query with resolved stations: otherwise each spelling would start a new number sequence."""
        if "station" not in checked:
            return checked
        return {**checked, "station": " ".join(sorted(Stations(self.store).find_alike(checked["station"])))}

    def _keep(
        self, service: str, asked: Mapping[str, Any], asker: ServiceAsker, shown: int, seen: ShownFields,
        note: Mapping[str, Any],
    ) -> None:  # fmt: skip
        by = asker.by
        detail = {**by.unmasking.as_plain(), **seen.as_plain()} if by.unmasking else {}
        self.store.keep(
            {
                "who": by.who,
                "account": by.account,
                "why": by.why,
                "asked": _json({"service": service, "role": asker.role, **asked}),
                "shown": shown,
                "detail": _json({**detail, **note}),
            }
        )


def may_know_of_hidden(service: RecordService, asker: ServiceAsker, asked: Collection[str]) -> bool:
    """Whether a verdict may depend on hidden results.

    True for police and courts if the query has no personal name, and for everybody in a service whose verdict is relied
    on, if the query was not by words. asked: names of the given parameters. It would disclose whose name it is; but
    that a number occurs in a masked text must be known before it is certified as absent.
    """
    if service.certifies:
        return not any(p.names_person and p.name in asked for p in service.parameters)
    return asker.role != PUBLIC and not any(p.names_person for p in service.parameters)


def _json(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)
