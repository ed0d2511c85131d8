"""The ledger that is made for measuring is one that the product would have written, and its figures come."""

from benchmarks.ledger import LedgerBench, _batch, _disk, _lots
from benchmarks.ledger_make import make
from digitize.workspace.counting.kept import differing_counts
from digitize.workspace.counting.totals import count_work
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.marked import marked

PAGES = 200


def test_a_made_ledger_is_whole_its_counts_are_true_and_it_can_be_measured(tmp_path):
    place = make(tmp_path / "ws", PAGES, per_volume=10)
    with Ledger(place.ledger) as ledger:
        assert [c.line() for c in ledger.changes() if not c.is_remark] == []
        assert list(differing_counts(ledger)) == []
        totals = count_work(ledger).totals
        assert (totals.pages_read, totals.records, totals.loaded, totals.in_review) == (PAGES, PAGES, 160, 40)
    bench = LedgerBench(place, PAGES, 1)
    figures = {**_disk(bench), **_batch(bench), **_lots(bench, volumes=6, pages=10)}
    assert figures["load_records"] == 160 and figures["kb_per_page"] < figures["kb_per_page_all"]
    assert {"sqlite_todo_ms", "ms_per_page"} <= figures.keys()
    with Ledger(place.ledger) as ledger:
        # What was taken in for measuring is worked through, and nothing is left to be looked at.
        assert marked(ledger, "read") == [] == marked(ledger, "count")
        assert [c.line() for c in ledger.changes() if not c.is_remark] == []
