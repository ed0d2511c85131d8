"""How far a case is, and copies of its FIR through the desk: what is shown is the table's word, and kept in the log."""

import json

import polars as pl
import pytest
from search_store import FIRS, batch

from digitize.errors import NotFound, OptionsError
from digitize.masking.unmasking import check_unmasking
from digitize.search.log import Searcher
from digitize.services.asker import ServiceAsker
from digitize.services.copies.asked import fir_asked, fir_copy
from digitize.services.kind import SAYS
from digitize.services.kinds.fir_status import SERVICE, verdict
from digitize.services.query_service import ServiceDesk
from digitize.targets.rows import FormRows, RowBatch, with_hash
from digitize.targets.sqlite import SqliteTarget
from digitize.targets.value_checks import REFUSED

PLACE = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur"}
MORE = {
    "iif5": [{"record_id": "e-r1", **PLACE, "year": "2012", "fir_no": "12", "report_no": "4", "report_date": "2012-06-01",
              "report_type": "charge_sheet"}],
    "iif6": [{"record_id": "f-r1", **PLACE, "year": "2012", "fir_no": "12", "judgment_date": "2014-01-09",
              "court": "CJM Howrah"}],
    # The same number and station in another district.
    "iif1": [*FIRS, {"record_id": "g-r1", **PLACE, "district": "Hooghly", "year": "2015", "fir_no": "9"},
             {"record_id": "h-r1", **PLACE, "year": "2015", "fir_no": "9"}],
}  # fmt: skip
ASKED = {"number": "12", "year": "2012", "station": "Kalpanapur"}


def asker(role="police", **more):
    return ServiceAsker(Searcher("Asha", "asha@office", "case 12/2012", **more), role)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    target = SqliteTarget(tmp_path_factory.mktemp("status") / "cctns.sqlite")
    made = batch()
    forms = dict(made.forms)
    for form, rows in MORE.items():
        children = {name: t for name, t in made.forms["iif1"].tables.items() if name != form} if form == "iif1" else {}
        tables = {form: pl.DataFrame(rows), **children}
        forms[form] = FormRows({**tables, form: with_hash(form, tables)}, pl.DataFrame(schema=REFUSED))
    target.take(RowBatch(made.id, made.batch, forms))
    yield target
    target.close()


@pytest.fixture(scope="module")
def desk(target):
    return ServiceDesk(target)


def test_a_case_is_followed_from_its_fir_to_the_court_with_the_day_of_each(desk):
    answer = desk.answer(SERVICE, {**ASKED, "station": "কল্পনাপুর"}, asker())
    assert answer.verdict == "decided"
    days = [(one.says, one.case.get(name)) for one, name in zip(
        answer.found, ("fir_date", "report_date", "judgment_date"), strict=True)]  # fmt: skip
    assert days == [("registered", "2012-03-04"), ("final-report", "2012-06-01"), ("judgment", "2014-01-09")]
    assert answer.found[1].case["report_type"] == "charge_sheet"
    assert answer.found[0].rows["acts"] == ({"act": "IPC", "section": "379"},)


def test_of_a_case_that_is_not_shown_the_answer_is_that_of_none(desk):
    hidden = desk.answer(SERVICE, {**ASKED, "number": "7", "year": "2013"}, asker("public")).as_plain()
    assert hidden == desk.answer(SERVICE, {**ASKED, "number": "8", "year": "2013"}, asker("public")).as_plain()
    assert (hidden["verdict"], hidden["found"]) == ("not-found", [])


def test_stations_of_one_name_are_told_apart_by_their_district(desk):
    asked = {**ASKED, "number": "9", "year": "2015"}
    assert desk.answer(SERVICE, asked, asker()).verdict == "several"
    one = desk.answer(SERVICE, {**asked, "district": "Hooghly"}, asker())
    assert (one.verdict, [f.record for f in one.found]) == ("under-investigation", ["g-r1"])
    with pytest.raises(OptionsError, match="district"):
        fir_asked(desk, asked, asker())
    assert fir_asked(desk, {**asked, "district": "Hooghly"}, asker()).id == "g-r1"


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ([("registered", {})], "under-investigation"),
        ([("registered", {"action_taken": "refused_investigation"})], "refused"),
        ([("registered", {"action_taken": "transferred_other_ps"})], "transferred"),
        ([("registered", {}), ("final-report", {"report_type": "charge_sheet"})], "charge-sheet"),
        ([("final-report", {"report_type": "fr_unoccurred"})], "closed"),
        ([("final-report", {"report_type": "fr_unoccurred"}), ("final-report", {"report_type": "charge_sheet"})],
         "charge-sheet"),
        ([("final-report", {})], "reported"),
        ([("judgment", {}), ("registered", {})], "decided"),
        ([("judgment", {}), ("appeal", {})], "appealed"),
        ([("appeal", {"appeal_result": "dismissed"})], "appeal-decided"),
        ([("registered", {"district": "A"}), ("registered", {"district": "B"})], "several"),
    ],
)  # fmt: skip
def test_the_verdict_is_how_far_the_shown_records_are(found, word):
    assert verdict([{SAYS: says, **fields} for says, fields in found]) == word


def test_a_copy_is_masked_for_police_whole_for_a_reason_and_none_for_the_public(desk):
    asked = {**ASKED, "number": "7", "year": "2013"}
    masked = fir_asked(desk, asked, asker())
    assert masked.children["persons"][0]["name"].value == "[masked]"
    whole = fir_asked(
        desk,
        asked,
        asker(unmasking=check_unmasking(unmask=True, reason="trial of the case", operator="Asha Rao", user="asha")),
    )
    assert whole.children["persons"][0]["name"].value == "Savitri Mandal"
    with pytest.raises(NotFound) as hidden:
        fir_asked(desk, asked, asker("public"))
    with pytest.raises(NotFound) as lacking:
        fir_asked(desk, {**asked, "number": "77"}, asker("public"))
    assert str(hidden.value) == str(lacking.value)
    assert fir_copy(desk, ASKED, asker(), "bn").startswith(b"%PDF-1.7")


def test_each_copy_is_in_the_log_also_one_that_was_not_given(desk, target):
    for number in ("7", "77"):
        with pytest.raises(NotFound):
            fir_asked(desk, {**ASKED, "number": number, "year": "2013"}, asker("public"))
    kept = target.run("SELECT asked, shown FROM search_log ORDER BY number DESC LIMIT 2")
    assert [(json.loads(asked)["service"], shown) for asked, shown in kept] == [("fir-copy", 0), ("fir-copy", 0)]


@pytest.mark.parametrize("given", [{"number": "x"}, {"year": "12"}, {"station": " "}])
def test_what_cannot_be_asked_is_refused_without_what_was_typed(desk, given):
    with pytest.raises(OptionsError) as refused:
        fir_asked(desk, {**ASKED, **given}, asker())
    assert "x" not in str(refused.value).split()
