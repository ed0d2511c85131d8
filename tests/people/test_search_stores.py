"""How a store is asked: terms said shortly, parts of its index made one, stations listed once."""

import polars as pl
import pytest
from search_store import batch

from digitize.masking.record_cache import cache_per_record
from digitize.search import sqlite_store
from digitize.search.sqlite_store import _matching
from digitize.search.stores import open_store
from digitize.search.words import compare_sounds, likeness
from digitize.targets.rows import FormRows, RowBatch
from digitize.targets.sqlite import SqliteTarget
from mappers.names.costs import code_rows, cost_table, distances, distances_by
from mappers.names.keys import token

A, B, C, D = (frozenset({n}) for n in (10, 11, 12, 13))


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    made = SqliteTarget(tmp_path_factory.mktemp("store") / "cctns.sqlite")
    made.take(batch())
    yield made
    made.close()


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ([(A,), (B,)], "(a) OR (b)"),
        ([(A, B), (A, C), (B, C)], "((a) AND ((b) OR (c))) OR ((b) AND ((c)))"),
        ([(A, B, C), (A,)], "(a)"),
        ([(A | B, C, D)], "((a OR b) AND (((c) AND ((d)))))"),
    ],
)
def test_what_begins_alike_is_said_once(terms, said):
    assert _matching(terms) == said


def test_an_index_put_in_order_is_of_one_part_and_finds_the_same(target, monkeypatch):
    firs = batch().forms["iif1"]
    for n in range(3):
        tables = {name: rows.with_columns(pl.col("record_id") + f"-{n}") for name, rows in firs.tables.items()}
        tables["iif1"] = tables["iif1"].with_columns(fir_no=pl.lit(f"9{n}"))
        target.take(RowBatch(f"{n + 7:032}", f"more {n}", {"iif1": FormRows(tables, firs.unfit)}))
    store = open_store(target)
    parts = "SELECT COUNT(DISTINCT segid) FROM search_index_idx"
    keys = "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rowid"
    assert target.run(parts)[0][0] > 1
    monkeypatch.setattr(sqlite_store, "_PARTS", 1)
    monkeypatch.setattr(sqlite_store, "_PAGES", 1)
    everything = _matching([(frozenset(token("y", year) for year in (2012, 2013)),)])
    before = target.run(keys, (everything,))
    store.put_in_order()
    assert target.run(parts)[0][0] == 1
    assert target.run(keys, (everything,)) == before


def test_stations_are_listed_once_until_another_is_loaded(target):
    store = open_store(target)
    first = store.stations()
    assert store.stations() is first
    target.run("INSERT INTO search_words VALUES ('s', 'Puri Town', '', '=', 'puri')")
    assert store.stations() == first | {"Puri Town"}


def test_a_shared_file_is_one_again_when_serving_ends(target):
    store, mode = open_store(target), "PRAGMA journal_mode"
    store.share(is_shared=True)
    assert target.run(mode) == open_store(target)._target.run(mode) == [("wal",)]
    store.share(is_shared=False)
    assert target.run(mode) == [("truncate",)]


def test_costs_by_several_languages_at_once_are_those_of_each():
    words = [("salīm", "hi"), ("kamal", "ta"), ("salim", ""), ("selim", "bn"), ("s", "ta")]
    codes = code_rows([said for said, _ in words])
    names = ["", "ta", "hi"]
    for which in range(3):
        cost, whole = distances("salim", codes, cost_table(names[which]))
        by, all_out = distances_by("salim", codes, [cost_table(n) for n in names], pl.Series([which] * 5).to_numpy())
        assert (cost.tolist(), whole.tolist()) == (by.tolist(), all_out.tolist())
    # By the costs of either side, whichever makes them more alike.
    for n, (said, lang) in enumerate(words):
        ways = [distances("kamal", code_rows([said]), cost_table(name)) for name in ("bn", lang)]
        best = max(0.0, *(1 - float(cost[0]) / float(whole[0]) for cost, whole in ways))
        assert float(likeness("kamal", "bn", words)[n]) == pytest.approx(best, abs=1e-6)


def test_a_letter_of_several_sounds_in_the_language_of_either_word_makes_them_alike():
    """Tamil writes g and k with one letter: whoever asks, and whatever it is asked beside."""
    words = [("kopal", ""), ("kopal", "ta"), ("kopal", "bn"), ("gobal", "")]
    alike, cost = compare_sounds("gobal", "bn", words)
    assert alike[1] == likeness("gobal", "ta", words[:1])[0] > 0.9 > alike[0] == alike[2]
    assert cost[1] == compare_sounds("gobal", "ta", words[:1])[1][0] < cost[0] == cost[2]
    assert (alike[3], cost[3]) == (1, 0)


def test_a_record_is_looked_through_once_and_an_equal_one_anew():
    seen = []
    asked = cache_per_record(lambda one, word="": bool(seen.append((one, word))) or len(one))
    one, other = [1, 2], [1, 2]
    assert [asked(one), asked(one), asked(other), asked(one, word="x"), asked(one, word="x")] == [2] * 5
    assert seen == [(one, ""), (other, ""), (one, "x")]
