"""From nothing to values that pass under a guarantee, and back when they turn out wrong: a workspace's whole way."""

import json
import shutil
import sqlite3

import pytest
from openpyxl import load_workbook
from PIL import Image

from digitize.errors import InputError, NotFound
from digitize.machine.progress import Silent
from digitize.review.asked_fields import list_asked_fields
from digitize.review.sheet_export import SheetChoice, export_review
from digitize.review.sheet_import import import_review
from digitize.steps.measure import learned_pages
from digitize.steps.run import RunOptions, run_workspace
from digitize.workspace.calibration.other_offices import take_answers
from digitize.workspace.calibration.sampling import Draw
from digitize.workspace.calibration.threshold_store import begin_measuring, thresholds_in
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.measuring import measure_place
from digitize.workspace.own_weights import keep_weights
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context
from mappers.mapping.load import load_mappings
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain, recognition_to_plain

FORM = "wbp_27_a1"
ZONES = ("district", "police_station", "year", "fir_no", "fir_date", "statutes")
# With so small a promise a dozen answers open a threshold.
PROMISE = "[calibrate]\nright = 0.9\ncertainty = 0.9\nfirst_pages = 4\npages_at_once = 10\naudit_share = 0.2\n"


def reading(zones, number, wrong=()):
    """A page as it might have been read; the fields of wrong are misread, and look as sure as the others."""
    said = {**zones, "fir_no": str(100 + number)}
    seen = {**said, **{name: text for name, text in {"fir_no": str(500 + number)}.items() if name in wrong}}
    found = {
        name: Decided(name, text, text, 0.999, Box(9, 9 * n, 300, 9 * n + 8), blank=not text)
        for n, (name, text) in enumerate(seen.items(), 1)
    }
    return said, Reading(form=FORM, family="wbp_27", zones=found)


class Office:
    """A workspace of two volumes whose pages were read, and the person who answers its sheets."""

    def __init__(self, place, zones):
        self.place, self.zones, self.truth, self.readings = place, zones, {}, {}

    def run(self):
        return run_workspace(self.place, RunOptions(("map", "check", "load")), Silent())

    def sheet(self, **how):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("digitize.records.pictures.Pictures.draw_zone", lambda *_: None)
            made = export_review(self.place, **how)
        rows = load_workbook(made.path, read_only=True)["review"].iter_rows(values_only=True)
        head = next(rows)
        return made, [dict(zip(head, row, strict=True)) for row in rows]

    def take_in(self, digitize, volume, wrong=()):
        """Six pages of a new volume, as they were read."""
        folder = self.place.folder.parent / volume
        folder.mkdir()
        for n in range(6):
            Image.new("L", (400, 400), 9 * ord(volume) % 200 + n).save(folder / f"p{n}.png")
        # Not the year: what intake is told is not asked, and so not measured.
        told = ("--volume", volume, "--station", "Namunahat", "--district", "Namuna")
        digitize("intake", self.place.folder, folder, *told, "--language", "en")
        with Ledger(self.place.ledger) as ledger:
            for scan in Catalogue(ledger).scans():
                if scan.page not in self.truth:
                    self.truth[scan.page], read = reading(self.zones, len(self.truth), wrong)
                    keep(ledger, scan.page, read)
                    self.readings[scan.page] = read

    def answer(self, rows, verdict=""):
        """Type for each row what stands on the paper, or choose a verdict."""
        path = self.place.folder / "review" / "review.xlsx"
        book = load_workbook(path)
        sheet = book["review"]
        head = [c.value for c in sheet[1]]
        wanted = {row["item"] for row in rows}
        for line in sheet.iter_rows(min_row=2):
            named = dict(zip(head, line, strict=True))
            if named["item"].value in wanted:
                page, _, zone = named["place"].value.partition("/")
                text = self.truth[page].get(zone, "")
                named["right value" if text and not verdict else "verdict"].value = verdict or text or "blank"
        book.save(path)
        return import_review(self.place, path, "A. Rao")


