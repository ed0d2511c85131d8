"""What the review sheet says of an item: all of a finding's text, or the question's own words."""

from openpyxl import load_workbook

from digitize.review.sheet import write_sheet
from digitize.workspace.decisions.items import Item
from validators.finding import Finding
from validators.messages.teller import Teller


def item(id, said, *findings):
    fields, form = ("acts[0].section",), "iif1"
    return Item(id, "r", "zone:p/acts", fields, "379", "379", (), 0.5, (), said, "s", form=form, findings=findings)


def test_a_finding_is_told_with_what_is_expected_in_a_language(tmp_path):
    message = Teller().message("L002")
    found = Finding("r", "acts[0].section", "L002", "review", message)
    for language in ("en", "hi"):
        write_sheet(tmp_path / "r.xlsx", [(item("a", (message,), found, found), None)], language)
        rows = list(load_workbook(tmp_path / "r.xlsx")["review"].iter_rows(values_only=True))
        teller = Teller(language)
        assert rows[1][rows[0].index("rules say")] == teller.whole(teller.tell("L002", "iif1_acts", "section"))


def test_a_question_that_no_rule_asks_keeps_its_words(tmp_path):
    write_sheet(tmp_path / "r.xlsx", [(item("a", ("Say what it is.", "Or ok.")), None)])
    rows = list(load_workbook(tmp_path / "r.xlsx")["review"].iter_rows(values_only=True))
    assert rows[1][rows[0].index("rules say")] == "Say what it is.\nOr ok."
