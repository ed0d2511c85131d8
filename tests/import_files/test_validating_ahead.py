"""Reading ahead: nothing is lost, turned round or made for nobody."""

import gc
import sqlite3
import sys
import threading
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.files.validating.readers import open_reader
from digitize.machine.prefetch import read_ahead
from mappers.schema import form_tables


@given(st.lists(st.integers()))
def test_the_same_items_come_in_the_same_order(items):
    assert list(read_ahead(iter(items))) == items


def test_an_error_comes_behind_what_was_made_before_it():
    def broken():
        yield from (1, 2)
        raise OSError("gone")

    taken = []
    with pytest.raises(OSError, match="gone"):
        taken.extend(read_ahead(broken()))
    assert taken == [1, 2]


def test_nothing_more_is_made_when_the_taker_stops():
    made = []
    source = read_ahead(made.append(n) or n for n in count())
    assert [next(source), next(source)] == [0, 1]
    source.close()
    assert len(made) <= 5
    assert not [t for t in threading.enumerate() if t.name == "digitize-read"]


def test_a_database_that_is_left_in_the_middle_is_closed_without_a_word(tmp_path, monkeypatch):
    path, said = tmp_path / "old.sqlite", []
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE iif1 (record_id TEXT, year TEXT)")
        db.executemany("INSERT INTO iif1 VALUES (?, '2009')", ((f"r{n}",) for n in range(30_000)))
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    reader = open_reader(path, "iif1", form_tables("iif1")["iif1"])
    source = read_ahead(reader.blocks({"record_id": 0}))
    assert next(source).frame["record_id"][0] == "r0"
    source.close()
    del reader, source
    gc.collect()
    assert said == []


def test_the_next_item_is_made_before_it_is_asked_for():
    second = threading.Event()

    def items():
        yield 1
        second.set()
        yield 2

    source = read_ahead(items())
    assert next(source) == 1
    assert second.wait(10)
    assert list(source) == [2]
