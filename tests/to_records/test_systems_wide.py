"""Lookups and ties among very many tables: the same as when each is tried, and not one after the other."""

from mappers.systems import lookup_index
from mappers.systems.lookup_ties import find_lookups
from mappers.systems.profile import profile
from mappers.systems.ties import find_ties

NAMES = ("stock", "ration", "beat", "kit", "visit", "bill", "roster", "gate", "radio", "horse")


def _table(name, columns, rows):
    return profile(name, columns, rows, 50)


def _dump(count):
    head = _table("fir_mast", ("fir_id", "fir_no", "ps_cd", "crime_cd"),
                  [(str(5000 + i), str(i), str(i % 7 + 1), f"C{i % 5 + 1}X") for i in range(1, 41)])  # fmt: skip
    stations = _table("ps_mast", ("ps_cd", "ps_name"), [(str(i), "Thana " + "ABCDEFGH"[i] * 3) for i in range(1, 8)])
    crimes = _table("crime_mast", ("crime_cd", "crime_name"), [(f"C{i}X", "Kind " + "VWXYZA"[i]) for i in range(1, 6)])
    junk = [
        _table(f"{NAMES[n % 10]}_{NAMES[n // 10 % 10]}_{n}", (f"{NAMES[n % 10]}_cd", "words"),
               [(str(i), "Word " + "ABCDEFGHIJ"[i % 10] * (i // 10 + 2)) for i in range(1, 9 + n % 9)])
        for n in range(count)
    ]  # fmt: skip
    return head, [*junk[: count // 2], stations, crimes, *junk[count // 2 :]]


def test_among_many_tables_lookups_are_found_as_when_each_is_tried(monkeypatch):
    head, tables = _dump(1500)
    index = lookup_index.LookupIndex(tables)
    sure, asked = find_lookups([head], tables, {"fir_mast": ["fir_id"]}, index=index)
    assert {(g.column, g.table) for g in sure} == {("ps_cd", "ps_mast"), ("crime_cd", "crime_mast")}
    # A column whose values stand everywhere is named, so that a person looks; one of the others is not.
    assert "ps_cd" in index.cut and "crime_cd" not in index.cut
    monkeypatch.setattr(lookup_index, "ALL_TRIED", len(tables))
    assert find_lookups([head], tables, {"fir_mast": ["fir_id"]})[0] == sure
    assert not asked


def test_of_few_tables_each_is_tried():
    head, tables = _dump(20)
    index = lookup_index.LookupIndex(tables)
    assert len(index.tables_for(head.column("ps_cd"))) == len(tables) and not index.cut


def test_a_key_written_as_one_is_found_in_the_columns_that_hold_its_pieces():
    head = _table("register", ("no", "yr", "other"), [(str(i % 9 + 1), str(2000 + i // 9), "x") for i in range(40)])
    part = _table("persons", ("case_ref", "nm"), [(f"{i % 9 + 1}/{2000 + i // 9}", "A B") for i in range(40)])
    sure, _ = find_ties(head, [part])
    assert [(t.table, t.key, t.to) for t in sure] == [("persons", ("case_ref",), ("no", "yr"))]
