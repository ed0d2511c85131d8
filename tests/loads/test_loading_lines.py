"""Rows that name others by their line, when some of these are refused."""

import csv
import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitize.cli.load import _require_some
from digitize.errors import TooManyRefused
from digitize.files.agreed_limit import AgreedLimit
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.load_result import LoadResult
from digitize.files.loading.settings import import_settings
from digitize.files.validating.placing import resolve_places
from digitize.files.validating.validate import CheckOptions, validate_file, validate_files
from digitize.quarantine.rejects import OPEN, find_rejects
from digitize.quarantine.replay import replay_rejects
from digitize.targets.base import Receipt
from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.rule_examples import text_frame

SETTINGS = import_settings("iif1")
FIR = ("wb", "Howrah", "Bally", "2009", "2009-03-12")


def write(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(rows)


def import_folder(folder, persons, addresses):
    """One FIR "a". persons: record_id, line, role; addresses: line of the person, town."""
    folder.mkdir(exist_ok=True)
    head = ("state", "district", "police_station", "year", "fir_date", "fir_no")
    write(folder / "iif1.csv", ("record_id", *head), ("a", *FIR, "1"))
    write(folder / "iif1_acts.csv", ("record_id", "line", "act", "section"), ("a", "1", "IPC", "379"))
    named = [(record, line, role, f"Vint {role}") for record, line, role in persons]
    write(folder / "iif1_persons.csv", ("record_id", "line", "role", "name"), *named)
    of = [("a", n, line, town) for n, (line, town) in enumerate(addresses, 1)]
    write(folder / "iif1_addresses.csv", ("record_id", "line", "person_line", "village_town"), *of)
    return folder


@pytest.fixture
def target(tmp_path):
    made = SqliteTarget(tmp_path / "target.sqlite")
    yield made
    made.close()


def towns(target):
    """Role of a person -> the towns of their addresses, in the target."""
    asked = (
        "SELECT p.role, a.village_town FROM iif1_addresses a JOIN iif1_persons p"
        " ON p.record_id = a.record_id AND p.line = a.person_line ORDER BY 1, 2"
    )
    return target.run(asked)


def codes(folder):
    return [(f.file, f.line, f.code) for f in validate_file(folder, "iif1", SETTINGS).findings if f.code == "T027"]


def test_the_accused_does_not_get_the_address_of_a_complainant_who_was_refused(target, tmp_path):
    persons = [("astray", "1", "complainant"), ("a", "2", "accused")]
    folder = import_folder(tmp_path / "in", persons, [("1", "Lohapar"), ("2", "Rampur")])
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert towns(target) == []
    assert codes(folder) == [("iif1_addresses.csv", 2, "T027")]
    kept = {r: {f["code"] for f in json.loads(x)} for r, x in target.run("SELECT record_id, findings FROM rejects")}
    assert kept["a"] >= {"T027"} and "T019" in kept["astray"]


def test_a_refused_row_shifts_no_reference_to_the_others(target, tmp_path):
    persons = [("astray", "1", "complainant"), ("a", "2", "accused"), ("a", "3", "witness")]
    folder = import_folder(tmp_path / "in", persons, [("2", "Rampur"), ("3", "Sonpur")])
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert towns(target) == [("accused", "Rampur"), ("witness", "Sonpur")]


@pytest.mark.parametrize("lines", [("2", "3"), ("10", "20"), ("2", "1"), ("01", "02")])
def test_whatever_lines_a_file_counts_by_an_address_stays_with_its_person(target, tmp_path, lines):
    first, second = lines
    persons = [("a", first, "complainant"), ("a", second, "accused")]
    folder = import_folder(tmp_path / "in", persons, [(first, "Lohapar"), (second, "Rampur")])
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert towns(target) == [("accused", "Rampur"), ("complainant", "Lohapar")] and codes(folder) == []


@pytest.mark.parametrize(
    ("lines", "named"),
    [(("1", "2"), "3"), (("1", "2"), "0"), (("1", "1"), "1"), (("1", "x"), "2"), (("3", "4"), "1"), (("1", ""), "2")],
)
def test_a_reference_to_nobody_or_to_two_is_refused(target, tmp_path, lines, named):
    persons = [("a", lines[0], "complainant"), ("a", lines[1], "accused")]
    folder = import_folder(tmp_path / "in", persons, [(named, "Lohapar")])
    assert codes(folder) == [("iif1_addresses.csv", 2, "T027")]
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert target.run("SELECT record_id FROM iif1") == []


def test_lines_that_are_places_change_no_hash(tmp_path):
    found = []
    for name, lines in (("counted", ("1", "2")), ("empty", ("", ""))):
        persons = [("a", lines[0], "complainant"), ("a", lines[1], "accused")]
        folder = import_folder(tmp_path / name, persons, [("1", "Lohapar"), ("2", "Rampur")])
        made = SqliteTarget(tmp_path / f"{name}.sqlite")
        load_files([folder], "iif1", made, SETTINGS, LoadOptions())
        found.append(made.run("SELECT record_id, row_hash FROM record_index"))
        made.close()
    assert found[0] == found[1] and found[0][0][0] == "a"


def test_what_waits_in_the_quarantine_names_nobody_else_when_it_is_replayed(target, tmp_path):
    persons = [("astray", "1", "complainant"), ("a", "2", "accused")]
    folder = import_folder(tmp_path / "in", persons, [("1", "Lohapar")])
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    replay_rejects(target, find_rejects(target, states=(OPEN,)))
    assert towns(target) == [] and target.run("SELECT record_id FROM iif1") == []


def test_a_rule_that_is_ignored_gives_no_address_to_somebody_else(target, tmp_path):
    persons = [("astray", "1", "complainant"), ("a", "2", "accused")]
    folder = import_folder(tmp_path / "in", persons, [("1", "Lohapar")])
    load_files([folder], "iif1", target, import_settings("iif1", ignore=["T027"]), LoadOptions())
    assert towns(target) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=8),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=8),
    st.integers(1, 4),
)
def test_for_any_refused_rows_a_kept_reference_points_to_the_row_it_pointed_to(people, addresses, step):
    """Law: whoever a reference named is named still, or nobody is."""
    lines: dict[str, int] = {}
    rows = []
    for record, is_refused in people:
        lines[record] = lines.get(record, 0) + step
        rows.append((record, lines[record], is_refused, f"{record}{lines[record]}"))
    kept = [r for r in rows if not r[2]]
    tables = {
        "iif1_persons": text_frame(
            [*range(2, len(kept) + 2)],
            [r[0] for r in kept],
            {"line": [str(r[1]) for r in kept], "name": [r[3] for r in kept]},
        ),
        "iif1_addresses": text_frame(
            [*range(2, len(addresses) + 2)],
            [record for record, _ in addresses],
            {"person_line": [str(line) for _, line in addresses]},
        ),
    }
    made = resolve_places("iif1", tables)["iif1_addresses"]["person_line"].to_list()
    for (record, line), text in zip(addresses, made, strict=True):
        of_record = [r[3] for r in kept if r[0] == record]
        named = of_record[int(text) - 1] if text.isdigit() and 0 < int(text) <= len(of_record) else None
        meant = [name for r, n, is_refused, name in rows if (r, n) == (record, line) and not is_refused]
        assert [named] == (meant or [None])


