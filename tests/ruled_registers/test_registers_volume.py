"""A register is read page by page: what one page hands on is small, and enough to go on after a stop."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocr.page import Box, Candidate, Carried, ZoneReading
from ocr.plain import carried_from_plain, reading_from_plain, reading_to_plain
from ocr.plain import recognition_from_plain as from_plain
from ocr.plain import recognition_to_plain as to_plain
from ocr.registers import RegisterSettings, VolumeReader, decide_register, package_registers
from ocr.registers.cell_reader import column_of, decide_cell

SAMPLES = Path(__file__).parents[2] / "sample_data" / "registers"
DIARY = [SAMPLES / f"reg_gd_hi_light_3_{n}.jpg" for n in (0, 1)]
NO_ENGINE = RegisterSettings(engine="null")
BOX = Box(0, 0, 9, 9)


def grey(path):
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)


def by_page(pages, reader):
    """Every page read by a reader that is new, from what the page before left in JSON."""
    kept = "null"
    for page in pages:
        seen = reader().recognise(page, carried_from_plain(json.loads(kept)))
        again = from_plain(json.loads(json.dumps(to_plain(seen))))
        assert again == seen
        kept = json.dumps(to_plain(seen)["carried"])
        yield again


@pytest.fixture(scope="module")
def diary():
    return list(by_page([grey(p) for p in DIARY], lambda: VolumeReader("reg_gd", ("hi",), settings=NO_ENGINE)))


def test_a_page_is_read_from_its_scan_and_what_the_page_before_handed_on(diary):
    reader, before = VolumeReader("reg_gd", ("hi",), settings=NO_ENGINE), None
    for path, alone in zip(DIARY, diary, strict=True):
        seen = reader.recognise(grey(path), before)
        before = seen.carried
        assert seen == alone


def test_what_a_page_hands_on_is_small(diary):
    for seen in diary:
        assert seen.carried.last == "reg_gd" and len(seen.carried.columns) >= 4
        assert len(json.dumps(to_plain(seen)["carried"])) < 500


def test_rows_are_numbered_on_their_page_and_cells_are_named_by_row_and_column(diary):
    for seen in diary:
        first = 0 if seen.rows[0].continues else 1
        assert [r.id for r in seen.rows] == [f"r{n:02d}" for n in range(first, first + len(seen.rows))]
        assert {z.zone.partition(".")[0] for z in seen.zones} == {r.id for r in seen.rows}


def test_a_decided_page_comes_back_from_json_as_it_was(diary):
    reading = decide_register(diary[1], package_registers().forms["reg_gd"], ("hi",))
    assert reading_from_plain(json.loads(json.dumps(reading_to_plain(reading)))) == reading
    assert reading.rows == diary[1].rows and reading.form == "reg_gd"


def test_a_page_without_ruled_columns_hands_on_those_of_the_volume():
    blank = grey(DIARY[0]) * 0 + 255
    before = Carried("reg_gd", ("sl", "time"), ((0.0, 0.3, 1.0),), "reg_gd")
    seen = VolumeReader(None, ("hi",), settings=NO_ENGINE).recognise(blank, before)
    assert seen.rows == () and seen.reason
    assert replace(seen.carried, last="reg_gd") == before


def test_a_page_without_header_belongs_to_a_volume_only_if_its_table_is_as_wide(diary):
    page, handed = grey(DIARY[1]), diary[0].carried
    reader = VolumeReader(None, ("hi",), settings=NO_ENGINE)
    assert reader.recognise(page, handed).form == "reg_gd"
    wider = reader.recognise(page, replace(handed, width=0.6), only_known=True)
    assert wider.form is None and "not as wide" in wider.reason and not wider.rows
    said = VolumeReader("reg_gd", ("hi",), settings=NO_ENGINE)
    assert said.recognise(page, replace(handed, width=0.6)).form == "reg_gd"


def test_a_page_most_of_whose_columns_have_no_name_is_of_no_register(diary):
    page, handed = grey(DIARY[1]), diary[0].carried
    reader = VolumeReader(None, ("hi",), settings=NO_ENGINE)
    nameless = replace(handed, columns=("entry_no", *(f"_column_{n}" for n in range(2, 7))))
    found = reader.recognise(page, nameless, only_known=True)
    assert found.form is None and "could be named" in found.reason


TEXTS = st.sampled_from(["12", "do", "-do-", "12/3", "Misalpur", "", "1234"])
CANDIDATES = st.lists(st.tuples(TEXTS, st.floats(0, 1)), max_size=4)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CANDIDATES, st.booleans(), st.sampled_from([(), ("struck",), ("ditto",), ("struck", "ditto")]))
def test_a_struck_cell_is_never_sure_and_a_ditto_mark_has_no_value_of_its_own(candidates, blank, marks):
    texts = tuple(Candidate(t, c) for t, c in sorted(candidates, key=lambda x: -x[1]))
    column = column_of(package_registers().forms["reg_gd"], "sl")
    decided = decide_cell(ZoneReading("r01.sl", BOX, texts, blank=blank, marks=marks), column, ("en",), {})
    assert decided.zone == "r01.sl"
    assert "struck" not in decided.notes or decided.confidence <= 0.5
    assert blank or "struck" not in marks or {"struck", "ditto"}.intersection(decided.notes)
    assert "ditto" not in decided.notes or (decided.value == "" and not blank)
