"""Cases: records linked by the FIR's key or by the old system's, and nothing merged where they disagree."""

from hypothesis import given
from hypothesis import strategies as st

from mappers.linking.cases import assemble, fir_key
from mappers.record import FieldValue, Record

KEY = {"state": "wb", "district": "Kalpana", "police_station": "Kalpanapur", "year": "1999", "fir_no": "7"}


def made(record_id, form, fields=None, *, key=KEY, **children):
    values = {n: FieldValue(v, v) for n, v in {**key, **(fields or {})}.items()}
    rows = {t: tuple({n: FieldValue(v, v) for n, v in row.items()} for row in found) for t, found in children.items()}
    return Record(record_id, form, values, rows)


def conflicts(*records):
    cases, _ = assemble(records)
    return [(c.kind, c.fact, [s.value for s in c.statements]) for case in cases for c in case.conflicts]


def test_records_of_one_fir_are_one_case():
    cases, apart = assemble([made("a", "iif1"), made("b", "iif3"), made("c", "iif1", key={**KEY, "fir_no": "8"})])
    assert [[r.id for r in c.records] for c in cases] == [["a", "b"], ["c"]]
    assert cases[0].linked == {"a": "fir-key", "b": "fir-key"}
    assert apart == []


def test_a_record_without_the_key_is_linked_by_the_old_systems_key():
    old = {"system": "CIPA", "source_table": "fir", "key": "55"}
    fir = made("a", "iif1", legacy_keys=[old])
    arrest = made("b", "iif3", key={"state": "wb"}, legacy_keys=[old])
    other = made("c", "iif3", key={"state": "wb"}, legacy_keys=[{**old, "key": "56"}])
    cases, apart = assemble([fir, arrest, other])
    assert (cases[0].linked, [r.id for r in apart]) == ({"a": "fir-key", "b": "legacy-key"}, ["c"])


def test_an_old_key_that_two_cases_state_links_to_neither():
    old = {"system": "CIPA", "source_table": "fir", "key": "55"}
    twice = [made("a", "iif1", legacy_keys=[old]), made("b", "iif1", key={**KEY, "year": "2000"}, legacy_keys=[old])]
    _, apart = assemble([*twice, made("c", "iif3", key={}, legacy_keys=[old])])
    assert [r.id for r in apart] == ["c"]


def test_a_doubtful_key_links_nothing():
    doubtful = made("a", "iif1").with_value("fir_no", FieldValue("7", "7", 0.5, accept=0.9))
    assert fir_key(doubtful) is None


def test_the_part_of_the_crime_register_tells_cases_apart():
    parts = [made("a", "iif1", {"fir_part": "I"}), made("b", "iif1", {"fir_part": "VI"})]
    assert len(assemble(parts)[0]) == 2


def test_two_days_of_one_fir_are_a_conflict_with_both_statements():
    told = conflicts(made("a", "iif1", {"fir_date": "1999-01-02"}), made("b", "iif5", {"fir_date": "1999-02-01"}))
    assert told == [("conflict", "fir_date", ["1999-01-02", "1999-02-01"])]


def test_forms_made_of_one_row_do_not_contradict_each_other():
    assert (
        conflicts(made("a", "iif1", {"fir_date": "1999-01-02"}), made("a+x", "iif5", {"fir_date": "1999-02-01"})) == []
    )


def test_the_same_fir_from_two_systems_differs_field_by_field():
    told = conflicts(made("a", "iif1", {"place": "one", "beat": "3"}), made("b", "iif1", {"place": "two", "beat": "3"}))
    assert told == [("conflict", "fir", ["one", "two"])]


def test_two_final_reports_may_have_two_days():
    one, two = {"report_no": "1", "report_date": "1999-03-01"}, {"report_no": "2", "report_date": "1999-04-01"}
    assert conflicts(made("a", "iif5", one), made("b", "iif5", two)) == []
    again = {"report_no": "1", "report_date": "1999-05-01"}
    assert [c[:2] for c in conflicts(made("a", "iif5", one), made("b", "iif6", again))] == [("conflict", "report_date")]


def test_sections_altered_and_accused_added_are_changes():
    fir = made("a", "iif1", acts=[{"act": "IPC", "section": "379"}], persons=[{"role": "accused", "name": "राम नमूना"}])
    report = made(
        "b", "iif5", acts=[{"act": "IPC", "section": "411"}],
        persons=[{"role": "accused", "name": "Ram Namuna"}, {"role": "accused", "name": "Shyam Example"}],
    )  # fmt: skip
    assert conflicts(fir, report) == [
        ("change", "sections", ["IPC 379", "IPC 411"]),
        ("change", "accused", ["Shyam Example"]),
    ]


def test_a_record_without_the_key_is_linked_by_the_registration_number():
    fir = made("a", "iif1", {"fir_reg_num": "1300499000007"})
    part = made("b", "iif1", {"fir_reg_num": "1300499000007"}, key={}, persons=[{"role": "accused", "name": "Sample"}])
    other = made("c", "iif6", {"fir_reg_num": "1300499000008"}, key={})
    cases, apart = assemble([fir, part, other])
    assert (cases[0].linked, [r.id for r in apart]) == ({"a": "fir-key", "b": "registration-number"}, ["c"])


def test_days_before_the_firs_are_told():
    fir = made("a", "iif1", {"fir_date": "1999-01-07"})
    told = conflicts(
        fir, made("b", "iif3", {"arrest_date": "1999-01-05"}), made("c", "iif6", {"judgment_date": "1998-05-01"})
    )
    assert told == [
        ("change", "order", ["1999-01-07", "1999-01-05"]),
        ("conflict", "order", ["1999-01-07", "1998-05-01"]),
    ]


def test_a_case_without_its_fir_says_so():
    cases, _ = assemble([made("a", "iif1"), made("b", "iif3", key={**KEY, "fir_no": "99"})])
    assert [c.has_fir for c in cases] == [True, False]


@given(st.lists(st.tuples(st.sampled_from(["iif1", "iif3", "iif5"]), st.sampled_from(["1", "2", None])), max_size=12))
def test_no_record_is_lost_or_in_two_cases(drawn):
    records = [
        made(f"r{i}", form, key={**KEY, "fir_no": no} if no else {"state": "wb"}) for i, (form, no) in enumerate(drawn)
    ]
    cases, apart = assemble(records)
    assert sorted([r.id for c in cases for r in c.records] + [r.id for r in apart]) == sorted(r.id for r in records)