@pytest.mark.parametrize("torn", ["astray,complainant,Vint complainant", "a,complainant,Vint complainant,one too many"])
def test_without_lines_a_refused_row_gives_its_address_to_nobody_else(target, tmp_path, torn):
    folder = import_folder(tmp_path / "in", [], [("1", "Lohapar")])
    (folder / "iif1_persons.csv").write_text(f"record_id,role,name\n{torn}\na,accused,Vint accused\n", encoding="utf-8")
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert towns(target) == []
    assert codes(folder) == [("iif1_addresses.csv", 2, "T027")]


def test_without_lines_the_rows_of_a_whole_record_are_counted_by_their_order(target, tmp_path):
    folder = import_folder(tmp_path / "in", [], [("1", "Lohapar"), ("2", "Rampur")])
    rows = "a,complainant,Vint complainant\na,accused,Vint accused\n"
    (folder / "iif1_persons.csv").write_text("record_id,role,name\n" + rows, encoding="utf-8")
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert towns(target) == [("accused", "Rampur"), ("complainant", "Lohapar")]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.sampled_from(["", "", "astray", "torn"]), min_size=1, max_size=4), min_size=1, max_size=4),
    st.booleans(),
)
def test_a_whole_load_keeps_every_reference_on_the_row_it_pointed_to(tmp_path_factory, records, has_lines):
    """Law: for any refused persons, an address in the target stands with the person whom the file meant."""
    folder = tmp_path_factory.mktemp("in")
    names, acts = [f"r{i}" for i in range(len(records))], ("record_id", "line", "act", "section")
    head = ("record_id", "state", "district", "police_station", "year", "fir_date", "fir_no")
    write(folder / "iif1.csv", head, *((r, *FIR, str(i + 1)) for i, r in enumerate(names)))
    write(folder / "iif1_acts.csv", acts, *((r, "1", "IPC", "379") for r in names))
    persons, addresses = [], []
    for record, rows in zip(names, records, strict=True):
        for line, fate in enumerate(rows, 1):
            cells = [record if fate != "astray" else f"no{record}", "witness", f"Vint {record} {line}"]
            persons.append([*cells[:1], *([str(line)] if has_lines else []), *cells[1:], *(["x"] * (fate == "torn"))])
            addresses.append((record, str(line), str(line), f"Vint {record} {line}"))
    write(folder / "iif1_persons.csv", ("record_id", *(["line"] if has_lines else []), "role", "name"), *persons)
    write(folder / "iif1_addresses.csv", ("record_id", "line", "person_line", "village_town"), *addresses)
    one, three = (list(validate_files([folder], "iif1", SETTINGS, CheckOptions(parts=n)).findings) for n in (1, 3))
    assert one == three
    made = SqliteTarget(tmp_path_factory.mktemp("out") / "t.sqlite")
    load_files([folder], "iif1", made, SETTINGS, LoadOptions())
    asked = "SELECT p.name, a.village_town FROM iif1_addresses a LEFT JOIN iif1_persons p"
    kept = made.run(f"{asked} ON p.record_id = a.record_id AND p.line = a.person_line")
    assert all(name == town for name, town in kept)
    # A record of which nothing was refused, beside which nothing was refused either, is loaded whole.
    whole = [r for i, r in enumerate(names) if not any("".join(rows) for rows in records[max(0, i - 1) : i + 2])]
    assert {r for (r,) in made.run("SELECT record_id FROM iif1")} >= set(whole)
    made.close()


