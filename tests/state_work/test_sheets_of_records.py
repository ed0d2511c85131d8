"""Records of several pages in a workspace: tied, held while a sheet is in doubt, asked, and whole after an answer."""

import shutil
from pathlib import Path

import pytest
from PIL import Image
from planted_pages import form_page, number_of
from test_digitize_registers_words import lines_of, say

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain

FORMS = Path(__file__).parents[2] / "ocr" / "forms"
HEAD = ("district", "police_station", "year", "fir_no", "fir_date")
_KINDS = {"fir_no": "digits", "fir_date": "date", "year": "year", "narrative": "block", "accused": "block"}
FIRST = {"statutes": "IPC 379", "info_date": "3/2/2019"}
SECOND = {"narrative": "a bicycle was taken", "officer_name": "Misaldas"}


def form_file(part, zones):
    ties = '"police_station", "year", "fir_no", "fir_date"'
    text = (
        f'format = 1\nid = "two_{part}"\nfamily = "two_sheets"\ntitle = "Two"\nlanguages = ["en"]\nwidth = 900\n'
        f'height = 1200\nfeatures = "two.npz"\npart = {part}\nties = [{ties}]\nper_volume = ["district"]\n'
        "[confidence]\ncalibrated = true\naccept = 0.5\n"
    )
    for n, zone in enumerate(zones):
        kind = _KINDS.get(zone, "line")
        text += f'[[zone]]\nid = "{zone}"\nbox = [10, {40 * n}, 800, {40 * n + 30}]\nkind = "{kind}"\n'
    return text


def mapping_file():
    own = (FORMS.parents[1] / "mappers" / "mappings" / "iif1_print.toml").read_text(encoding="utf-8")
    return own.replace('"iif1_print"', '"two_sheets"')


def page(part, number, date="3/2/2019", sure=0.99, **more):
    told = {"district": "Nadia", "police_station": "Misalpur", "year": "2019", "fir_no": number, "fir_date": date}
    zones = {**told, **(FIRST if part == 1 else SECOND), **more}
    return part, {z: Decided(z, t, t, sure if z == "fir_no" else 0.99, Box(9, 9 * n, 90, 9 * n + 8), blank=not t)
                  for n, (z, t) in enumerate(zones.items())}  # fmt: skip


@pytest.fixture
def sheets(digitize, tmp_path, monkeypatch):
    """Makes a workspace with one volume of planted pages of a form of two parts, and runs it."""

    def make(*pages):
        place, scans = tmp_path / "ws", tmp_path / "scans"
        scans.mkdir()
        for n in range(len(pages)):
            Image.new("L", (400, 400), n).save(scans / f"p{n + 1}.png")
        digitize("init", "wb", place, "--site", "test")
        for part, zones in ((1, FIRST), (2, SECOND)):
            (place / "forms" / f"two_{part}.toml").write_text(form_file(part, (*HEAD, *zones)), encoding="utf-8")
        shutil.copy(FORMS / "iif1_en.npz", place / "forms" / "two.npz")
        (place / "mappings" / "two_sheets.toml").write_text(mapping_file(), encoding="utf-8")
        with (place / "lists" / "stations.csv").open("a", encoding="utf-8") as f:
            f.write("Misalpur,Nadia,,\n")

        def run_jobs(work, jobs, workers, crashed, limit_s):
            for job in iter(lambda: next(jobs, None), None):
                part, zones = pages[number_of(job.path)]
                reading = reading_to_plain(Reading(f"two_{part}", "two_sheets", zones, part=part))
                yield job, form_page(job.page, Recognition(f"two_{part}", 400, 400), reading)

        monkeypatch.setattr("digitize.steps.read.run_jobs", run_jobs)
        monkeypatch.setattr("digitize.workspace.run_context.RunContext.require_engine", lambda _: None)
        digitize("intake", place, scans, "--language", "en")
        return place

    return make


def run(digitize, place):
    return digitize.json("run", place, "--max-failed-share", "100%")["totals"]


def records(place):
    with Ledger(place / "ledger.sqlite") as ledger:
        return {s.record.id[-7:-3]: s for s in Records(ledger).all()}