@pytest.fixture(scope="module")
def mappings():
    """The package's mappings, read once: every command of a run of this file would read them anew."""
    found = load_mappings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.workspace.run_context.load_mappings", lambda *_: found)
        # Which pages are drawn differs from workspace to workspace, and with it what a few answers can prove.
        patch.setattr("digitize.review.asked_fields.draw_of", lambda _, share: Draw(b"the same", share))
        yield


def open_office(digitize, samples, folder, site="test", capture=""):
    """Twelve pages in two volumes, all read rightly."""
    digitize("init", "wb", folder / "ws", "--site", site)
    shutil.copy(samples / "stations.csv", folder / "ws" / "lists" / "stations.csv")
    settings = folder / "ws" / "digitize.toml"
    text = settings.read_text(encoding="utf-8").replace("[calibrate]\n", PROMISE)
    settings.write_text(text.replace("[capture]\n", f"[capture]\n{capture}\n"), encoding="utf-8")
    lines = (samples / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = next(g["zones"] for g in map(json.loads, lines) if g["form"] == "wbp_27")
    made = Office(open_place(folder / "ws"), {name: gold[name] for name in ZONES})
    for volume in ("a", "b"):
        made.take_in(digitize, volume)
    return made


@pytest.fixture(scope="module")
def office(mappings, digitize, samples, tmp_path_factory):
    """Measured from nothing, whole pages first."""
    made = open_office(digitize, samples, tmp_path_factory.mktemp("office"))
    with Ledger(made.place.ledger) as ledger:
        begin_measuring(ledger, "wb-test")
    made.run()
    return made


def keep(ledger, page, read, key="1"):
    ledger.finish(page, "recognise", key, recognition_to_plain(Recognition(FORM, 400, 400)), {"form": FORM})
    said = {"form": FORM, "family": read.family, "part": 1, "language": "en"}
    ledger.finish(page, "decide", key, reading_to_plain(read), said)


def loaded(office):
    with sqlite3.connect(office.place.folder / "loaded" / "cctns.sqlite") as db:
        return sorted(str(n) for (n,) in db.execute("SELECT fir_no FROM iif1"))


def asked(place, **how):
    with Ledger(place.ledger) as ledger:
        return [
            (stored.record.id, item.id)
            for stored, item in list_asked_fields(ledger, build_run_context(place, ledger), **how).items
        ]


def same_kept_or_not(office):
    """What is kept of each volume asks the same as all records do, and volumes by themselves the same as all together."""
    kept = asked(office.place, keeps=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.workspace.ledger.part_cache.PartCache.find", lambda *_: "")
        assert kept and asked(office.place) == kept
    each = [asked(office.place, volume=number) for number in (1, 2)]
    assert [len(own) > 0 for own in each] == [True, True] and sorted(kept) == sorted(each[0] + each[1])


def test_from_nothing_to_what_passes_and_back(office, digitize, tmp_path):
    """One way through, in its order: each step stands on the one before."""
    # Nothing passes. Whole pages are asked, of both volumes and in no order of theirs, without what was read.
    everything = office.sheet(wanted=SheetChoice(everything=True))[0].items
    made, rows = office.sheet()
    assert made.blind > 0 and made.deferred > 0 and everything == made.items + made.deferred
    same_kept_or_not(office)
    few = SheetChoice(volume="a", field="FIR number (1)", limit=3, pages=True)
    of_a = office.sheet(path=tmp_path / "few.xlsx", wanted=few)[1]
    assert len(of_a) == 3 and all(r["path"] == "fir_no" and r["record"].startswith("wb-test-0001") for r in of_a)
    with pytest.raises(NotFound, match="known: a, b"):
        office.sheet(wanted=SheetChoice(volume="c"))
    asked = list(dict.fromkeys(row["place"].partition("/")[0] for row in rows if row["why"] == "measured"))
    assert len(asked) == 10 and {p[:12] for p in asked} == {"wb-test-0001", "wb-test-0002"} and asked != sorted(asked)
    blind = [row for row in rows if row["why"] == "measured"]
    assert {(r["reading"], r["value"], r["candidates"], r["sure"]) for r in blind} == {(None, None, None, None)}

    # Who agrees to what was not shown has said nothing.
    told = office.answer(blind[:1], verdict="ok")
    assert told.accepted == 0 and "no reading" in told.conflicts[0][1]

    # A few answers open nothing; all of them do. What was not asked passes, and is loaded.
    assert office.answer(blind[:12]).said == []
    said = office.answer(office.sheet()[1]).said
    assert any("values pass from 0.999" in line for line in said)
    assert office.run().totals.loaded == 12 and len(loaded(office)) == 12
    shown = digitize.json("status", office.place.folder)["calibration"]
    year = next(m for m in shown if m["field"] == "year")
    assert (year["state"], year["threshold"], year["passing"]) == ("passes", 0.999, 1.0)
    assert "Values that pass without review" in digitize("status", office.place.folder)

    # A share of what passed is asked, blind, again and again the same, until it is answered.
    made, rows = office.sheet()
    assert 0 < made.items == made.blind < 2 * 6 + 9
    same_kept_or_not(office)
    assert office.sheet()[1] == rows
    assert office.answer(rows).accepted == len(rows)
    assert office.run().totals.loaded == 12 and office.sheet()[0].items == 0
    assert list(Ledger(office.place.ledger).changes()) == []


def test_what_turns_out_wrong_is_asked_again_and_loaded_once_more(office, digitize):
    """A third volume, whose numbers are misread and look as sure as all others."""
    office.take_in(digitize, "c", wrong=("fir_no",))
    assert office.run().totals.loaded == 12 + 6 and "500" not in loaded(office)
    made, rows = office.sheet()
    told = office.answer(rows)
    assert any("fir_no: closed for the volume wb-test-0003" in line for line in told.said)
    # What had passed there is asked; the records are out of the target until then, and nothing is lost.
    settled = {row["record"] for row in rows if row["path"] == "fir_no"}
    report = office.run()
    assert report.totals.loaded == 12 + len(settled) and report.totals.in_review == 6 - len(settled)
    assert sum(r.withdrawn for r in report.receipts) == 6 - len(settled)
    with Ledger(office.place.ledger) as ledger:
        assert thresholds_in(ledger).fields[FORM, "fir_no"].books == ("wb-test-0003",)
    # Answered, each is there once, with the number that stands on the paper.
    office.answer(office.sheet()[1])
    assert office.run().totals.loaded == 18
    assert loaded(office) == sorted(said["fir_no"] for said in office.truth.values())
    assert list(Ledger(office.place.ledger).changes()) == []


def test_what_other_weights_read_is_measured_by_the_answers_of_before(office):
    """Weights that a page was taught to show nothing on it; on the others earlier answers count at once."""
    pages = sorted(office.truth)
    taught = {"parent": "package", "learned": tuple(pages[:3])}
    own = keep_weights(office.place, b"weights", taught)
    assert learned_pages(office.place, own.name) == {*pages[:3]}
    with Ledger(office.place.ledger) as ledger:
        before = thresholds_in(ledger).fields[FORM, "year"]
        ledger.record_event("wb-test", "weights", "note", detail={"use": own.name})
        # Until a page was read with them, nothing is known of them.
        measure_place(ledger, office.place)
        assert thresholds_in(ledger).fields[FORM, "year"].threshold is None
        for page in pages:
            keep(ledger, page, office.readings[page], key="2")
    assert office.run().totals.loaded == 18
    with Ledger(office.place.ledger) as ledger:
        after = thresholds_in(ledger).fields[FORM, "year"]
    assert (after.threshold, after.by) == (0.999, "together") and 0 < after.answers < before.answers


@pytest.mark.parametrize("capture", ["", 'profile = "core"'])
def test_a_run_begins_to_measure_by_itself_and_leads_to_what_passes(mappings, digitize, samples, tmp_path, capture):
    office = open_office(digitize, samples, tmp_path, capture=capture)
    digitize("run", office.place.folder, "--only", "map,check")
    made, rows = office.sheet()
    # All that is read surely is asked without its reading; nothing waits, and what is doubtful is shown as ever.
    assert made.deferred == 0 and made.blind == len([r for r in rows if r["why"] == "measured"]) > 0
    same_kept_or_not(office)
    blind = [row for row in rows if row["why"] == "measured"]
    assert {row["reading"] for row in blind} == {None}
    assert office.answer(blind[:1], verdict="ok").accepted == 0
    told = digitize("calibrate", office.place.folder)
    assert "No answers yet" in told and "Next: digitize review serve" in told
    assert office.answer(blind[:12]).said == []
    assert "values pass after some" in digitize("calibrate", office.place.folder)
    said = office.answer(office.sheet()[1]).said
    assert any("values pass from" in line for line in said)
    with Ledger(office.place.ledger) as ledger:
        found = thresholds_in(ledger)
    # Sections too, though of what the profile leaves out nothing is captured.
    assert not found.asks_whole and {name for (_, name), m in found.fields.items() if m.threshold} >= {
        "fir_no",
        "statutes",
    }
    loaded_now = office.run().totals.loaded
    if capture:
        return
    assert loaded_now == 12
    # A new volume: of its first pages and of some others values that passed are asked blind.
    office.take_in(digitize, "c")
    assert office.run().totals.loaded == 18
    made, rows = office.sheet()
    assert 0 < made.items == made.blind < 6 * 3


def test_who_wants_none_of_it_is_asked_with_the_readings(mappings, digitize, samples, tmp_path):
    office = open_office(digitize, samples, tmp_path)
    settings = office.place.folder / "digitize.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[calibrate]\n", "[calibrate]\nby_itself = false\n"), encoding="utf-8")
    office.place = open_place(office.place.folder)
    office.run()
    assert office.sheet()[0].blind == 0
    digitize("calibrate", office.place.folder, "--whole")
    with Ledger(office.place.ledger) as ledger:
        assert thresholds_in(ledger).asks_whole


