"""Drafts of mapping files: headers in every way they are written, content, neighbours; what is drafted binds."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.binding.bind import bind_file
from mappers.clean import load_cleaners
from mappers.draft import MappingDraft, draft_table, write_draft
from mappers.draft.content import Content
from mappers.draft.targets import find_targets
from mappers.encodings import encode, encodings
from mappers.headers.lexicon import load_lexicon, make_lexicon, sound_key
from mappers.headers.read import read_header
from mappers.legacy import LegacyRow, LegacyTable
from mappers.mapping.column_encodings import WantedEncoding
from mappers.schema import load_schemas

LEXICON = load_lexicon()


def table(columns, rows=(), name="LIST"):
    return LegacyTable(name, tuple(columns), iter([LegacyRow(i, -1, tuple(r)) for i, r in enumerate(rows, 1)]))


def draft(columns, rows=(), name="LIST", **more) -> MappingDraft:
    return draft_table(table(columns, rows, name), WantedEncoding(encodings()), **more)


def targets(made: MappingDraft) -> dict[str, str]:
    return {line.source: line.target for line in made.lines}


def bound(made: MappingDraft, tmp_path: Path):
    path = tmp_path / "xx_draft.toml"
    path.write_text(write_draft(made, "xx_draft"), encoding="utf-8")
    return bind_file(path)


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("OCCFRDT", ["occurrence", "from", "date"]),
        ("COMPADD", ["complainant", "address"]),
        ("strAccusedName", ["accused", "name"]),
        ("fir_registration_no", ["fir", "registered", "number"]),
        ("P.S.", ["station"]),
        ("SCTN", ["section"]),
        ("वादी का नाम", ["complainant", "name"]),
        ("ಆರೋಪಿಯ ಹೆಸರು", ["accused", "name"]),
        ("vivechak_naam", ["investigator", "name"]),
        ("taftishi", ["investigator"]),
    ],
)
def test_headers_are_read_however_they_are_written(header, meant):
    assert [t for t in read_header(header, LEXICON)[0].tokens if not t.startswith("?str")] == meant


def test_a_header_that_can_be_read_in_two_ways_gives_both():
    readings = {r.tokens for r in read_header("FRTYP", LEXICON)}
    assert {("from", "type"), ("finalreport", "type")} <= readings


@given(st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_header_is_read_without_failing_and_nothing_is_dearer_than_its_letters(header):
    for reading in read_header(header, LEXICON):
        assert reading.cost < 4 * (len(header) + 1)


def test_words_of_the_country_are_told_by_their_sound_in_latin_letters():
    assert sound_key("abhiyukt") == sound_key("अभियुक्त")
    assert sound_key("nateeja") == sound_key("नतीजा")
    assert sound_key("no") == ""


def test_no_spelling_mixes_scripts():
    for spelling in LEXICON.spellings:
        scripts = {unicodedata.name(c).split()[0] for c in spelling if c.isalpha()}
        assert len(scripts) <= 1, spelling


def test_phrases_use_known_meanings_and_name_fields_that_exist():
    meanings = {t for m in LEXICON.spellings.values() for x in m for t in x.split()}
    for say in (*LEXICON.own.values(), *(p for f in LEXICON.fields.values() for p in f.values())):
        for phrase in say:
            assert phrase <= meanings, phrase
    fields = {c.name for tables in load_schemas().values() for t in tables.values() for c in t.columns}
    for columns in LEXICON.fields.values():
        assert columns.keys() <= fields, columns.keys() - fields


def test_what_a_layout_taught_can_be_left_out():
    assert read_header("MUSTGIS", LEXICON)[0].tokens == ("complainant",)
    without = make_lexicon(LEXICON.learned["rj_crime"], frozenset())
    assert read_header("MUSTGIS", without)[0].tokens != ("complainant",)


@pytest.mark.parametrize("form", sorted(load_schemas()))
def test_every_form_has_places_for_columns_and_an_empty_table_drafts(form):
    assert len({t.name for t in find_targets(form, LEXICON)}) == len(find_targets(form, LEXICON))
    assert draft(["CRNO", "X"], form=form).form == form


def test_a_table_is_drafted_and_the_draft_binds(tmp_path):
    rows = [
        ("K01", str(n), f"{n:02}/03/1998", f"{n:02}/02/1998", "379/411 IPC", "A Sample", "unknown", "1500")
        for n in range(1, 20)
    ]
    made = draft(["PSCD", "CRNO", "FIRDT", "OCCFRDT", "SECT", "COMPNM", "ACCNM", "PROPVAL"], rows)
    assert targets(made) == {
        "PSCD": "police_station", "CRNO": "fir_no", "FIRDT": "fir_date", "OCCFRDT": "occurrence_from",
        "SECT": "acts.section", "COMPNM": "complainant.name", "ACCNM": "accused.name", "PROPVAL": "property_value",
    }  # fmt: skip
    mapping = bound(made, tmp_path)
    assert {r.cleaner.name for r in mapping.rules} == {"station", "int", "date", "sections", "name", "persons", "money"}


def test_a_header_stored_in_a_font_is_read_in_the_encoding_of_its_table():
    words = ["उदाहरण कल्पनाप्रसाद", "नमूना प्रतिरूपसिंह", "काल्पनिक मिथ्याराम", "बनावटी नमूनादास", "आदर्शलाल उदाहरणवाल"]
    header = encode("krutidev-010", "अभियुक्त का नाम").decode("cp1252")
    made = draft([header], [(encode("krutidev-010", w),) for w in words])
    assert made.lines[0].target == "accused.name"
    assert made.lines[0].encoding == "krutidev-010"


def test_what_belongs_to_another_form_is_proposed_to_be_left_out_and_never_is_in_silence(tmp_path):
    made = draft(["CRNO", "CSNO", "ARRDT", "QWXZ"], [("1", "2", "01/01/2001", "a")])
    assert [line.kind for line in made.lines] == ["mapped", "elsewhere", "elsewhere", "unknown"]
    text = write_draft(made, "xx_draft")
    assert '# [[ignore]]\n# from = "CSNO"' in text and "QWXZ: what is it?" in text
    assert not bound(made, tmp_path).ignored


def test_spellings_of_nothing_that_stand_in_the_table_are_proposed(tmp_path):
    made = draft(["CRNO", "FIRDT"], [("1", "01/02/1998"), ("NIL", "00/00/00"), ("2", "nil")])
    text = write_draft(made, "xx_draft")
    assert made.nulls == ("NIL", "00/00/00") and '# nulls = ["NIL", "00/00/00"]' in text
    path = tmp_path / "xx_draft.toml"
    path.write_text(text.replace("# nulls", "nulls"), encoding="utf-8")
    assert bind_file(path).rules[0].dialect.is_null("nil")


@pytest.mark.parametrize(
    ("column", "values", "marks"),
    [
        ("IS_DELETED", "01", '["1"]'), ("DelFlag", "YN", '["Y"]'), ("rec_del", "D ", '["D"]'), ("ACTIVE_YN", "YN", '["N"]'),
    ],
)  # fmt: skip
def test_rows_that_the_old_program_deleted_are_proposed_to_be_left_out(tmp_path, column, values, marks):
    made = draft(["CRNO", "FIRDT", column], [(str(n), "01/02/1998", values[n % 2]) for n in range(1, 9)])
    text = write_draft(made, "xx_draft")
    assert f'# when = {{ "{column}" = {marks} }}' in text and "deleted in the old program?" in text
    assert not bound(made, tmp_path).left_rows
    taken = text.partition("# [[leave_rows]]")
    block = "\n".join(line.removeprefix("# ") for line in (taken[1] + taken[2]).splitlines())
    path = tmp_path / "xx_draft.toml"
    ignored = f'[[ignore]]\nfrom = "{column}"\nreason = "marks deleted rows"\n'
    path.write_text(taken[0] + block + "\n" + ignored, encoding="utf-8")
    assert [rule.columns for rule in bind_file(path).left_rows] == [(column,)]


@pytest.mark.parametrize(
    ("column", "values"), [("DELAY", "01"), ("DELIVERY", "YN"), ("ACTIVITY", "YN"), ("IS_DELETED", "00")]
)
def test_no_other_column_is_taken_for_one_of_deleted_rows(column, values):
    made = draft(["CRNO", column], [(str(n), values[n % 2]) for n in range(1, 9)])
    assert made.deleted == {}


def test_another_form_that_the_rows_may_make_is_proposed_and_binds_once_it_is_taken(tmp_path):
    rows = [(f"{n}", "1999", f"{n}/99", f"{n:02}/05/1999", "CFT"[n % 3]) for n in range(1, 9)]
    text = write_draft(draft(["CRNO", "YR", "CSNO", "CSDT", "FRTYP"], rows), "xx_draft")
    proposal = text[text.index("# [also.final_report]") :]
    taken = "\n".join(line.removeprefix("# ") for line in proposal.splitlines())
    path = tmp_path / "xx_draft.toml"
    path.write_text(text.replace(proposal, taken), encoding="utf-8")
    also = bind_file(path).also["final_report"]
    assert also.form == "iif5"
    assert {r.source: r.main for r in also.rules} == {
        "CRNO": "fir_no", "YR": "year", "CSNO": "report_no", "CSDT": "report_date", "FRTYP": "report_type",
    }  # fmt: skip


def test_a_column_of_states_does_not_stop_a_draft_and_is_left_to_the_workspace():
    line = draft(["STATECD", "CRNO"], [("13", "1"), ("13", "2")]).lines[0]
    assert line.kind == "elsewhere" and "workspace" in line.reason


def test_the_day_of_a_judgment_is_not_that_of_the_fir():
    rows = [("Samplepur", "21", "2016", "10/04/2018", "Sample Exampleson", "Convicted")]
    made = targets(draft(["PS", "FIRNO", "FIRYR", "JDATE", "ACCNAME", "RESULT"], rows, "COURT"))
    assert made["JDATE"] == "judgment_date"


def test_a_table_without_names_of_columns_is_matched_by_all_of_them_and_says_so(tmp_path):
    rows = [(f"{n}", "Samplepur", f"0{n}/04/2015", "379 IPC", "Sample Exampleson") for n in range(1, 6)]
    made = draft([f"COLUMN_{n}" for n in range(1, 6)], rows)
    bound(made, tmp_path)
    text = write_draft(made, "xx_draft")
    assert 'columns = ["COLUMN_1", "COLUMN_2", "COLUMN_3", "COLUMN_4", "COLUMN_5"]' in text
    assert "would be taken for it" in text


def test_particulars_belong_to_the_person_named_before_them():
    made = targets(draft(["CRNO", "COMPLAINANT", "FATHER", "ADDRESS", "ACCUSED", "FATHER_2", "AGE"]))
    assert made["FATHER"] == "complainant.relative_name" and made["ADDRESS"] == "complainant.address"
    assert made["FATHER_2"] == "accused.relative_name" and made["AGE"] == "accused.age"


def test_particulars_belong_to_whom_the_tables_name_says():
    made = targets(draft(["FIRNO", "NAME", "AGE", "SEX"], name="tblVictim"))
    assert made == {"FIRNO": "fir_no", "NAME": "victim.name", "AGE": "victim.age", "SEX": "victim.sex"}


@pytest.mark.parametrize(
    ("name", "form"), [("IIF5", "iif5"), ("arrest", "iif3"), ("tblFIR", "iif1"), ("tblAccused", "iif1")]
)
def test_the_form_is_guessed_from_the_tables_name(name, form):
    assert draft(["FIRNO"], name=name).form == form


def test_a_date_with_its_time_is_parted_and_a_case_number_with_its_year():
    rows = [(f"{n}/2009", f"{n:02}/03/2009 10:3{n}") for n in range(1, 9)]
    number, day = draft(["CRNO", "FIRDT"], rows).lines
    assert number.rule is not None and number.rule.clean == "crime_number"
    assert day.rule is not None and day.rule.to == {"date": "fir_date", "time": "fir_time"}


def test_codes_that_the_list_does_not_know_are_asked_for():
    made = draft(["ACCNM", "ACCSEX"], [("A Sample", "1"), ("B Sample", "2"), ("C Sample", "1")])
    text = write_draft(made, "xx_draft")
    assert '# values = { 1 = "?", 2 = "?" }' in text and "male, female" in text
    assert "ACCSEX: what do its codes stand for (2 not known)?" in text


def test_columns_without_a_word_are_told_by_what_stands_in_them():
    rows = [(f"{n:02}/01/2004", "379/411 IPC", f"SI Specimen {'ABC'[n % 3]}") for n in range(1, 20)]
    made = targets(draft(["ZZA", "ZZB", "ZZC"], rows))
    assert made == {"ZZA": "fir_date", "ZZB": "acts.section", "ZZC": "io_name"}


def test_content_speaks_against_a_field():
    made = draft(["FIRDT"], [("A Sample",), ("B Specimen",), ("C Example",)])
    assert made.lines[0].kind != "mapped"


def test_the_key_of_another_table_is_never_taken_for_the_number_of_an_fir():
    rows = [(str(1000 + n), f"{n}/03/2004", f"1{n}:30", "Sample Person") for n in range(1, 9)]
    made = draft(["FIR_ID", "ARR_DT", "ARR_TIME", "ACC_NAME"], rows, "arrest")
    key, day, hour, _ = made.lines
    assert key.kind == "asked" and "key of a row in another table" in key.questions[-1]
    assert (day.target, hour.target) == ("arrest_date", "arrest_time")


def test_hours_and_days_are_no_places_and_no_colours():
    rows = [(f"1{n}:30", f"{n:02}/03/2004", str(n)) for n in range(1, 9)]
    made = draft(["PLACE_TM", "COL3", "FIRNO"], rows)
    place, colour, _ = made.lines
    assert place.kind != "mapped" and colour.target != "vehicle.colour"


def test_a_column_of_known_stations_is_one_of_stations_whatever_stands_over_it():
    stations = ["Baguiati", "New Town", "Bidhannagar North", "Airport"]
    rows = [(stations[n % 4], f"{n:02}/03/2004") for n in range(1, 9)]
    assert targets(draft(["COL2", "FIRDT"], rows, state="wb"))["COL2"] == "police_station"


def test_a_day_without_a_word_over_it_is_asked_where_the_table_tells_of_an_arrest():
    rows = [(str(n), f"{n:02}/03/2004", f"{n:02}/04/2004") for n in range(1, 9)]
    in_force = [draft(["FIRNO", name, "XQ"], rows).lines[2].kind for name in ("FIRDT", "ARR_DT")]
    assert in_force == ["mapped", "asked"]


def test_an_encoding_that_is_not_clear_is_left_to_the_mapping_to_find_out(tmp_path):
    made = draft(["NAME"], [(b"\xb3\xcc",), (b"\xb3\xda",)])
    assert made.lines[0].encoding in ("auto", "") or made.lines[0].questions == ()
    bound(draft(["CRNO", "NAME"], [("1", b"\xb3\xcc")]), tmp_path)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6, unique=True), st.data())
@settings(max_examples=40, deadline=None)
def test_every_draft_binds_whatever_the_headers_and_cells_are(tmp_path_factory, headers, data):
    cells = st.one_of(st.text(max_size=20), st.binary(max_size=20))
    rows = data.draw(st.lists(st.tuples(*[cells] * len(headers)), max_size=5))
    made = draft([h or "H" for h in headers] if len({h or "H" for h in headers}) == len(headers) else ["CRNO"], rows)
    if made.of_kind("mapped"):
        bound(made, tmp_path_factory.mktemp("drafts"))
    else:
        assert "\n[[map]]" not in write_draft(made, "xx_draft")


def test_content_knows_dates_from_sections_and_numbers():
    assert Content(("01/02/1998", "1998-02-03", "19980203", "03021998")).days == 1
    assert Content(("323/504/506", "379/411", "12345", "12/98")).days == 0
    assert Content(("1", "2", "1")).codes == ("1", "2")


def test_cleaners_of_drafts_exist():
    from mappers.draft import rules

    assert set(rules._BY_NAME.values()) | set(rules._BY_KIND.values()) <= load_cleaners().keys()