def questions(digitize, place):
    return {
        x["record"].value[-7:-3]: x for x in lines_of(digitize, place)[2] if x["path"].value == "(pages of one record)"
    }


def test_sheets_of_one_record_make_one_record_wherever_they_lie(digitize, sheets):
    place = sheets(page(1, "4"), page(1, "5", "4/2/2019"), page(2, "5", "4/2/2019"), page(2, "0004"))
    assert run(digitize, place)["parts_asked"] == 0
    made = records(place)
    assert sorted(made) == ["0001", "0002"]
    assert [p[-4:] for p in made["0001"].record.pages] == ["0001", "0004"]
    assert made["0001"].record.value("narrative") == "a bicycle was taken"
    # What a later sheet repeats is no cell left over.
    assert not made["0001"].record.left_over and not made["0001"].record.doubts
    assert not questions(digitize, place)


def test_a_sheet_in_doubt_holds_both_records_until_a_person_says_what_it_is(digitize, sheets):
    place = sheets(page(1, "4"), page(2, "9"))
    totals = run(digitize, place)
    assert (totals["parts_asked"], totals["in_review"], totals["loaded"]) == (1, 2, 0)
    assert {n: s.record.doubts for n, s in records(place).items()} == {
        "0001": ("part-lacking:2",), "0002": ("part-lacking:1", "parts-disagree"),
    }  # fmt: skip
    (name,) = questions(digitize, place)
    assert name == "0002" and say(digitize, place, "wb-test-0001-0002-r1", "together")["accepted"] == 1
    assert run(digitize, place)["parts_asked"] == 0
    (whole,) = records(place).values()
    assert len(whole.record.pages) == 2 and not whole.record.doubts


def test_pages_that_the_book_has_not_are_said_so_and_what_is_there_goes_on(digitize, sheets):
    place = sheets(page(1, "4"), page(2, "9"))
    run(digitize, place)
    say(digitize, place, "wb-test-0001-0002-r1", "apart")
    assert run(digitize, place)["parts_asked"] == 2
    asked = questions(digitize, place)
    assert {n: x["why"].value for n, x in asked.items()} == {"0001": "part-lacking", "0002": "part-lacking"}
    assert (
        "lacks page 2" in asked["0001"]["rules say"].value and "no page 1 is there" in asked["0002"]["rules say"].value
    )
    for name in ("wb-test-0001-0001-r1", "wb-test-0001-0002-r1"):
        assert say(digitize, place, name, "missing")["accepted"] == 1
    assert run(digitize, place)["parts_asked"] == 0
    assert [s.record.doubts for s in records(place).values()] == [(), ()]


def test_another_scan_of_a_sheet_makes_no_record(digitize, sheets):
    place = sheets(page(1, "4"), page(2, "4"), page(2, "4", officer_name="Namunalal"))
    run(digitize, place)
    assert questions(digitize, place)["0003"]["why"].value == "part-twice"
    say(digitize, place, "wb-test-0001-0003-r1", "copy")
    assert run(digitize, place)["records"] == 1 and sorted(records(place)) == ["0001"]
    assert digitize.json("run", place)["todo"]["map"] == 0


def test_a_number_that_a_person_corrects_ties_the_sheet_and_what_was_settled_of_it_holds(digitize, sheets):
    place = sheets(page(1, "4"), page(2, "9", sure=0.2, officer_name="Misaldaz"))
    run(digitize, place)
    work, sheet, lines = lines_of(digitize, place)
    line = next(x for x in lines if x["place"].value.endswith("0002/fir_no"))
    line["right value"].value = "4"
    work.save(sheet)
    assert digitize.json("review", "import", place, sheet, "--operator", "A")["accepted"] == 1
    assert run(digitize, place)["parts_asked"] == 0
    (whole,) = records(place).values()
    assert [p[-4:] for p in whole.record.pages] == ["0001", "0002"]


def test_words_on_sheets_are_theirs_alone(digitize, sheets):
    place = sheets(page(1, "4"), page(2, "9"))
    run(digitize, place)
    told = say(digitize, place, "wb-test-0001-0002-r1", "missing", code=3)
    assert told["accepted"] == 0 and "together, apart, copy" in told["conflicts"][0]["what"]
