"""Registers in a workspace: pages of a volume read in order, each row a record, through to the target."""

import sqlite3
from dataclasses import replace
from itertools import islice

import pytest
from openpyxl import load_workbook
from PIL import Image
from planted_pages import COLUMNS, carried, number_of, seen

from digitize.reading.job import PageDone, PageFailed, PageReading
from digitize.reading.register import as_register
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from ocr.page import Around, Box, Candidate, Carried, Recognition, RowPlace, ZoneReading
from ocr.plain import reading_to_plain, recognition_to_plain
from ocr.registers import decide_register, known_registers

DAYBOOK = [
    [("1", "10:20", "Theft", "Cash in a tin box", "A.S.I. Misaldas", "Enquiry"),
     ("2", "11:00", "Petition", "About a path", '"', "Filed"),
     ("3", "11:40", "Patrol", "Left for the", "S.I. Namunalal", "")],
    [("+", "", "", "market", "", ""),
     ("4", "12:10", "Return", "Came back", '"', "None"),
     ("~5", "~12:20", "~Wrong", "~entry", None, None),
     ("6", "12:30", "Petition", "About a well", '"', "Filed")],
    [("7", "13:00", "Visit", "Inspection", '"', "None")],
]  # fmt: skip
"""Rows of pages. "+": goes on from the page before; "~": struck out; None: blank."""


class Reader:
    """Takes the place of the workers: pages by the number of their file; what was read as a register's is listed."""

    def __init__(self, pages):
        self.pages = pages
        self.read, self.decided, self.matched, self.before = [], [], [], {}
        self.stop_after = None

    def run_jobs(self, work, jobs, workers, crashed, limit_s):
        waiting = iter(jobs)
        while batch := list(islice(waiting, 3)):
            for job in batch:
                yield job, self.work(job)

    def work(self, job):
        given = self.pages[number_of(job.path)]
        form = "wbp_form_27_2017" if given == "form" else None
        found = Recognition(form, 900, 1200, reason="" if form else "no form agrees")
        reading = {"form": form, "family": form, "part": 1, "zones": {}, "reason": "", "rows": []}
        as_form = PageReading(recognition_to_plain(found), reading)
        self.matched += [job.page] if job.as_form is None else []
        if form is not None or job.register is None:
            return PageDone(job.page, as_form)
        if job.as_register is None:
            if self.stop_after == len(self.read):
                raise KeyboardInterrupt
            self.read.append(job.page)
            self.before[job.page] = job.before
        else:
            self.decided.append(job.page)
        if isinstance(given, PageFailed):
            return PageFailed(job.page, given.kind, given.message, given.retry, as_form)
        if given == "letter":
            found = Recognition(None, 900, 1200, reason="no ruled columns were found", carried=job.before)
        else:
            found = given
        form = known_registers(job.settings.form_folders).find(found.form)
        reading = reading_to_plain(decide_register(found, form, ("en",)))
        return PageDone(job.page, as_form, PageReading(recognition_to_plain(found), reading))


@pytest.fixture
def book(digitize, tmp_path, monkeypatch):
    """Makes a workspace with one volume of given pages, and gives its place and reader."""

    def make(*pages, calibrated=True, year="2019", name="ws", more=()):
        place, scans = tmp_path / name, tmp_path / f"{name}-scans"
        scans.mkdir()
        for n in range(len(pages)):
            Image.new("L", (400, 400), n).save(scans / f"p{n + 1}.png")
        digitize("init", "wb", place, "--site", "test")
        with (place / "lists" / "stations.csv").open("a", encoding="utf-8") as f:
            f.write("Misalpur,Nadia,,\n")
        if calibrated:
            cut = "format = 1\n[form.reg_gd]\naccept = 0.5\ncalibrated = true\n"
            (place / "calibration.toml").write_text(cut, encoding="utf-8")
        said = ("--station", "Misalpur", "--district", "Nadia", "--year", year, "--language", "en")
        digitize("intake", place, scans, *said, *more)
        reader = Reader(list(pages))
        monkeypatch.setattr("digitize.steps.read.run_jobs", reader.run_jobs)
        return place, reader

    return make


def pages_of(book=DAYBOOK):
    return [seen(rows) for rows in book]


def records_of(place):
    with Ledger(place / "ledger.sqlite") as ledger:
        return {s.record.id: s.record for s in Records(ledger).all()}


def run(digitize, place, code=0):
    return digitize.json("run", place, "--max-failed-share", "100%", code=code)


