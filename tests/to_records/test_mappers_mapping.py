"""Mappings: bound before the first page, and every source cell ends somewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.codes import place_lists
from mappers.encodings import names as encoding_names
from mappers.errors import MappingError
from mappers.mapping.load import FormMapping, find_mapping, load_mappings, map_readings, map_rows
from mappers.mapping.typed import clean_typed
from mappers.record import Record, from_plain, to_plain
from mappers.sources.values import MapContext, PageValues, RowValues, ZoneValue
from mappers.states import load_state, state_codes
from validators.checking.check import check_records
from validators.checking.settings import make_settings

MAPPINGS = load_mappings()
CONTEXT = MapContext("r1", state=load_state("wb"), book_year=2009)
GOOD = """
format = 1
id = "small"
version = "3"
title = "A small table"
form = "iif1"
[match]
columns = ["NO"]
[rows.accused]
table = "persons"
set = { role = "accused" }
[[map]]
from = "NO"
to = "fir_no"
clean = "int"
[[map]]
from = "WHO"
into = "accused"
to = { name = "name", status = "status" }
clean = "persons"
[[ignore]]
from = "X"
reason = "not wanted"
"""


def write(folder: Path, text: str, name: str = "small.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_fir_of_a_suffixed_number_waits_for_a_number_and_is_not_taken_for_another(tmp_path: Path) -> None:
    mapping = load_mappings([write(tmp_path, GOOD)])["small"]
    rows = [RowValues("t.csv", "t", at, {"NO": no}) for at, no in enumerate(["12", "12/A"], 1)]
    plain, suffixed = map_rows(mapping, rows, CONTEXT)
    assert (plain.value("fir_no"), suffixed.value("fir_no"), suffixed.fields["fir_no"].raw) == ("12", None, "12/A")
    found = [f for f in check_records([plain, suffixed], make_settings(date(2026, 1, 1))) if f.field == "fir_no"]
    assert [(f.record, f.code, f.severity) for f in found] == [(suffixed.id, "F057", "review")]
    assert clean_typed("iif1", "fir_no", "12/A", CONTEXT).value is None


def accounted(record: Record) -> set[str]:
    """Names of source cells that a record answers for."""
    used = {c.origin.zone or c.origin.column for _, c in record.cells()} - {""}
    return used | set(record.left_over) | set(record.ignored)


@pytest.mark.parametrize("mapping", [m for m in MAPPINGS.values() if m.match.families], ids=lambda m: m.id)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_mapped_and_ignored_and_left_over_are_all_zones(mapping: FormMapping, data: st.DataObject) -> None:
    names = st.sampled_from([*(r.source for r in mapping.rules), "odd_one", "odd_two"])
    texts = st.text(min_size=1, max_size=30).filter(lambda t: bool(t.strip()))
    zones = data.draw(st.dictionaries(names, texts, max_size=12))
    page = PageValues("p1", mapping.match.families[0], {k: ZoneValue(v) for k, v in zones.items()})
    (record,) = map_readings(mapping, [page], CONTEXT)
    assert {n for n in zones if zones[n].strip("-–—_./*=~ \t\r\n")} <= accounted(record)
    assert accounted(record) <= set(zones)
    spare = {r.source for r in mapping.rules if r.spare}  # left over where another cell filled the field
    assert set(record.left_over) - spare == {n for n in zones if n.startswith("odd")}
    assert from_plain(to_plain(record)) == record


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["NO", "WHO", "X", "Y", "PSCD"]), st.text(max_size=20), max_size=5))
def test_mapped_and_ignored_and_left_over_are_all_columns(cells: dict[str, str]) -> None:
    mapping = MAPPINGS["up_firmast_krutidev"]
    (record,) = map_rows(mapping, [RowValues("f", "t", 7, cells)], CONTEXT)
    rest = set(cells) - {"PSCD"}
    assert set(record.left_over) == rest
    assert record.left_over.keys().isdisjoint(record.ignored)


def test_a_raw_text_is_kept_beside_a_value_with_its_origin_and_maker() -> None:
    zone = ZoneValue("०७८", None, 0.8, (1, 2, 3, 4), candidates=("०७६",), accept=0.9)
    (record,) = map_readings(MAPPINGS["iif1_print"], [PageValues("p1", "iif1_print", {"fir_no": zone})], CONTEXT)
    got = record.fields["fir_no"]
    assert (got.raw, got.value, got.confidence, got.accept) == ("०७८", "78", 0.8, 0.9)
    assert (got.origin.page, got.origin.zone, got.origin.box) == ("p1", "fir_no", (1, 2, 3, 4))
    assert (got.by, got.candidates, got.is_sure()) == ("iif1_print 2", ("०७६",), False)


def test_a_confidence_is_that_of_the_reading_times_that_of_the_cleaner() -> None:
    page = PageValues("p1", "iif1_print", {"year": ZoneValue("09", None, 0.8)})
    (record,) = map_readings(MAPPINGS["iif1_print"], [page], CONTEXT)
    assert record.fields["year"].confidence == pytest.approx(0.8 * 0.95)


def test_a_blank_zone_is_blank_and_an_unread_one_is_not() -> None:
    zones = {"place_address": ZoneValue("", blank=True), "narrative": ZoneValue("", confidence=0.0)}
    (record,) = map_readings(MAPPINGS["iif1_print"], [PageValues("p1", "iif1_print", zones)], CONTEXT)
    assert record.fields["place"].blank
    assert not record.fields["narrative"].blank
    assert record.fields["narrative"].notes == ("unread",)


def test_what_was_said_at_intake_fills_only_what_the_source_leaves_empty() -> None:
    context = MapContext("r1", state=load_state("wb"), book_year=2019, station="Airport", district="Kalpana")
    zones = {"police_station": ZoneValue("Baguihati"), "district": ZoneValue("", blank=True), "year": ZoneValue("??")}
    (record,) = map_readings(MAPPINGS["iif1_print"], [PageValues("p1", "iif1_print", zones)], context)
    assert record.value("police_station") == "Baguiati"
    assert (record.value("district"), record.fields["district"].by) == ("Kalpana", "intake")
    # What cannot be read contradicts nothing: it is not asked, and the record says whose word it is.
    year = record.fields["year"]
    assert (year.value, year.by, year.notes) == ("2019", "intake", ("told",))


def test_a_year_that_is_plainly_none_is_doubted_and_shown() -> None:
    context = MapContext("r1", state=load_state("wb"), book_year=2018)
    for written, value in (("20x8", None), ("2090", "2090")):
        page = PageValues("p1", "iif1_print", {"year": ZoneValue(written, None, 0.97, accept=0.9)})
        (record,) = map_readings(MAPPINGS["iif1_print"], [page], context)
        year = record.fields["year"]
        assert (year.raw, year.value, year.is_sure()) == (written, value, False)
    # What nobody could read gives way to what was told.
    page = PageValues("p1", "iif1_print", {"year": ZoneValue("20x8", None, 0.3, accept=0.9)})
    (record,) = map_readings(MAPPINGS["iif1_print"], [page], context)
    assert (record.value("year"), record.fields["year"].notes) == ("2018", ("told",))


def test_a_second_page_is_joined_or_left_over_but_never_lost() -> None:
    pages = [
        PageValues("p1", "iif1_print", {"narrative": ZoneValue("one"), "fir_no": ZoneValue("5")}),
        PageValues("p2", "iif1_print", {"narrative": ZoneValue("two"), "fir_no": ZoneValue("6")}),
    ]
    (record,) = map_readings(MAPPINGS["iif1_print"], pages, CONTEXT)
    assert record.value("narrative") == "one\ntwo"
    assert record.value("fir_no") == "5"
    assert record.left_over == {"fir_no (p2)": "6"}
    assert record.pages == ("p1", "p2")


def test_a_child_row_appears_only_where_something_is_written() -> None:
    zones = {"complainant_name": ZoneValue("", blank=True), "accused": ZoneValue("unknown")}
    (record,) = map_readings(MAPPINGS["iif1_print"], [PageValues("p1", "iif1_print", zones)], CONTEXT)
    assert [(r["role"].value, r["status"].value) for r in record.children["persons"]] == [("accused", "unknown")]


def test_a_mapping_of_the_workspace_is_bound_and_used(tmp_path: Path) -> None:
    mapping = load_mappings([write(tmp_path, GOOD), tmp_path / "not-there"])["small"]
    row = RowValues("old.csv", "old", 4, {"NO": "07", "WHO": "A. Udaharan\nunknown", "X": "x", "Y": "y"})
    (record,) = map_rows(mapping, [row], CONTEXT)
    assert record.id == "r1-4"
    assert record.value("fir_no") == "7"
    assert [r["role"].value for r in record.children["persons"]] == ["accused", "accused"]
    assert (record.left_over, record.ignored) == ({"Y": "y"}, ("X",))
    assert (record.fields["fir_no"].origin.row, record.fields["fir_no"].origin.column) == (4, "NO")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('to = "fir_no"', 'to = "fir_num"', "no field fir_num; did you mean fir_"),
        ('clean = "int"', 'clean = "itn"', "did you mean int"),
        ('clean = "int"', 'clean = "date"', "does not give a int"),
        ('table = "persons"', 'table = "person"', "did you mean persons"),
        ('role = "accused"', 'role = "accused", status = "unknwn"', "did you mean unknown"),
        ('form = "iif1"', 'form = "iif9"', "there is no form iif9"),
        ('from = "WHO"', 'from = "NO"', "NO is named twice"),
        ('from = "X"', 'from = "NO"', "NO is named twice"),
        ('status = "status"', 'statis = "status"', "did you mean status"),
        ('{ name = "name", status = "status" }', '{ status = "status" }', "the part name must go somewhere"),
        ('into = "accused"', 'into = "acused"', "did you mean accused"),
        ('version = "3"', 'version = "3"\nencoding = "krutidev-10"', "did you mean krutidev-010"),
        ('version = "3"', 'version = "3"\nverson = "3"', "did you mean version"),
        ('columns = ["NO"]', "columns = []", "families"),
        ('id = "small"', 'id = "big"', "the file is called small"),
        ("format = 1", "format = 2", "format"),
        ('clean = "int"', 'cleen = "int"', "map.0: no key cleen; did you mean clean?"),
        ('version = "3"', 'version = "3"\nnulls = "NIL"', 'nulls: a list is wanted, nulls = ["NIL"]'),
        ('columns = ["NO"]', 'columns = ["NO"]\nstates = ["ux"]', "there is no state ux; did you mean u"),
        (
            'to = { name = "name", status = "status" }\nclean = "persons"',
            'to = "sex"\nclean = "station"',
            "cleaner station gives codes of the list station; sex has the list sex",
        ),
        (
            'to = { name = "name", status = "status" }\nclean = "persons"',
            'to = "sex"\nclean = "yes_no"',
            "gives codes of the list yes_no",
        ),
        (
            'to = { name = "name", status = "status" }\nclean = "persons"',
            'to = "religion"\nclean = "district"',
            "gives codes of the list district",
        ),
        (
            'to = { name = "name", status = "status" }\nclean = "persons"',
            'to = { relation = "sex", relative_name = "relative_name" }\nclean = "relative"',
            "part relation of cleaner relative gives codes of the list relation_type",
        ),
        ("[[ignore]]", "[[ignore]", "not valid TOML"),
        ('reason = "not wanted"', 'reason = ""', "reason"),
    ],
)
def test_a_wrong_mapping_stops_before_the_first_row_and_names_file_and_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(MappingError, match="small.toml") as stopped:
        load_mappings([tmp_path])
    assert said in str(stopped.value)


def test_the_same_field_cannot_be_filled_twice(tmp_path: Path) -> None:
    twice = GOOD.replace(
        'from = "WHO"\ninto = "accused"\nto = { name = "name", status = "status" }\nclean = "persons"',
        'from = "WHO"\nto = "fir_no"\nclean = "int"',
    )
    with pytest.raises(MappingError, match="fir_no is filled twice"):
        load_mappings([write(tmp_path, twice)])


def test_the_most_specific_mapping_wins_and_a_tie_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    wider = GOOD.replace('id = "small"', 'id = "wide"').replace('columns = ["NO"]', 'columns = ["NO", "WHO"]')
    write(tmp_path, wider, "wide.toml")
    found = load_mappings([tmp_path])
    assert find_mapping(found, columns=["NO", "WHO", "X"]).id == "wide"
    assert find_mapping(found, columns=["NO", "X"]).id == "small"
    write(tmp_path, GOOD.replace('id = "small"', 'id = "same"'), "same.toml")
    with pytest.raises(MappingError, match="fit equally well"):
        find_mapping(load_mappings([tmp_path]), columns=["NO", "X"])


def test_where_no_mapping_fits_the_nearest_is_named() -> None:
    with pytest.raises(MappingError, match="iif1_print"):
        find_mapping(MAPPINGS, family="unheard_of")
    with pytest.raises(MappingError, match="comes nearest but needs CRNO"):
        find_mapping(MAPPINGS, columns=["PSCD", "YR", "FIRDT", "SECT", "COMPNM", "ACCNM"])
    with pytest.raises(MappingError, match="no mapping for a table with the columns"):
        find_mapping(MAPPINGS, columns=["alpha", "beta"])


def test_families_find_their_mapping() -> None:
    assert find_mapping(MAPPINGS, family="iif1_print", state="mh").id == "iif1_print"
    assert find_mapping(MAPPINGS, family="wbp_27", state="wb").id == "wbp_form_27"


@pytest.mark.parametrize("code", state_codes())
def test_every_state_profile_is_sound(code: str) -> None:
    profile = load_state(code)
    assert profile.code == code
    assert profile.languages
    assert set(profile.encodings) <= set(encoding_names())


def test_every_state_and_union_territory_has_a_profile() -> None:
    assert len(state_codes()) == 36
    assert len({load_state(c).lgd_code for c in state_codes()}) == 36


def test_an_unknown_state_is_named_with_a_near_miss() -> None:
    with pytest.raises(MappingError, match="did you mean wb"):
        load_state("wbl")


def test_a_spare_cell_fills_only_what_is_empty_and_is_left_over_when_nothing_is(tmp_path: Path) -> None:
    text = """