def test_a_key_of_no_table_leads_to_no_row(tmp_path):
    folder = import_folder(tmp_path / "in", [("a", "1", "accused")], [])
    head = ("record_id", "line", "system", "key", "of_table", "of_line")
    write(
        folder / "iif1_legacy_keys.csv",
        head,
        ("a", "1", "x", "77", "personz", "1"),
        ("a", "2", "x", "78", "persons", "1"),
    )
    found = validate_file(folder, "iif1", SETTINGS).findings
    assert [(f.line, f.code) for f in found if f.code == "T028"] == [(2, "T028")]


def test_where_all_was_refused_nothing_is_called_loaded():
    refused = Receipt("l", "b", 4, 0, 0, 0, rejected=3, held=1, withdrawn=0, content="")
    assert LoadResult("t", "iif1", [refused]).lines()[0].startswith("Loaded none of 4 records in 1 batch into t: ")
    before = LoadResult("t", "iif1", [replace(refused, repeated=True)], repeated=True).lines()
    assert "none was loaded, 3 rejected, 1 held" in before[1] and before[2].startswith(
        "The refused records wait in the quarantine"
    )


def test_a_load_of_nothing_ends_with_3_unless_that_is_agreed():
    refused = LoadResult("t", "iif1", [Receipt("l", "b", 4, 0, 0, 0, 3, 1, 0, "")])
    for agreed in (None, AgreedLimit(Fraction(3))):
        with pytest.raises(TooManyRefused, match="None of 4 records was loaded"):
            _require_some(refused, agreed)
    _require_some(refused, AgreedLimit(Fraction(1), is_share=True))
    _require_some(LoadResult("t", "iif1", [Receipt("l", "b", 4, 1, 0, 0, 3, 0, 0, "")]), None)
