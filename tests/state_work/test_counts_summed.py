"""Counts of parts are summed up: what is told of sums is what is told of all parts, and a false sum is named."""

import json
import random
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from digitize.workspace.counting import counts_cache, sums
from digitize.workspace.counting.counts_cache import (
    find_differing_counts,
    find_volumes_with,
    iter_volume_counts,
    keep_counts,
    read_gaps,
)
from digitize.workspace.counting.tally import PartCounts
from digitize.workspace.counting.totals import count_work
from digitize.workspace.decisions.page_gaps import Gap
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile

PUT = "INSERT INTO tallies (part, data) VALUES (?, ?)"
VOLUMES = (1, 2, 63, 64, 65, 130, 4095, 4096, 9000)


def counts_of(number, choose):
    """Invented counts of a volume."""
    t = PartCounts()
    for status in choose.choices(("waiting", "read", "failed"), k=choose.randint(1, 5)):
        t.add_page(status, f"book {number}", choose.choice(("Mill", "Bridge")), "en")
    t.note_asked(choose.randint(1, 3), choose.randint(1, 90), f"s-{number:04d}-0001-r1")
    t.add_captured("everything", 2, 1, {"age": 1})
    t.reasons["doubtful"] += choose.randint(1, 4)
    t.gaps = [asdict(Gap(f"book {number}", "p", "q", 1, 3, 1, "h"))]
    return t.as_text()


@pytest.fixture
def ledger(tmp_path):
    """Counts of volumes, tables and batches, as an older program kept them: without sums."""
    choose = random.Random(5)
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        made.execute_many("INSERT INTO volumes (volume, label) VALUES (?, ?)", [(n, f"book {n}") for n in VOLUMES])
        rows = [(f"volume:{n}", counts_of(n, choose)) for n in VOLUMES]
        table = PartCounts(table="t", left={"c": 2})
        # Called as a volume is: they share a line.
        table.add_records(
            "book 65", {"n": 3, "verdict": "clean", "loaded": 1, "open": "[]", "station": "", "language": ""}
        )
        rows += [("table:t-0001", table.as_text()), ("files", "{}")]
        rows += [(f"batch:s-b{n:04d}", json.dumps({"totals": {"files": n}})) for n in (1, 99, 100, 10000)]
        made.execute_many(PUT, rows)
        made.execute("DELETE FROM marks")
        yield made


def told(ledger, *, every_volume):
    plain = count_work(ledger, every_volume=every_volume).as_plain()
    return plain.pop("by_volume"), plain


def test_sums_tell_what_all_parts_tell(ledger):
    every, all_else = told(ledger, every_volume=True)
    assert (every, all_else) == told(ledger, every_volume=False)
    keep_counts(ledger)
    assert sums.are_kept(ledger)
    assert (every, all_else) == told(ledger, every_volume=False)
    assert [g.volume for g in read_gaps(ledger)] == [f"book {n}" for n in VOLUMES]
    made = {r["part"] for r in ledger.rows("SELECT part FROM tallies WHERE part >= 'sum:' AND part < 'sum;'")}
    assert {"sum:volume:1:0", "sum:volume:1:140", "sum:volume:2:2", "sum:volume:all", "sum:batch:1:s-b100"} <= made


def test_sums_lead_to_the_volumes_that_have_something_under_a_total(ledger):
    every = {n: json.loads(counts_of_kept(ledger, n)).get("totals", {}) for n in VOLUMES}
    wanted = {total: [f"volume:{n}" for n in VOLUMES if every[n].get(total)] for total in (*every[64], "rows_asked")}
    assert {len(found) for found in wanted.values()} >= {0, len(VOLUMES)}
    assert {total: list(find_volumes_with(ledger, total)) for total in wanted} == wanted
    keep_counts(ledger)
    assert {total: list(find_volumes_with(ledger, total)) for total in wanted} == wanted
    assert [part for part, _ in iter_volume_counts(ledger, (64, 1))] == ["volume:64", "volume:1"]
    # What changed since is counted as it is: here no page of it is there any more; and of one there was no count.
    ledger.execute("INSERT INTO volumes (volume, label) VALUES (20000, 'new')")
    ledger.execute("INSERT INTO marks (what, part, seq) VALUES ('count', 'volume:64', 1), ('count', 'volume:20000', 1)")
    assert list(find_volumes_with(ledger, "pages")) == [f"volume:{n}" for n in VOLUMES if n != 64]