format = 1
id = "spare_case"
version = "1"
title = "Spare case"
form = "iif1"
[match]
columns = ["A", "B"]
[rows.complainant]
table = "persons"
[[map]]
from = "A"
into = "complainant"
to = { name = "name", address = "address" }
clean = "person"
[[map]]
from = "B"
into = "complainant"
to = "address"
spare = true
"""
    (tmp_path / "spare_case.toml").write_text(text, "utf-8")
    mapping = load_mappings([tmp_path])["spare_case"]
    rows = [
        RowValues("f", "t", 1, {"A": "Namuna Kalpana", "B": "Kalpanapur"}),
        RowValues("f", "t", 2, {"A": "Namuna Kalpana r/o Mithyanagar", "B": "Kalpanapur"}),
    ]
    first, second = map_rows(mapping, rows, MapContext("x"))
    assert first.children["persons"][0]["address"].value == "Kalpanapur" and not first.left_over
    assert second.children["persons"][0]["address"].value == "Mithyanagar"
    assert second.left_over == {"B": "Kalpanapur"}


def test_a_doubtful_year_moves_no_date_when_the_intake_names_one() -> None:
    mapping = load_mappings()["iif1_print"]
    page = PageValues(
        "p1",
        "iif1_print",
        {
            "year": ZoneValue("2003", "2003", 0.1, accept=0.9),
            "fir_date": ZoneValue("श्रावण १५, १९४७", None, 0.9, accept=0.9),
        },
    )
    (record,) = map_readings(mapping, [page], MapContext("r", book_year=2025))
    assert record.value("fir_date") == "2025-08-06"


def test_a_districts_other_spellings_come_from_the_station_list(tmp_path: Path) -> None:
    own = tmp_path / "stations.csv"
    own.write_text("station,district,aliases,district_aliases\nNamunahat,Namuna,,नमूना; নমুনা\n", "utf-8")
    districts = place_lists("wb", own)["district"]
    assert districts.find("নমুনা") == districts.find("नमूना") == "Namuna"


def some_rows(data: st.DataObject) -> list[RowValues]:
    """Rows of FIRMAST with some cells missing, drawn so that equal ones come up."""
    names = [r.source for r in MAPPINGS["up_firmast_krutidev"].rules]
    texts = st.sampled_from(
        ["", "-", "1998", "98", "379@411 Hkk-n-fo-", "jke 'kekZ", "K01", "12.30", "19980119", "x\0\xff"]
    )
    cells = st.dictionaries(st.sampled_from(names), texts, max_size=12)
    return [RowValues("f", "t", n, c) for n, c in enumerate(data.draw(st.lists(cells, min_size=1, max_size=8)), 1)]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rows_mapped_together_are_what_they_are_one_by_one(data: st.DataObject) -> None:
    mapping, rows = MAPPINGS["up_firmast_krutidev"], some_rows(data)
    assert map_rows(mapping, rows, CONTEXT) == [r for row in rows for r in map_rows(mapping, [row], CONTEXT)]


ALSO = (
    GOOD
    + """
