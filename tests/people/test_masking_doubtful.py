"""Masking goes by every text of a cell: what was read, what it was taken for, and what else it might be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digitize.masking.cases import build_case_masks, build_masks, build_workspace_masks
from digitize.masking.file_cells import may_tell
from digitize.masking.masks import MASK, find_leaks, list_masked_paths, mask_record
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.place import create
from mappers.record import FieldValue, Record
from mappers.schema import form_tables
from sample_data.makers.rule_examples import make_record

VICTIM = {"role": "victim", "name": "Qarla Vintobhe", "age": "30"}


def case(name: FieldValue, beat: FieldValue) -> Record:
    plain = {"year": "2015", "police_station": "Bally", "acts": [{"act": "IPC", "section": "376"}], "persons": [VICTIM]}
    record = make_record("r", plain).with_value("persons[0].name", name)
    return replace(record, fields={**record.fields, "beat": beat})


TEXTS = [
    FieldValue("Qarla", "Qarla"), FieldValue("Q?rl?", "Qarla"), FieldValue("Qarla", "Other"), FieldValue("Qarla", None),
    FieldValue("Q?rl?", "Other", candidates=("Qarla",)), FieldValue("", "Qarla"),
]  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("beat", TEXTS)
def test_a_name_leaks_by_what_was_read_by_its_value_and_by_its_candidates(name: FieldValue, beat: FieldValue) -> None:
    assert "beat" in list_masked_paths(case(name, beat))
    assert "beat" not in list_masked_paths(case(name, FieldValue("Third", "Fourth", candidates=("Fifth",))))


def test_of_a_value_that_tells_nobody_the_raw_text_alone_is_masked() -> None:
    masked = mask_record(case(TEXTS[0], FieldValue("7 Qarla", "7", candidates=("1", "Qarla"))))
    beat = masked.fields["beat"]
    assert (beat.raw, beat.value, beat.candidates) == (MASK, "7", (MASK, MASK))
    empty = mask_record(case(TEXTS[0], FieldValue("Qarla", None))).fields["beat"]
    assert (empty.raw, empty.value) == (MASK, None)
    both = mask_record(case(TEXTS[0], FieldValue("Qarla", "Qarla"))).fields["beat"]
    assert (both.raw, both.value) == (MASK, MASK)


def test_short_words_and_words_that_stand_everywhere_tell_of_nobody() -> None:
    record = case(FieldValue("Ra Devi Qarla", "Ra Devi Qarla"), FieldValue("Ra", "Ra"))
    assert "beat" not in list_masked_paths(record)
    assert "beat" in list_masked_paths(case(FieldValue("Qar Vi", "Qar Vi"), FieldValue("Qar", "Qar"))), "three letters"


def test_who_names_whom_is_told_by_one_word_or_by_the_whole_name() -> None:
    record = case(FieldValue("Qarla Vintobhe", "Qarla Vintobhe"), FieldValue("Vintobhe", "Vintobhe"))
    assert find_leaks(record, ["persons[0].name"]) == {"beat"}
    assert find_leaks(record, ["persons[0].name"], wholly=True) == frozenset()
    whole = case(FieldValue("Qarla Vintobhe", "Qarla Vintobhe"), FieldValue("of Qarla Vintobhe", "x"))
    assert find_leaks(whole, ["persons[0].name"], wholly=True) == {"beat"}


def fir(id: str, station: str, number: str, *, section: str = "", **fields: str) -> Record:
    acts = [{"act": "IPC", "section": section}] if section else []
    plain = {"state": "wb", "district": "Howrah", "police_station": station, "year": "2015", "fir_no": number}
    return make_record(id, {**plain, **fields, "acts": acts, "persons": [VICTIM]})


@pytest.mark.parametrize(
    ("station", "number", "fields", "is_one"),
    [
        ("Bally", "45", {}, True), ("BALLY", "45", {}, True), ("Bally", "0045", {"district": ""}, True),
        ("Bally", "46", {}, False), ("Sankrail", "45", {}, False), ("Bally", "45", {"year": "2016"}, False),
        ("Bally", "45", {"district": "Nadia"}, False), ("Bally", "45", {"state": "tn"}, False),
        ("Bally", "450", {}, False),
    ],
)  # fmt: skip
def test_a_record_of_the_same_case_is_masked_whatever_it_says_itself(
    station: str, number: str, fields: dict[str, str], is_one: bool
) -> None:
    sensitive, other = fir("a", "Bally", "45", section="376"), fir("b", station, number, section="379", **fields)
    for records in ([sensitive, other], [other, sensitive]):
        masks = build_masks(records)
        assert ("persons[0].name" in masks.list_masked_paths(other)) is is_one
        assert "persons[0].name" in masks.list_masked_paths(sensitive)


AGE, NAME, DATE = (form_tables("iif1")[t].column(c) for t, c in
                   (("iif1_persons", "age"), ("iif1_persons", "name"), ("iif1", "fir_date")))  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text", "tells"),
    [
        (AGE, "34", False), (AGE, "७", False), (AGE, "3O", False), (AGE, "Qarla", True), (AGE, "", True),
        (AGE, "Qarla 34", True), (AGE, "34 yr", False), (NAME, "34", True), (None, "34", True),
        (DATE, "12 March 2015", False), (DATE, "12 Qarla 2015", True), (DATE, "at 12 pm", False), (DATE, "March", True),
    ],
)  # fmt: skip
def test_out_of_its_column_a_cell_tells_by_words_and_not_by_figures(column: object, text: str, tells: bool) -> None:
    assert may_tell(column, text) is tells


@pytest.mark.parametrize("shared", [{"fir_reg_num": "19201000150045"}, {}])
def test_who_is_masked_does_not_hang_on_which_records_are_looked_at_first(
    tmp_path: Path, shared: dict[str, str]
) -> None:
    """A record alone is masked by what others of its case say, wherever these lie, as all of the workspace is."""
    station = "Sankrail" if shared else "Bally"
    sensitive, other = fir("p1-r1", "Bally", "45", section="376", **shared), fir("p2-r1", station, "45", **shared)
    apart = fir("p3-r1", "Bally", "46", section="379")
    with Ledger(create("wb", tmp_path / "ws").ledger) as ledger, ledger.writing():
        Catalogue(ledger).volume("book")
        for n, record in enumerate((sensitive, other, apart), 1):
            Catalogue(ledger).insert_scan(PageScan(f"p{n}", f"{n:064d}", 0, "b", 1, n))
            group = f"wb|{record.value('police_station').casefold()}|2015"
            station = record.value("police_station") or ""
            Records(ledger).replace_unit(f"p{n}", [Stored(record, f"p{n}", group, station, "en", f"h{n}")])
        for record, is_hidden in ((other, True), (apart, False)):
            around, whole = build_case_masks(ledger, [record]), build_workspace_masks(ledger)
            assert ("persons[0].name" in around.list_masked_paths(record)) is is_hidden
            assert around.list_masked_paths(record) == whole.list_masked_paths(record)