def test_offices_of_one_state_prove_together(mappings, digitize, samples, tmp_path):
    first = open_office(digitize, samples, tmp_path / "one", site="one")
    first.run()
    first.answer(first.sheet()[1])
    file = tmp_path / "one.json"
    assert "no values" in digitize("calibrate", first.place.folder, "--give", file)
    said = json.loads(file.read_text(encoding="utf-8"))
    assert said["answers"] and all("book" not in answer for answer in said["answers"])
    assert not any(text in file.read_text(encoding="utf-8") for text in first.zones.values() if len(text) > 5)
    with Ledger(first.place.ledger) as ledger, pytest.raises(InputError, match="of this office itself"):
        take_answers(ledger, "wb", "wb-one", file)
    second = open_office(digitize, samples, tmp_path / "two", site="two")
    second.run()
    assert "answers of the office wb-one taken in" in digitize("calibrate", second.place.folder, "--take", file)
    rows = second.sheet()[1]
    # Not before there are some answers of its own that say whether it is like the other one.
    with Ledger(second.place.ledger) as ledger:
        assert not thresholds_in(ledger).passes_any(FORM)
    assert any("values pass from" in line for line in second.answer(rows[:12]).said)
    for text, why in ((json.dumps({**said, "state": "mh"}), "only offices of one state"), ("[]", "no file of blind")):
        file.write_text(text, encoding="utf-8")
        with Ledger(second.place.ledger) as ledger, pytest.raises(InputError, match=why):
            take_answers(ledger, "wb", "wb-two", file)