[also.report]
form = "iif5"
needs = ["CSNO"]
[also.report.rows.accused]
table = "persons"
set = { role = "accused" }
[[also.report.map]]
from = "NO"
to = "fir_no"
clean = "int"
[[also.report.map]]
from = "CSNO"
to = "report_no"
clean = "int"
[[also.report.map]]
from = "WHO"
into = "accused"
to = { name = "name" }
clean = "persons"
"""
)


def test_a_row_may_make_records_of_several_forms(tmp_path: Path) -> None:
    mapping = load_mappings([write(tmp_path, ALSO)])["small"]
    cells = {"NO": "7", "WHO": "A Sample", "CSNO": "12", "X": "x", "Z": "odd"}
    rows = [RowValues("f", "t", 1, cells), RowValues("f", "t", 2, {**cells, "CSNO": "-"})]
    first, report, second = map_rows(mapping, rows, CONTEXT)
    assert [r.id for r in (first, report, second)] == ["r1-1", "r1-1+report", "r1-2"]
    assert (report.form, report.value("fir_no"), report.value("report_no")) == ("iif5", "7", "12")
    assert report.children["persons"][0]["name"].value == first.children["persons"][0]["name"].value
    assert report.fields["report_no"].origin.column == "CSNO"
    assert (first.left_over, first.ignored, report.left_over) == ({"Z": "odd"}, ("X",), {})
    assert second.left_over == {"Z": "odd", "CSNO": "-"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('needs = ["CSNX"]', "also.report: needs: no rule takes CSNX"),
        ('form = "iif55"', "there is no form iif55"),
        ('to = "report_nr"', "also.report.map[1] (from CSNO): to: table iif5 has no field report_nr"),
    ],
)
def test_a_wrong_second_form_stops_before_the_first_row(tmp_path: Path, wrong: str, message: str) -> None:
    right = {"needs": 'needs = ["CSNO"]', "form": 'form = "iif5"', "to": 'to = "report_no"'}[wrong.split(" ")[0]]
    with pytest.raises(MappingError) as e:
        load_mappings([write(tmp_path, ALSO.replace(right, wrong))])
    assert message in str(e.value)


def small(folder: Path, to: str, clean: str, more: str = "") -> FormMapping:
    """A mapping of one column WHO into a row of the accused, or as `more` says."""
    text = GOOD.replace(
        'to = { name = "name", status = "status" }\nclean = "persons"', f'to = {to}\nclean = "{clean}"{more}'
    )
    return load_mappings([write(folder, text)])["small"]


@pytest.mark.parametrize("clean", ["person", "persons"])
def test_what_a_mapping_sends_nowhere_stays_with_the_name(tmp_path: Path, clean: str) -> None:
    raw = "Testa Mockwal alias Foo S/o Demo Mock age 35 R/o Mockganj"
    mapping = small(tmp_path, '{ name = "name" }', clean)
    (record,) = map_rows(mapping, [RowValues("f", "t", 1, {"WHO": raw})], CONTEXT)
    name = record.children["persons"][0]["name"]
    assert (name.raw, name.value, name.notes, name.confidence) == (raw, raw, ("parts-not-mapped",), 0.5)
    (plain,) = map_rows(mapping, [RowValues("f", "t", 1, {"WHO": "Testa Mockwal"})], CONTEXT)
    assert plain.children["persons"][0]["name"].notes == ()


def test_of_several_persons_each_keeps_its_own_text(tmp_path: Path) -> None:
    mapping = small(tmp_path, '{ name = "name" }', "persons")
    cells = {"WHO": "1) Testa Mockwal S/o Demo Mock\n2) Foo Mockwal"}
    (record,) = map_rows(mapping, [RowValues("f", "t", 1, cells)], CONTEXT)
    names = [r["name"].value for r in record.children["persons"]]
    assert names == ["Testa Mockwal S/o Demo Mock", "Foo Mockwal"]


def test_the_rank_of_an_officer_that_goes_nowhere_stays_with_the_name(tmp_path: Path) -> None:
    mapping = small(tmp_path, '{ name = "name" }', "officer")
    (record,) = map_rows(mapping, [RowValues("f", "t", 1, {"WHO": "S.I. Testa Mockwal"})], CONTEXT)
    assert record.children["persons"][0]["name"].value == "S.I. Testa Mockwal"


def test_titles_and_ranks_are_no_part_of_a_name_in_a_table(tmp_path: Path) -> None:
    mapping = small(tmp_path, '{ name = "name", relation = "relation", relative_name = "relative_name" }', "person")
    cells = {"WHO": "श्रीमती सीता देवी पत्नी श्री रामलाल"}
    (record,) = map_rows(mapping, [RowValues("f", "t", 1, cells)], CONTEXT)
    (who,) = record.children["persons"]
    assert (who["name"].value, who["relative_name"].value) == ("सीता देवी", "रामलाल")
    assert who["name"].raw == "श्रीमती सीता देवी" and who["name"].notes == ("title-left-out",)


def test_a_number_that_would_lose_its_year_or_part_gives_none(tmp_path: Path) -> None:
    text = GOOD.replace('to = "fir_no"\nclean = "int"', 'to = { number = "fir_no" }\nclean = "crime_number"')
    mapping = load_mappings([write(tmp_path, text)])["small"]
    got = [
        map_rows(mapping, [RowValues("f", "t", 1, {"NO": t})], CONTEXT)[0].fields["fir_no"]
        for t in ("12/1998", "II-12/2009", "12/2009", "12")
    ]
    assert [v.value for v in got] == [None, None, "12", "12"]
    assert [v.notes for v in got] == [("parts-not-mapped",), ("parts-not-mapped",), (), ()]
    assert got[0].raw == "12/1998" and not got[0].is_sure()


def test_a_mark_of_the_byte_order_before_a_mapping_is_read_over(tmp_path: Path) -> None:
    write(tmp_path, "\ufeff" + GOOD)
    assert load_mappings([tmp_path])["small"].id == "small"


@pytest.mark.parametrize("clean", ["text", "name", "reference"])
@pytest.mark.parametrize(("form", "field"), [("iif5", "court"), ("iif7", "appellate_court"), ("po", "court")])
def test_a_court_is_taken_as_it_is_written(tmp_path: Path, form: str, field: str, clean: str) -> None:
    text = GOOD.replace('form = "iif1"', f'form = "{form}"').partition("[rows.accused]")[0]
    text += f'[[map]]\nfrom = "NO"\nto = "{field}"\nclean = "{clean}"\n'
    mapping = load_mappings([write(tmp_path, text)])["small"]
    (record,) = map_rows(mapping, [RowValues("f", "t", 1, {"NO": "JMFC Kalpanapur"})], CONTEXT)
    assert record.value(field) == "JMFC Kalpanapur"


def test_a_place_is_looked_up_and_never_taken_as_plain_text(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="does not give a code"):
        load_mappings(
            [write(tmp_path, GOOD.replace('to = "fir_no"\nclean = "int"', 'to = "district"\nclean = "text"'))]
        )


def test_a_column_spelled_otherwise_than_under_match_is_noted(tmp_path: Path) -> None:
    text = GOOD.replace('columns = ["NO"]', 'columns = ["NO", "Reg Dt", "WHO"]')
    text = text.replace("[[ignore]]", '[[map]]\nfrom = "RegDt"\nto = "fir_date"\nclean = "date"\n[[ignore]]')
    notes = load_mappings([write(tmp_path, text)])["small"].notes
    assert "no column RegDt is named in [match]; did you mean Reg Dt?" in notes
    assert any(n.startswith("map (from WHO): no field for alias, relation,") for n in notes)


ARREST = (
    GOOD
    + """
