"""What the simulation of a cluster is fed with: what claiming and recording cost the one writer of a ledger."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.parts.cluster.sim import Costs
from digitize.reading.job import PageDone
from digitize.reading.page import read_page
from digitize.steps.lots import LotSource
from digitize.steps.read import Keeper
from digitize.steps.read_jobs import page_job
from digitize.steps.read_plan import PageTodo, due_pages
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context

_BATCH, _ONES = 20, 8


def measured(place: Path, costs: Costs) -> Costs:
    """Costs with what is measured on a ledger of some volumes of filled forms, each as large as a lot.

    The least of several times each: whatever else the machine does only adds to them.
    """
    whole = open_place(place)
    with Ledger(whole.ledger) as ledger:
        known = build_run_context(whole, ledger)
        source = LotSource(ledger, known, size=costs.lot)
        found, claims = next(source), []
        for _ in range(3):
            begun = time.perf_counter()
            next(source)
            claims.append(1000 * (time.perf_counter() - begun))
        todos = [todo for _, some in due_pages(ledger, known, found.volumes) for todo in some]
        first = todos[0]
        scan = Catalogue(ledger).source(first.scan.sha256)
        assert scan is not None
        done = read_page(page_job(ledger, known, first, scan))
        assert isinstance(done, PageDone) and done.is_form
        own = replace(known, owner=found.lot.token)
        keeper = Keeper(ledger, own, found.lot)
        ones, rest = todos[:_ONES], todos[_ONES:]
        single = min(_ms(keeper, [todo], done) for todo in ones)
        lots = min(_ms(keeper, rest[at : at + _BATCH], done) for at in range(0, len(rest) - _BATCH + 1, _BATCH))
    page_ms = max(0.0, (lots - single) / (_BATCH - 1))
    return replace(costs, write_ms=page_ms, commit_ms=single - page_ms, claim_ms=min(claims))


def _ms(keeper: Keeper, some: Sequence[PageTodo], done: PageDone) -> float:
    begun = time.perf_counter()
    for todo in some:
        keeper.add(todo, done)
    keeper.flush()
    return 1000 * (time.perf_counter() - begun)
