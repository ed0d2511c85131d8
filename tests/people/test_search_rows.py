"""Rows that are searched, made a whole batch at a time, are those that are made one by one."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import polars as pl
import pytest
from search_plainly import plain_rows

from digitize.search.sqlite_store import TogetherLog
from digitize.targets.search_making import search_rows
from digitize.targets.search_names import hex_texts
from mappers.names.keys import mark_key, mark_tokens, token
from mappers.schema import form_tables

WORDS = (
    "Ram", "राम", "মহম্মদ", "محمد", "Smt.", "ramkumar", "Éloïse", "க்ரிஷ்ணன்", "12/3", "०९८३०", "", "  ", "A", "a b",
    "Nagar, Kolkata", "x_y", "WB-02 1234", "सोना", "a\tb", "0 12", "राम कुमार", "Ram Kumar",
)  # fmt: skip
NUMBERS = (None, "0", "5", "12", "1990", "2012", "x", "1234567890123")
NUMBERED = {"year", "fir_no", "age", "age_from", "age_to", "birth_year", "linked_fir_year", "linked_fir_no"}


def drawn(form, die, records=12):
    """Tables of a form with anything in them."""
    tables = {}
    for name, table in form_tables(form).items():
        rows = []
        for n in range(records):
            for line in range(1, die.randrange(1, 4) if table.child else 2):
                cells = {c: cell(c, die) for c in table.by_name}
                rows.append({"record_id": f"{form}-{n}", **({"line": line} if table.child else {}), **cells})
        shape = {"record_id": pl.String, **({"line": pl.Int32} if table.child else {})}
        tables[name] = pl.DataFrame(rows, schema=shape | dict.fromkeys(table.by_name, pl.String))
    return tables


def cell(name, die):
    if name in NUMBERED:
        return die.choice(NUMBERS)
    if name.endswith("date"):
        return die.choice((None, "2012-03-04", "1980-01-01", "bad"))
    return None if die.random() < 0.35 else " ".join(die.choices(WORDS, k=die.randrange(5)))


@pytest.mark.parametrize("form", ["iif1", "iif3", "gd", "missing"])
def test_a_batch_has_the_keys_of_its_rows(form):
    tables = drawn(form, random.Random(form))
    rows, words = plain_rows(form, tables)
    made = search_rows(form, tables)
    found = [
        (r["kind"], r["record_id"], r["line"], r["station"], r["year"], r["day"], (r["born_from"], r["born_to"]),
         r["lang"], r["said"], r["relative"], frozenset(r["tokens"]))
        for r in made.all_rows().iter_rows(named=True) if r["kind"] in "rp"
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(rows, key=str)
    assert words <= {w[:3] for w in made.all_words()}


def test_a_batch_without_rows_makes_none():
    tables = drawn("iif1", random.Random(1))
    assert search_rows("iif1", {n: t.head(0) for n, t in tables.items()}).all_rows().is_empty()


def test_tokens_are_the_same_however_they_are_made():
    for mark in ("WB02AB1234", "कख1234", "AAAA"):
        key = mark_key(mark)
        some = [key, *(key[:i] + key[i + 1 :] for i in range(len(key)))]
        assert mark_tokens(mark) == list(dict.fromkeys(token("v", one) for one in some))
    die = random.Random(2)
    lists = [[die.choice((0, 1, -1, 255, -(2**31), 2**31 - 1)) for _ in range(die.randrange(5))] for _ in range(40)]
    plain = [" ".join(f"{t & 0xFFFFFFFF:x}" for t in row) for row in lists]
    assert hex_texts(pl.Series(lists, dtype=pl.List(pl.Int32))) == plain


def test_what_comes_while_a_log_is_written_is_written_together():
    log, begun, go, written = TogetherLog(), Event(), Event(), []

    def write(statements):
        begun.set()
        go.wait(10)
        if ("bad", ()) in statements:
            raise ValueError
        written.append([text for text, _ in statements])

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(log.add, ("first", ()), write)
        begun.wait(10)
        others = [pool.submit(log.add, (str(n), ()), write) for n in range(5)]
        while len(log._waiting) < 5:
            pass
        go.set()
        assert [f.result(10) for f in (first, *others)] == [None] * 6
    assert [sorted(some) for some in written] == [["first"], ["0", "1", "2", "3", "4"]]
    with pytest.raises(ValueError):
        log.add(("bad", ()), write)