[also.arrest]
form = "iif3"
needs = ["ARRDT"]
[[also.arrest.map]]
from = "NO"
to = "fir_no"
clean = "int"
[[also.arrest.map]]
from = "ARRDT"
to = "arrest_date"
clean = "date"
when = { STAT = "A" }
[[ignore]]
from = "STAT"
reason = "of the old program"
"""
)


def forms(mapping: FormMapping, **cells: str) -> list[str]:
    return [r.form for r in map_rows(mapping, [RowValues("f", "t", 1, {"NO": "7", **cells})], CONTEXT)]


def test_a_cell_that_no_rule_of_another_form_takes_makes_no_record_of_it(tmp_path: Path) -> None:
    mapping = load_mappings([write(tmp_path, ARREST)])["small"]
    assert forms(mapping, ARRDT="05.03.2009", STAT="A") == ["iif1", "iif3"]
    assert forms(mapping, ARRDT="05.03.2009", STAT="B") == ["iif1"]
    (record,) = map_rows(mapping, [RowValues("f", "t", 1, {"ARRDT": "05.03.2009", "STAT": "B"})], CONTEXT)
    assert record.left_over == {"ARRDT": "05.03.2009"}


def test_another_form_may_have_a_condition_of_its_own(tmp_path: Path) -> None:
    text = (
        GOOD
        + """
