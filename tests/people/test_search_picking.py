"""Rows picked by days and codes: which ones, in which order, and all of them however few are read at once."""

from dataclasses import replace

import pytest
from marks_store import fir, open_sqlite

from digitize.search import picking
from digitize.search.filled_counts import Lack, LoadedRows
from digitize.search.picking import Pick, as_rows, each_row, pick_query

# Records with their days, and the ages of their victims.
FOUND = [
    ("a-r1", "2012-03-04", "30"), ("b-r1", "2013-05-06", "50"), ("c-r1", "2013-05-06", "12"), ("d-r1", None, "40"),
    ("e-r1", "2014-01-01", None), ("f-r1", None, "31"),
]  # fmt: skip
TABLES = {
    "iif1": [
        {**fir(record, n, **({"district": "Nadia"} if n == 5 else {})), "fir_date": day}
        for n, (record, day, _) in enumerate(FOUND, 1)
    ],
    "iif1_persons": [
        *({"record_id": record, "role": "victim", "name": record[0].upper(), "sex": "male", "age": age}
          for record, _, age in FOUND),
        {"record_id": "b-r1", "role": "accused", "name": "X", "sex": "female", "age": "20"},
        {"record_id": "e-r1", "role": "witness", "name": "Y", "age": "70"},
    ],
}  # fmt: skip
ALL = Pick("iif1", "persons", ("district", "fir_no"), ("name", "age"), "fir_date")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    target, store = open_sqlite(tmp_path_factory.mktemp("picking") / "cctns.sqlite", TABLES)
    yield store
    target.close()


def names(store, most=100, **changes):
    return "".join(one.values[0] for one in each_row(store, replace(ALL, **changes), most))


def test_rows_come_by_day_and_those_without_one_last(store):
    assert names(store) == "YECXBAFD"
    assert names(store, newest_first=False) == "ABXCEYDF"
    (first, *_, last) = each_row(store, ALL, 100)
    assert first == ("e-r1", 2, "2014-01-01", ("Nadia", "5"), ("Y", "70"))
    assert last == ("d-r1", 1, "", ("Howrah", "4"), ("D", "40"))
    (row,) = each_row(store, replace(ALL, own=(), columns=("name", "age", "sex"), of_row={"age": ("",)}), 100)
    assert row == ("e-r1", 1, "2014-01-01", (), ("E", None, "male"))


@pytest.mark.parametrize("at_once", [1, 2, 3, 8])
@pytest.mark.parametrize("is_newest_first", [True, False])
def test_none_is_lost_or_read_twice_where_few_are_read_at_once(store, monkeypatch, at_once, is_newest_first):
    every = names(store, newest_first=is_newest_first)
    monkeypatch.setattr(picking, "_AT_ONCE", at_once)
    assert names(store, newest_first=is_newest_first) == every
    for most in range(len(every) + 1):
        assert names(store, most, newest_first=is_newest_first) == every[:most]


def test_a_store_is_asked_again_only_where_there_may_be_more(store, monkeypatch):
    asked = []
    monkeypatch.setattr(picking, "_AT_ONCE", 4)

    def pick(wanted, after, most):
        asked.append((wanted.days is not None, after, most))
        return type(store).pick(store, wanted, after, most)

    monkeypatch.setattr(store, "pick", pick)
    assert names(store) == "YECXBAFD"
    assert asked == [(True, None, 4), (True, ("2013-05-06", "b-r1", 2), 4), (False, None, 4)]


@pytest.mark.parametrize(
    ("changes", "found"), [
        ({"days": ("2013-01-01", "2013-12-31")}, "CXBFD"), ({"days": ("2013-05-06", "")}, "YECXBFD"),
        ({"days": ("", "2013-05-06")}, "CXBAFD"), ({"days": None}, "FD"), ({"days": None, "newest_first": False}, "DF"),
        ({"roles": ("accused",)}, "X"), ({"roles": ("accused", "witness")}, "YX"),
        ({"between": {"age": (31, 50)}}, "EBFD"), ({"between": {"age": (32, 49)}}, "ED"),
        ({"of_record": {"district": ("Nadia", "Bally")}}, "YE"), ({"of_row": {"sex": ("female", "")}}, "YX"),
        ({"of_row": {"sex": ("",)}}, "Y"), ({"of_row": {"sex": ("male",), "age": ("12", "30")}}, "CA"),
        ({"of_record": {"district": ("Nadia",)}, "of_row": {"sex": ("male",)}}, "E"),
    ], ids=str,
)  # fmt: skip
def test_rows_are_those_of_the_days_the_codes_and_the_ages_that_were_said(store, changes, found):
    assert names(store, **changes) == found


@pytest.mark.parametrize(
    "changes", [
        {"own": ("no_such",)}, {"columns": ("no_such",)}, {"day": "no_such"}, {"of_record": {"name": ("x",)}},
        {"of_row": {"fir_no": ("x",)}}, {"between": {"no_such": (1, 2)}}, {"child": "no_such"},
    ], ids=str,
)  # fmt: skip
def test_a_field_that_the_form_lacks_is_no_part_of_a_query(store, changes):
    with pytest.raises(KeyError):
        names(store, **changes)


def test_rows_are_not_counted_by_a_field_that_neither_they_nor_their_records_have(store):
    """A name that no table has would be a wrong query, or one that counts every row."""
    persons = LoadedRows("iif1", "persons")
    assert store.count_filled(persons, [Lack(("no_such", "sex")), Lack(("no_such",), ("fir_date",))])
    for lack in (Lack(("no_such", "fir_date")), Lack((), ("sex",))):
        with pytest.raises(KeyError, match="iif1: none of"):
            store.count_filled(persons, [lack])


def test_what_is_empty_is_no_value_of_a_code_nor_of_a_row():
    """PostgreSQL takes no empty text for a number."""
    query, values = pick_query(replace(ALL, of_row={"age": ("", "30"), "sex": ("",)}), None, 7)
    assert values == ["30", 7] and "c.age IN (?) OR c.age IS NULL" in query and "(c.sex IS NULL)" in query
    assert as_rows(ALL, [("r", 1, None, "", "5", "A", None)]) == [("r", 1, "", (None, "5"), ("A", None))]
