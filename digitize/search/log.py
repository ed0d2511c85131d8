"""Every search is logged in the target before it is answered: who, why, by which fields; never the search terms."""

from __future__ import annotations

import json
from dataclasses import dataclass

from digitize.masking.unmasking import ShownFields, Unmasking
from digitize.search.query import SearchQuery
from digitize.search.store_queries import SearchStore


@dataclass(frozen=True, slots=True)
class Searcher:
    """Who searches, and why. who: a person's name; account: on the machine, or at the station; why: the purpose.

    unmasking: who is responsible, if protected names may be shown.
    """

    who: str
    account: str
    why: str
    unmasking: Unmasking | None = None


def keep_search(store: SearchStore, by: Searcher, query: SearchQuery, shown: int, seen: ShownFields) -> None:
    """Add the search to the target's log; raises TargetRefused, and then nothing may be shown."""
    detail = {**by.unmasking.as_plain(), **seen.as_plain()} if by.unmasking else {}
    store.keep(
        {
            "who": by.who,
            "account": by.account,
            "why": by.why,
            "asked": json.dumps(query.as_logged(), ensure_ascii=False, sort_keys=True),
            "shown": shown,
            "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
        }
    )