def counts_of_kept(ledger, number):
    return ledger.rows("SELECT data FROM tallies WHERE part = ?", (f"volume:{number}",))[0]["data"]


def test_of_many_volumes_those_are_named_of_which_most_waits(ledger, monkeypatch):
    monkeypatch.setattr(sums, "MOST_LINES", 3)
    monkeypatch.setattr(sums, "NEXT", 100)
    keep_counts(ledger)
    every, all_else = told(ledger, every_volume=True)
    s = count_work(ledger, every_volume=False)
    first, more = told(ledger, every_volume=False)[0], s.volumes_more
    wanted = sorted(every, key=lambda name: (-every[name]["waiting"] - every[name]["failed"], name))[:3]
    assert set(wanted) <= set(first) <= {*wanted, "book 65"} and len(first) + more == len(VOLUMES)
    # The table's line is that of the volume of its name, although no sum names this one.
    assert all(first[name] == every[name] for name in first) and "book 65" in first
    assert told(ledger, every_volume=False)[1] == all_else


def test_who_only_looks_sees_what_changed_without_keeping_it(ledger):
    keep_counts(ledger)
    Catalogue(ledger).insert_scan(PageScan("s-0065-0001", "a" * 64, 0, "b1", 65, 1, station="Mill"))
    Catalogue(ledger).insert_source(SourceFile("a" * 64, "s-b0002", "a.png", 1, "image/png", 1, ".png"))
    Catalogue(ledger).insert_batch(Batch("s-b0002", "more", "2026-01-01"))
    assert told(ledger, every_volume=False) == told(ledger, every_volume=True)
    assert count_work(ledger, every_volume=False).by["volume"]["book 65"].pages == 1
    keep_counts(ledger)
    assert told(ledger, every_volume=False) == told(ledger, every_volume=True)


def test_a_false_sum_is_named_and_a_missing_one_and_of_a_false_part_no_sum(ledger, monkeypatch):
    keep_counts(ledger)
    true = {r["part"]: r["data"] for r in ledger.rows("SELECT part, data FROM tallies")}
    # The pages behind the invented counts are not there.
    monkeypatch.setattr(
        counts_cache, "count_part", lambda _, part: SimpleNamespace(as_text=lambda: true.get(part, "{}"))
    )
    assert list(find_differing_counts(ledger)) == []
    ledger.execute("UPDATE tallies SET data = '{}' WHERE part IN ('sum:volume:1:1', 'volume:1')")
    ledger.execute("DELETE FROM tallies WHERE part = 'sum:batch:all'")
    assert list(find_differing_counts(ledger)) == ["volume:1", "sum:batch:all", "sum:volume:1:1"]


def test_records_are_told_in_parts_that_add_up(tmp_path):
    t = PartCounts(table="t")
    of_verdict = [("clean", 1, 3), ("clean", 0, 20), ("review", 1, 1), ("review", 0, 4), ("reject", 0, 2), ("", 0, 5)]
    for verdict, loaded, n in of_verdict:
        t.add_records("b", {"n": n, "verdict": verdict, "loaded": loaded, "open": "[]", "station": "", "language": ""})
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        made.execute_many(PUT, [("table:t-0001", t.as_text())])
        made.execute("DELETE FROM marks")
        s = count_work(made)
    records, back = s.totals.lines()[1:3]
    assert records.startswith("Records 35: 4 loaded, 20 to be loaded, 5 not checked yet, 5 in review, 2 rejected.")
    assert back.startswith("Loaded but no longer clean: 1.")
    assert s.steps["check"] == {"waiting": 5, "done": 28, "failed": 2}
    assert s.steps["review"] == {"waiting": 5, "done": 23, "failed": 0}
    assert s.steps["load"] == {"waiting": 20, "done": 3, "failed": 0}
