"""From findings and confidences to clean, review or reject."""

from digitize.workspace.ledger.verdict import judge
from mappers.record import FieldValue, Record
from validators.finding import Finding


def made(**fields):
    return Record("r", "iif1", fields)


def sure(text="x"):
    return FieldValue(text, text, 0.95, accept=0.9)


def finding(field, severity):
    return Finding("r", field, "X001", severity, "m")


def test_sure_fields_and_no_findings_are_clean():
    assert judge(made(place=sure()), []).word == "clean"


def test_a_doubtful_reading_is_for_a_person():
    verdict = judge(made(place=FieldValue("x", "x", 0.5, accept=0.9)), [])
    assert (verdict.word, verdict.fields, verdict.reasons) == ("review", ("place",), {"doubtful": 1})


def test_writing_that_gave_no_value_is_for_a_person_and_a_blank_is_not():
    assert judge(made(fir_date=FieldValue("31/31", None, 1.0)), []).reasons == {"not-understood": 1}
    assert judge(made(fir_date=FieldValue("", None, 0.0, notes=("unread",), accept=0.9)), []).reasons == {"unread": 1}
    assert judge(made(fir_date=FieldValue("", None, 1.0, blank=True, accept=0.9)), []).word == "clean"


def test_a_note_alone_does_not_hold_a_record():
    assert judge(made(place=sure()), [finding("place", "note")]).word == "clean"


def test_what_a_person_settled_is_asked_again_only_when_a_rule_refuses_it():
    settled = made(place=FieldValue("x", "y", 1.0, by="operator A"))
    assert judge(settled, [finding("place", "review")]).word == "clean"
    assert judge(settled, [finding("place", "reject")]).word == "reject"


def test_cells_left_over_are_for_a_person():
    verdict = judge(Record("r", "iif1", {}, left_over={"EXTRA": "x"}), [])
    assert (verdict.word, verdict.fields) == ("review", ("left_over.EXTRA",))


def test_an_empty_cell_of_a_table_is_not_left_over_and_a_zone_without_text_may_be():
    assert judge(Record("r", "iif1", {}, left_over={"EXTRA": " "}), []).word == "clean"
    assert judge(Record("r", "iif1", {}, pages=("p",), left_over={"EXTRA": ""}), []).word == "review"


def test_a_print_never_calibrated_does_not_pass():
    assert judge(made(place=FieldValue("x", "x", 1.0, accept=1.01)), []).reasons == {"not-calibrated": 1}
