"""The one way for every question: checked, counted, looked up, shown by the policy, kept in the log, answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
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
from digitize.services.kind import HIDDEN, SAYS, RecordService
from digitize.services.policy import COPY, PUBLIC
from digitize.services.rates import Rates, TooOften
from digitize.services.shown import record_as_shown
from digitize.services.visibility import MOST_OPENED, ServiceSight
from digitize.targets.base import Target
from mappers.record import Record


class ServiceDesk:
    """Answers questions to the services from one target."""

    def __init__(self, target: Target, rates: Rates | None = None, folder: Path | None = None) -> None:
        """target: open. rates: shared by all desks of a server; None where nobody is counted. folder: the workspace,
        for services that read its lists.

        Raises OptionsError for a target that cannot be searched, TargetRefused.
        """
        self.store: SearchStore = open_store(target)
        self._rates, self._folder = rates, folder

    def answer(
        self, service: RecordService, given: Mapping[str, str], asker: ServiceAsker, limit: int = 10
    ) -> ServiceAnswer:
        """Answer a question, once it is kept in the log.

        Raises OptionsError for what cannot be asked (TooOften where it must wait), TargetRefused where it cannot be
        looked up or kept; no message holds what was typed.
        """
        asker.check()
        if not 1 <= limit <= MOST_SHOWN:
            raise OptionsError(f"At most {MOST_SHOWN} are shown, and one at least.")
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
        plain = [{**one.case, **one.values, SAYS: one.says} for one in every]
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
        """Records as they may be printed for somebody, once that is kept in the log; none of those that may not be.

        find: ids of the records that may be meant, those that are equally good together, the best first: made are the
        first of which any may be seen, since of those before them nothing is told.
        asked: by what, none of which names a person. Raises as `answer`.
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
            raise OptionsError(f"{service.name} reads a list of a workspace: ask it for one.")
        return service.answer(self._folder, checked)

    def _count(
        self, service: str, checked: Mapping[str, str], logged: Mapping[str, Any], asker: ServiceAsker
    ) -> dict[str, Any]:
        """Count the question; what the log should say of it. A row of numbers that must wait is kept as well."""
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
        """What was asked with the stations that are meant: else each spelling would begin a row of numbers anew."""
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
    """Whether a verdict may rest on what is not seen: to police and courts, where nobody's name can be asked by; and to
    everybody of a service on whose verdict somebody will rely, where it was not asked by words. asked: names of the
    parameters that were given.

    Whom a name belongs to would be told by it; that a number stands in a masked text must be, before it is certified
    that it stands nowhere.
    """
    if service.certifies:
        return not any(p.names_person and p.name in asked for p in service.parameters)
    return asker.role != PUBLIC and not any(p.names_person for p in service.parameters)


def _json(plain: Mapping[str, Any]) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)