[also.arrest]
form = "iif3"
needs = ["ARRDT"]
when = { X = ["A", "B"] }
[[also.arrest.map]]
from = "ARRDT"
to = "arrest_date"
clean = "date"
"""
    )
    mapping = load_mappings([write(tmp_path, text)])["small"]
    assert forms(mapping, ARRDT="05.03.2009", X="b") == ["iif1", "iif3"]
    assert forms(mapping, ARRDT="05.03.2009", X="C") == ["iif1"]
    assert forms(mapping, ARRDT="05.03.2009") == ["iif1"]
    with pytest.raises(MappingError, match="when: XX is neither mapped nor ignored"):
        load_mappings([write(tmp_path, text.replace("{ X =", "{ XX ="))])


def test_another_form_with_nothing_but_the_key_is_not_made(tmp_path: Path) -> None:
    text = (
        GOOD
        + """
[also.arrest]
form = "iif3"
needs = ["NO"]
[[also.arrest.map]]
from = "NO"
to = "fir_no"
clean = "int"
[[also.arrest.map]]
from = "ARRDT"
to = "arrest_date"
clean = "date"
"""
    )
    mapping = load_mappings([write(tmp_path, text)])["small"]
    assert forms(mapping, ARRDT="05.03.2009") == ["iif1", "iif3"]
    assert forms(mapping, ARRDT="not readable") == ["iif1", "iif3"]
    assert forms(mapping) == forms(mapping, ARRDT="-") == ["iif1"]


@pytest.mark.parametrize("clean", ["person", "persons"])
def test_a_spelling_of_nothing_makes_no_row_of_the_accused(tmp_path: Path, clean: str) -> None:
    write(tmp_path, GOOD.replace('version = "3"', 'version = "3"\nnulls = ["N.K."]'))
    text = (tmp_path / "small.toml").read_text("utf-8")
    text = text.replace(
        '{ name = "name", status = "status" }\nclean = "persons"', f'{{ name = "name" }}\nclean = "{clean}"'
    )
    mapping = load_mappings([write(tmp_path, text)])["small"]
    for cell in ("N.K.", "n.k.", *(("N.K.\nN.K.", "1) N.K.\n2) N.K.") if clean == "persons" else ())):
        (record,) = map_rows(mapping, [RowValues("f", "t", 1, {"WHO": cell})], CONTEXT)
        assert not record.children, cell