def test_each_row_becomes_a_record_or_is_reported_and_none_is_lost(digitize, book):
    place, _ = book(*pages_of())
    totals = run(digitize, place)["totals"]
    assert (totals["pages_read"], totals["records"], totals["rows_reported"]) == (3, 6, 1)
    found = records_of(place)
    names = ["0001-r01", "0001-r02", "0001-r03", "0002-r01", "0002-r03", "0003-r01"]
    assert list(found) == [f"wb-test-0001-{n}" for n in names]
    assert [r.value("gd_no") for r in found.values()] == ["1", "2", "3", "4", "6", "7"]
    shown = digitize("show", place, "wb-test-0001-0002")
    assert "row r02 makes no record: struck" in shown


def test_ditto_marks_and_rows_run_over_pages(digitize, book):
    place, _ = book(*pages_of())
    run(digitize, place)
    found = list(records_of(place).values())
    assert [r.value("officer_name") for r in found] == ["Misaldas", "Misaldas", *["Namunalal"] * 4]
    assert found[2].value("particulars") == "Left for the\nmarket" and len(found[2].pages) == 2
    assert "ditto" in found[4].fields["officer_name"].notes
    assert found[4].fields["officer_name"].origin.zone == "r03.officer"


def test_rows_that_a_person_need_not_see_are_loaded_once_and_exported(digitize, book):
    day = Around("above", Box(700, 0, 800, 20), "Dated 5.1.2019", 0.9)
    place, _ = book(*(replace(page, around=(day,)) for page in pages_of()))
    report = run(digitize, place)
    totals = digitize.json("status", place)["totals"]
    assert (totals["records"], totals["loaded"], totals["in_review"]) == (6, 4, 2)
    assert report["receipts"][0]["inserted"] == 4
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        numbers = [n for (n,) in db.execute("SELECT gd_no FROM gd ORDER BY 1")]
    assert numbers == ["1", "2", "3", "4"]  # 6 stands below an entry struck out, and says do; so does 7
    assert run(digitize, place)["todo"] == {"read": 0, "map": 0, "check": 0, "load": 0}
    digitize("export", place, "--to", "jsonl")
    lines = (place / "exports" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6


def settle(digitize, place, answers):
    """Type into the review sheet: (record, zone) -> text, or the verdict ok; record "": under whichever it is asked."""
    sheet = place / "review" / "review.xlsx"
    digitize("review", "export", place, "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao")
    work = load_workbook(sheet)
    rows = work["review"]
    head = [c.value for c in rows[1]]
    done = 0
    for line in rows.iter_rows(min_row=2):
        named = dict(zip(head, line, strict=True))
        text = next(
            (
                t
                for (r, z), t in answers.items()
                if named["record"].value in (r, r or named["record"].value) and z in str(named["place"].value)
            ),
            None,
        )
        if text is not None:
            named["verdict" if text == "ok" else "right value"].value = text
            done += 1
    work.save(sheet)
    assert done == len(answers), head
    assert digitize.json("review", "import", place, sheet, "--operator", "A")["accepted"] == len(answers)


def test_what_a_person_types_above_is_what_the_ditto_marks_below_say(digitize, book):
    place, _ = book(*pages_of(), calibrated=False)
    run(digitize, place)
    settle(digitize, place, {("wb-test-0001-0001-r03", "r03.officer"): "S.I. Banabanik"})
    again = run(digitize, place)
    found = list(records_of(place).values())
    assert [r.value("officer_name") for r in found] == ["Misaldas", "Misaldas", *["Banabanik"] * 4]
    assert found[2].fields["officer_name"].by == "operator A"
    assert again["todo"]["read"] == 0 and again["todo"]["map"] == 3


def test_a_person_agrees_to_what_a_ditto_mark_stands_for_not_to_the_mark(digitize, book):
    place, _ = book(*pages_of(), calibrated=False)
    run(digitize, place)
    settle(digitize, place, {("wb-test-0001-0001-r02", "r02.officer"): "ok"})
    run(digitize, place)
    named = records_of(place)["wb-test-0001-0001-r02"].fields["officer_name"]
    assert (named.value, named.by) == ("Misaldas", "operator A")


def test_both_parts_of_a_cell_that_goes_on_are_asked_in_turn(digitize, book):
    place, _ = book(*pages_of(), calibrated=False)
    run(digitize, place)
    settle(digitize, place, {("wb-test-0001-0001-r03", "0001/r03.particulars"): "Left for"})
    run(digitize, place)
    value = records_of(place)["wb-test-0001-0001-r03"].fields["particulars"]
    assert (value.value, value.origin.zone, value.is_sure()) == ("Left for\nmarket", "r00.particulars", False)
    settle(digitize, place, {("wb-test-0001-0001-r03", "0002/r00.particulars"): "the bazaar"})
    run(digitize, place)
    value = records_of(place)["wb-test-0001-0001-r03"].fields["particulars"]
    assert value.value == "Left for\nthe bazaar" and value.is_sure()


def scan_again(digitize, place, tmp_path, number, shade):
    again = tmp_path / "again"
    again.mkdir(exist_ok=True)
    Image.new("L", (400, 401), shade).save(again / "new.png")
    (again / "manifest.csv").write_text(
        f"file,volume,page,language,station,district,year\nnew.png,ws-scans,{number},en,Misalpur,Nadia,2019\n"
    )
    digitize("intake", place, again)


def test_a_page_scanned_again_has_the_next_one_read_again_only_if_it_hands_on_something_else(digitize, book, tmp_path):
    place, reader = book(*pages_of())
    run(digitize, place)
    reader.pages += [seen(DAYBOOK[0]), seen(DAYBOOK[0], carried(columns=COLUMNS[:-1]))]
    reader.read.clear()
    scan_again(digitize, place, tmp_path, 1, 3)
    run(digitize, place)
    assert reader.read == ["wb-test-0001-0001"]
    scan_again(digitize, place, tmp_path, 1, 4)
    reader.read.clear()
    run(digitize, place)
    assert reader.read == ["wb-test-0001-0001", "wb-test-0001-0002"]
    assert len(records_of(place)) == 6


def test_what_was_typed_does_not_stick_to_another_row_of_a_page_scanned_again(digitize, book, tmp_path):
    place, reader = book(*pages_of(), calibrated=False)
    run(digitize, place)
    settle(digitize, place, {("wb-test-0001-0003-r01", "r01.action"): "Noted"})
    run(digitize, place)
    assert records_of(place)["wb-test-0001-0003-r01"].value("action_taken") == "Noted"
    reader.pages.append(seen([DAYBOOK[2][0], DAYBOOK[2][0]]))
    scan_again(digitize, place, tmp_path, 3, 3)
    run(digitize, place)
    assert records_of(place)["wb-test-0001-0003-r01"].value("action_taken") == "None"


def test_what_was_typed_does_not_move_to_a_row_that_a_later_version_finds_above(digitize, book):
    place, reader = book(*pages_of()[:2], seen(DAYBOOK[2], top=200), calibrated=False)
    run(digitize, place)
    settle(digitize, place, {("wb-test-0001-0003-r01", "r01.action"): "Noted"})
    run(digitize, place)
    assert records_of(place)["wb-test-0001-0003-r01"].value("action_taken") == "Noted"
    reader.pages[2] = seen([DAYBOOK[2][0], DAYBOOK[2][0]], top=100)
    settings = place / "digitize.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("# dpi = 300", "dpi = 200"), encoding="utf-8")
    run(digitize, place)
    found = records_of(place)
    assert [found[f"wb-test-0001-0003-r0{n}"].value("action_taken") for n in (1, 2)] == ["None", "None"]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_run_that_is_interrupted_goes_on_and_counts_nothing_twice(digitize, book, after):
    calm, _ = book(*pages_of(), name="ws")
    run(digitize, calm)
    shaken, reader = book(*pages_of(), name="ws2")
    reader.stop_after = after
    digitize("run", shaken, code=130)
    reader.stop_after = None
    run(digitize, shaken)
    assert sorted(reader.read) == [f"wb-test-0001-000{n}" for n in (1, 2, 3)]
    assert [r.value("gd_no") for r in records_of(shaken).values()] == [
        r.value("gd_no") for r in records_of(calm).values()
    ]
    with Ledger(shaken / "ledger.sqlite") as ledger:
        sql = "SELECT COUNT(*) AS n FROM events WHERE step = 'register' AND outcome = 'done'"
        assert ledger.execute(sql).fetchone()["n"] == 3 and ledger.verify()


def test_letters_and_blank_backs_do_not_end_a_volume_and_say_both_reasons(digitize, book):
    place, reader = book(*pages_of()[:1], "letter", *pages_of()[1:])
    totals = run(digitize, place)["totals"]
    assert (totals["pages_read"], totals["pages_failed"], totals["records"]) == (3, 1, 6)
    shown = digitize("show", place, "wb-test-0001-0002")
    assert "no form agrees; as a register's: no ruled columns were found" in shown
    assert reader.before["wb-test-0001-0003"] == carried()
    third = list(records_of(place).values())[2]
    assert third.value("particulars") == "Left for the\nmarket" and third.pages == (
        "wb-test-0001-0001",
        "wb-test-0001-0003",
    )


def test_a_form_within_a_volume_begins_anew_and_a_page_that_could_not_be_read_breaks_rows(digitize, book):
    broken = PageFailed("", "crashed", "Page: broken", False)
    place, reader = book(*pages_of()[:1], broken, *pages_of()[1:])
    assert run(digitize, place)["totals"]["pages_failed"] == 1
    found = records_of(place)
    assert found["wb-test-0001-0001-r03"].value("particulars") == "Left for the"
    assert "row-doubtful" in found["wb-test-0001-0003-r00"].fields["particulars"].notes
    assert found["wb-test-0001-0003-r01"].value("officer_name") is None


def test_a_page_that_waits_for_something_stops_its_volume_and_the_next_run_goes_on(digitize, book):
    place, reader = book(*pages_of())
    whole = reader.pages[1]
    reader.pages[1] = PageFailed("", "engine-missing", "Page: no engine", True)
    digitize("run", place, "--max-failed-share", "100%", code=6)
    assert reader.read == ["wb-test-0001-0001", "wb-test-0001-0002"]
    reader.pages[1] = whole
    run(digitize, place)
    assert reader.read[2:] == ["wb-test-0001-0002", "wb-test-0001-0003"] and len(records_of(place)) == 6


def test_each_page_is_matched_once_whatever_stands_before_it_and_a_second_run_reads_none(digitize, book):
    first, second, third = pages_of()
    place, reader = book("form", "letter", "form", first, second, third, "letter", "form", "form")
    totals = read_only(digitize, place)["totals"]
    pages = [f"wb-test-0001-000{n}" for n in range(1, 10)]
    assert sorted(reader.matched) == pages and (totals["pages_read"], totals["pages_failed"]) == (7, 2)
    assert [reader.before[p] is None for p in (pages[1], *pages[3:7])] == [True, True, False, False, False]
    reader.matched.clear()
    reader.read.clear()
    assert read_only(digitize, place)["todo"]["read"] == 0 and not reader.matched and not reader.read


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
def test_a_run_of_a_mixed_book_that_is_interrupted_ends_as_one_that_is_not(digitize, book, after):
    pages = ("form", *pages_of(), "form", "letter")
    calm, _ = book(*pages, name="ws")
    read_only(digitize, calm)
    shaken, reader = book(*pages, name="ws2")
    reader.stop_after = after
    digitize("run", shaken, "--only", "read", code=130)
    reader.stop_after = None
    read_only(digitize, shaken)
    assert len(set(reader.read)) == 4 and states_of(shaken) == states_of(calm)


def read_only(digitize, place):
    return digitize.json("run", place, "--only", "read", "--max-failed-share", 1)


def states_of(place):
    """Where each page stands in each step of reading."""
    with Ledger(place / "ledger.sqlite") as ledger:
        steps = {step: ledger.states(step) for step in ("recognise", "register", "decide")}
    return {(step, page): (now.key, now.outcome) for step, own in steps.items() for page, now in own.items()}


def test_a_plan_counts_a_page_behind_one_that_is_read_anew_only_once_that_hands_on_something_else(
    digitize, book, tmp_path
):
    place, reader = book(*pages_of())
    run(digitize, place)
    reader.pages.append(seen(DAYBOOK[0], carried(columns=COLUMNS[:-1])))
    scan_again(digitize, place, tmp_path, 1, 3)
    reader.read.clear()
    assert digitize.json("run", place, "--limit", 1, "--max-failed-share", 1)["todo"]["read"] == 1
    assert reader.read == ["wb-test-0001-0001"]
    assert run(digitize, place)["todo"]["read"] == 2
    assert reader.read == [f"wb-test-0001-000{n}" for n in (1, 2)]


def test_no_more_pages_are_read_than_were_asked_for(digitize, book):
    place, reader = book(*pages_of())
    digitize("run", place, "--limit", 2)
    assert reader.read == ["wb-test-0001-0001", "wb-test-0001-0002"]
    digitize("run", place, "--limit", 2)
    assert reader.read[2:] == ["wb-test-0001-0003"]


def test_a_volume_may_be_said_to_be_a_register_at_intake(digitize, book):
    place, _ = book(*pages_of(), more=("--kind", "reg_gd"))
    run(digitize, place)
    with Ledger(place / "ledger.sqlite") as ledger:
        from digitize.steps.read_keys import named_register
        from digitize.workspace.ledger.catalogue import Catalogue
        from digitize.workspace.place import open_place
        from digitize.workspace.run_context import build_run_context

        known = build_run_context(open_place(place), ledger)
        assert {named_register(known, s) for s in Catalogue(ledger).scans()} == {"reg_gd"}


def test_what_stands_around_a_table_is_shown_and_notes_are_masked(digitize, book):
    number = Around("below", Box(400, 1100, 420, 1120), "17", 0.9, number=17)
    note = Around("left", Box(0, 100, 20, 120), "see Banabanik", 0.4, row="r01")
    place, _ = book(replace(seen(DAYBOOK[2]), around=(number, note)))
    run(digitize, place)
    shown = digitize("show", place, "wb-test-0001-0001")
    assert "below of the table: page number 17" in shown and "Banabanik" not in shown
    assert "left of the table, at row r01: note: [masked]" in shown
    assert "Banabanik" in digitize(
        "show", place, "wb-test-0001-0001", "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao"
    )


def test_struck_rows_are_masked_on_the_page_and_shown_with_a_reason(digitize, book):
    place, _ = book(*pages_of())
    run(digitize, place)
    zones = {z["zone"]: z["reading"] for z in digitize.json("show", place, "wb-test-0001-0002")["page"]["zones"]}
    assert zones["r02.subject"] != "Wrong"
    told = digitize.json(
        "show", place, "wb-test-0001-0002", "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao"
    )
    assert "Wrong" in {z["reading"] for z in told["page"]["zones"]}


class Blank:
    """A reader that finds a row of nothing at the top of a page, as a rule below the header may look like one."""

    def recognise(self, page, before, *, only_known):
        return seen([("+", "", "", "", "", ""), *DAYBOOK[2]])


def test_nothing_at_the_top_of_a_page_is_no_row_that_goes_on():
    found = as_register(Blank(), None, carried())
    assert [r.id for r in found.rows] == ["r01"] and len(found.zones) == len(COLUMNS)


def test_a_register_that_is_not_known_is_refused_at_intake_and_the_known_ones_are_listed(digitize, tmp_path, samples):
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    scan = samples / "registers" / "reg_vcnb_en_light_5_0.jpg"
    digitize("intake", tmp_path / "ws", scan, "--kind", "reg_nothing", code=4)
    listed = {r["id"]: r for r in digitize.json("forms", "list")["registers"]}
    assert len(listed) == 9 and listed["reg_crime"]["spread_from"] == "accused"


ARRESTS = ("sl", "date_time", "fir_no", "sections", "name", "father", "age", "caste", "address", "arrested_by",
           "arrest_place", "bail_date", "relatives", "remarks")  # fmt: skip


def arrests(*rows):
    """A page of the arrest register; a row: column -> text, "~" before what is struck out."""
    places, zones = [], []
    for n, texts in enumerate(rows, 0 if "+" in rows[0] else 1):
        y = 100 * n
        places.append(RowPlace(f"r{n:02d}", (Box(0, y, 900, y + 90),), continues="+" in texts))
        for at, column in enumerate(ARRESTS):
            said = texts.get(column, "").removeprefix("~")
            found = (Candidate(said, 0.99, "test"),) if said else ()
            marks = ("struck",) if texts.get(column, "").startswith("~") else ()
            box = Box(60 * at, y, 60 * at + 55, y + 90)
            zones.append(ZoneReading(f"r{n:02d}.{column}", box, found, blank=not said, marks=marks))
    handed = Carried("reg_arrest", ARRESTS, ((0.0, 1.0),), "reg_arrest")
    return Recognition("reg_arrest", 900, 1200, zones=tuple(zones), rows=tuple(places), carried=handed)


def test_whom_the_law_protects_is_masked_in_every_part_of_a_row(digitize, book):
    child = {"sl": "2", "date_time": "4/1/19", "fir_no": "21/19", "sections": "376 IPC", "name": "Misal", "age": "14",
             "father": "Kalpanadas", "relatives": "Kalpanadas", "remarks": "of Kalpanadas"}  # fmt: skip
    grown = {"sl": "1", "date_time": "3/1/19", "fir_no": "20/19", "sections": "379 IPC", "name": "Namuna", "age": "40"}
    place, _ = book(arrests(grown, child), arrests({"+": "", "remarks": "and Banabanik"}, {**grown, "sl": "3"}))
    run(digitize, place)
    read = [digitize.json("show", place, f"wb-test-0001-000{n}")["page"]["zones"] for n in (1, 2)]
    first, second = ({z["zone"]: z["reading"] for z in zones} for zones in read)
    assert first["r01.name"] == "Namuna" and "[masked]" in first["r02.name"]
    assert not any(n in f"{first}{second}" for n in ("Kalpanadas", "Banabanik"))
    told = digitize.json(
        "show", place, "wb-test-0001-0002", "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao"
    )
    assert "Banabanik" in str(told["page"]["zones"])
