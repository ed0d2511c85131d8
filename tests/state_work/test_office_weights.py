"""An office's own weights: what is learned from, how a value may stand, when they are taken, and that answers stay."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from digitize.errors import InputError, MachineLacks
from digitize.learning import comparison, turns
from digitize.learning import learn as learning
from digitize.learning.accepted import accepted_pages
from digitize.learning.crops import Chosen, CropJob
from digitize.learning.judge import is_same, judge
from digitize.learning.networks import NETWORKS, taught_by
from digitize.learning.progress_files import drop_unlikely, read_crops, write_crops
from digitize.learning.spellings import SettledValue, spellings
from digitize.machine.progress import Silent
from digitize.machine.work_keys import work_key
from digitize.reading.job import PageDone, PageReading
from digitize.steps.other_readings import as_read_today
from digitize.steps.read_keys import DECIDE, RECOGNISE, recognise_key
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.chosen_weights import PACKAGE, find_chosen, list_choices
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.own_weights import keep_weights, list_weights, path_of, require_whole, use_weights, used_weights
from digitize.workspace.place import create
from ocr.forms.settings import ReadSettings, handwriting_engine
from ocr.forms.zones import load_models
from ocr.languages.lexicon import Lexicon
from ocr.learning import teach
from ocr.learning.strips import TextStrip
from ocr.learning.teach import Course
from ocr.page import Box, Decided, Reading
from ocr.plain import reading_to_plain

STATIONS = Lexicon("station", (("Electronics Complex", ("EC",)), ("Old Harbour", ())), beside=("PS",))
FACTS = {"parent": PACKAGE, "pages": 30, "values": 90, "held": 40, "before": 20, "after": 31, "better": 12, "worse": 1}
HERE = Box(0, 0, 9, 9)
SCAN = PageScan("wb-t-0001-0001", "aa" * 32, 0, "wb-t-b0001", 1, 1, language="en")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return create("wb", tmp_path_factory.mktemp("own") / "ws")


@pytest.fixture
def ledger(place, tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    ("kind", "value", "lines", "some"),
    [
        ("year", "2018", 1, {("2018",), ("18",)}),
        ("digits", "33", 1, {("33",), ("033",), ("33/18",), ("033/2018",)}),
        ("date", "3.5.2018", 1, {("03/05/2018",), ("3.5.18",), ("3-5-2018",)}),
        ("date", "2018-05-03", 1, {("03.05.18",)}),
        ("time", "18:30", 1, {("18.30 hrs",), ("18:30",)}),
        ("sections", "498A/406 IPC", 2, {("498A/406", ""), ("498(A)/", "406"), ("IPC", "498A/406"), ("", "498A/406 IPC")}),
        ("sections", "420 IPC & 3 Arms Act", 2, {("420 IPC", "3 Arms Act"), ("420 IPC & 3 Arms Act", "")}),
        ("sections", "341/323 IPC", 1, {("341/323",), ("341/323 IPC",)}),
        ("line", "near the bridge", 1, {("near the bridge",)}),
    ],
)  # fmt: skip
def test_values_stand_on_paper_in_several_ways(kind, value, lines, some):
    made = spellings(SettledValue(kind, value, "2018"), lines)
    assert some <= set(made) and len(made) == len(set(made))
    assert all(len(one) == lines for one in made)


def test_an_entry_of_a_list_stands_by_any_of_its_spellings_and_with_what_is_printed_beside():
    made = spellings(SettledValue("line", "electronics complex", lexicon=STATIONS), 1)
    assert {("EC",), ("EC PS",), ("ELECTRONICS COMPLEX",), ("Electronics Complex PS",)} <= set(made)
    assert spellings(SettledValue("line", "कल्पना"), 1) == []


@pytest.mark.parametrize(
    ("kind", "settled", "read", "lexicon", "same"),
    [
        ("line", "EC", "Electronics Complex", STATIONS, True),
        ("line", "EC", "Old Harbour", STATIONS, False),
        ("sections", "498(A)/406 IPC", "IPC 406/498A", None, True),
        ("sections", "341/323 IPC", "341/325 IPC", None, False),
        ("digits", "033/18", "33", None, True),
        ("digits", "33", "", None, False),
        ("year", "2018", "2013", None, False),
        ("date", "03/05/2018", "3.5.18", None, True),
        ("time", "18:30", "18.30 hrs", None, True),
        ("line", "Near the Bridge", "near the bridge", None, True),
    ],
)
def test_what_is_read_is_compared_as_it_is_meant(kind, settled, read, lexicon, same):
    assert is_same(kind, settled, read, lexicon) is same


def test_weights_are_taken_only_where_chance_would_hardly_say_as_much():
    some = [(True, True)] * 30 + [(False, False)] * 5
    assert not judge(some).is_better and judge(some).chance == 1
    assert not judge([*some, *[(False, True)] * 3]).is_better  # one of eight
    assert judge([*some, *[(False, True)] * 4]).is_better  # one of sixteen
    five = judge([*some, *[(False, True)] * 5])
    assert five.is_better and five.chance == pytest.approx(1 / 32)
    assert (five.before, five.after, five.held) == (30, 35, 40)
    assert not judge([*some, *[(False, True)] * 9, *[(True, False)] * 5]).is_better
    assert not judge([(True, False)] * 9).is_better


def test_no_zone_in_which_persons_are_named_is_learned_unless_the_office_says_so():
    form = load_models().forms["wbp_27_a1"]
    learned = {z.id for z in form.zones if taught_by(z, form, names=False)}
    assert {"police_station", "year", "fir_no", "statutes"} <= learned
    more = {z.id for z in form.zones if taught_by(z, form, names=True)}
    assert "complainant_name" in more - learned
    assert all(
        form.zone(z).list or form.zone(z).kind in ("year", "digits", "date", "time", "sections") for z in learned
    )
    hindi = load_models().forms["iif1_hi"]
    told = {z.id: taught_by(z, hindi, names=True) for z in hindi.zones}
    assert (told["police_station"], told["year"], told["fir_no"]) == ("words", "digits", "digits")
    assert not any(told[z.id] for z in hindi.zones if z.kind in ("line", "block") and z.list is None)


def test_weights_are_chosen_in_the_ledger_and_their_file_must_be_the_chosen_one(place, ledger):
    assert (find_chosen(ledger), used_weights(ledger, place), list_choices(ledger)) == (PACKAGE, (), [{}])
    own = keep_weights(place, b"weights", FACTS)
    assert own in list_weights(place) and "20 right before, 31 after" in own.line()
    assert use_weights(ledger, place, own.name, {"why": "learn"}) and not use_weights(ledger, place, own.name)
    assert used_weights(ledger, place) == (("fields", path_of(place, own.name)),)
    require_whole(path_of(place, own.name))
    assert list_choices(ledger) == [{}, {"fields": own.name}]
    with pytest.raises(InputError, match="has no weights"):
        use_weights(ledger, place, "own-none")
    path_of(place, own.name).write_bytes(b"others")
    with pytest.raises(MachineLacks, match="damaged"):
        require_whole(path_of(place, own.name))
    path_of(place, own.name).unlink()
    with pytest.raises(MachineLacks, match="models use"):
        require_whole(path_of(place, own.name))
    assert use_weights(ledger, place, PACKAGE) and used_weights(ledger, place) == ()


def known_with(place, *weights):
    settings = ReadSettings(languages=("en",), handwriting_engine="auto", weights=tuple(("fields", w) for w in weights))
    return SimpleNamespace(
        place=place,
        weights=settings.weights,
        read_settings=lambda language: settings,
        read_key=lambda language: settings.key(),
        forms=load_models().forms,
    )


def test_pages_keep_their_key_without_own_weights_and_only_known_forms_have_another_with_them(place):
    plain, own = known_with(place), known_with(place, Path("/somewhere/own-1234.onnx"))
    settings = plain.read_settings("")
    before = work_key(RECOGNISE, SCAN.sha256, "0", settings.key(), settings.form_key("wbp_27_a1"))
    assert recognise_key(plain, SCAN, "wbp_27_a1") == before != recognise_key(own, SCAN, "wbp_27_a1")
    assert recognise_key(plain, SCAN, None) == recognise_key(own, SCAN, None)
    elsewhere = known_with(place, Path("/another/own-1234.onnx"))
    assert recognise_key(own, SCAN, "wbp_27_a1") == recognise_key(elsewhere, SCAN, "wbp_27_a1")
    assert handwriting_engine(own.read_settings("")) == "fields:/somewhere/own-1234.onnx"
    none = replace(settings, handwriting_engine="none")
    assert replace(none, weights=(("fields", Path("/x/own-1.onnx")),)).weights_key("wbp_27_a1") == ""


def read_as(ledger, known, raw, key, box=HERE):
    """A page read with one zone saying raw, under a key of recognising."""
    reading = Reading("wbp_27_a1", "wbp_27", {"year": Decided("year", raw, raw, 0.5, box)})
    ledger.finish(SCAN.page, RECOGNISE, key, {}, {"form": "wbp_27_a1"})
    ledger.finish(SCAN.page, DECIDE, f"d{key}", reading_to_plain(reading), {"form": "wbp_27_a1"})
    return {SCAN.page: reading}


def settled(reading):
    cell = f"zone:{SCAN.page}/year"
    return {cell: Decision(f"{SCAN.page}-r1", cell, reading, f"{SCAN.sha256}:0", "iif1", "value", "2018", "A")}


def test_an_answer_holds_when_its_place_is_read_otherwise_and_not_where_the_zone_lies_elsewhere(place, ledger):
    plain = known_with(place)
    readings = read_as(ledger, plain, "2013", recognise_key(plain, SCAN, "wbp_27_a1"))
    answers = settled("2013")
    assert as_read_today(ledger, [SCAN], readings, answers) == answers
    own_file = keep_weights(place, b"others again", FACTS)
    use_weights(ledger, place, own_file.name)
    own = known_with(place, path_of(place, own_file.name))
    readings = read_as(ledger, own, "2018", recognise_key(own, SCAN, "wbp_27_a1"))
    (held,) = as_read_today(ledger, [SCAN], readings, answers).values()
    assert (held.reading, held.value) == ("2018", "2018")
    # Read so by neither: what it was said of is not known any more.
    assert as_read_today(ledger, [SCAN], readings, settled("2015")) == settled("2015")
    # Read under another form or other settings, in the same place; and where the zone lay elsewhere.
    read_as(ledger, own, "2012", "another-key")
    (held,) = as_read_today(ledger, [SCAN], readings, settled("2012")).values()
    assert held.reading == "2018"
    read_as(ledger, own, "2011", "a-third", Box(0, 6, 9, 15))
    assert as_read_today(ledger, [SCAN], readings, settled("2011")) == settled("2011")


def test_settled_values_of_today_s_scan_are_learned_from_the_oldest_first(place, ledger):
    known = known_with(place)
    Catalogue(ledger).insert_batch(Batch(SCAN.batch, "book", "2026-11-28"))
    scans = [replace(SCAN, page=f"wb-t-0001-000{n}", number=n) for n in (1, 2)]
    for n, scan in zip((2, 1), scans, strict=True):
        Catalogue(ledger).insert_scan(scan)
        ledger.finish(scan.page, DECIDE, "k", {}, {"form": "wbp_27_a1"})
        for zone, source in (("year", f"{scan.sha256}:0"), ("fir_no", "of another scan"), ("complainant_name", f"{scan.sha256}:0")):  # fmt: skip
            cell = f"zone:{scan.page}/{zone}"
            decision = Decision(f"{scan.page}-r1", cell, "x", source, "iif1", "value", "2018", "A")
            Records(ledger).insert_decision(decision, f"2026-11-0{n}")
    first, second = accepted_pages(ledger, known, "fields", names=False)
    assert (first.scan.page, second.scan.page) == (scans[1].page, scans[0].page)
    assert first.values == (("year", "2018"),)
    named, _ = accepted_pages(ledger, known, "fields", names=True)
    assert dict(named.values).keys() == {"year", "complainant_name"}


def test_crops_are_kept_whole_and_the_least_likely_of_a_kind_are_left_out(tmp_path):
    image = np.arange(60, dtype=np.uint8).reshape(6, 10)
    found = tuple(Chosen(TextStrip(image + n, f"{n}", ((0.0, 1.0, 1.0),), "year"), float(n)) for n in range(20))
    write_crops(tmp_path / "page.npz", found)
    again = read_crops(tmp_path / "page.npz")
    assert [(c.sample.text, c.loss) for c in again] == [(c.sample.text, c.loss) for c in found]
    assert (again[3].sample.image == image + 3).all() and again[3].sample.passes == ((0.0, 1.0, 1.0),)
    assert [s.text for s in drop_unlikely(found)] == [f"{n}" for n in range(18)]


@pytest.fixture
def settled_pages(ledger):
    """Sixteen pages of a form with a settled year, in a ledger."""
    Catalogue(ledger).insert_batch(Batch(SCAN.batch, "book", "2026-11-28"))
    for n in range(16):
        scan = replace(SCAN, page=f"wb-t-0001-{n:04d}", number=n, sha256=f"{n:064x}")
        Catalogue(ledger).insert_source(SourceFile(scan.sha256, scan.batch, f"{n}.png", 1, "image/png", 1, ".png"))
        Catalogue(ledger).insert_scan(scan)
        ledger.finish(scan.page, DECIDE, "k", {}, {"form": "wbp_27_a1"})
        cell = f"zone:{scan.page}/year"
        decision = Decision(f"{scan.page}-r1", cell, "x", f"{scan.sha256}:0", "iif1", "value", "2018", "A")
        Records(ledger).insert_decision(decision, f"2026-11-{n + 1:02d}")
    return ledger


def fake_jobs(read_by_new, cut):
    """Instead of a pool: crops that are noise, and held-back years read as said."""

    def run(work, jobs, *_):
        for job in jobs:
            if isinstance(job, CropJob):
                cut.append(job.page)
                image = np.random.default_rng(len(cut)).integers(0, 255, (60, 100), np.uint8)
                yield job, (Chosen(TextStrip(image, "2018", ((0.0, 1.0, 1.0),), "year"), 1.0),)
            else:
                year = read_by_new if job.settings.weights else "2013"
                zones = {"year": Decided("year", year, year, 0.9, Box(0, 0, 9, 9))}
                reading = reading_to_plain(Reading("wbp_27_a1", "wbp_27", zones))
                yield job, PageDone(job.page, PageReading({}, reading))

    return run


@pytest.mark.parametrize(("read_by_new", "adopted"), [("2018", True), ("2013", False)])
def test_an_office_learns_goes_on_where_it_was_and_takes_what_reads_better(
    place, settled_pages, monkeypatch, read_by_new, adopted
):
    known = known_with(place)
    known.lexica, known.workers = {}, 1
    pages, cut = accepted_pages(settled_pages, known, "fields", names=False), []
    for module in (learning, comparison):
        monkeypatch.setattr(module, "run_jobs", fake_jobs(read_by_new, cut))
    monkeypatch.setattr(turns, "_HELD_SHARE", 0.4)
    monkeypatch.setattr(teach, "_BATCHES", 2)
    work = learning._Work(settled_pages, known, NETWORKS["fields"], pages, Course(steps=2, batch=1), Silent())
    monkeypatch.setattr(work, "_judge_values", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        work.learn()
    monkeypatch.undo()
    for module in (learning, comparison):
        monkeypatch.setattr(module, "run_jobs", fake_jobs(read_by_new, cut))
    monkeypatch.setattr(turns, "_HELD_SHARE", 0.4)
    monkeypatch.setattr(teach, "_BATCHES", 2)
    work = learning._Work(settled_pages, known, NETWORKS["fields"], pages, Course(steps=2, batch=1), Silent())
    found = work.learn()
    # The pages were cut once, the newest not at all. All judge: each was read by weights that were not taught with it.
    assert cut == [p.scan.page for p in pages[:10]]
    assert (found.adopted, found.pages, found.judged.held) == (adopted, 10, 16)
    assert (found.judged.before, found.judged.after) == (0, 16 if adopted else 0)
    assert find_chosen(settled_pages) == (found.weights.name if adopted else PACKAGE)
    assert found.weights in list_weights(place) and found.weights.learned == tuple(cut)
    # Of pictures nothing is kept, until all networks have learned only that this one has.
    left = [p.name for p in (path_of(place, "x").parent / "unfinished").rglob("*") if p.is_file()]
    assert left == ["done"] and work.is_done()
    (event,) = settled_pages.events(place.options.workspace.site_id)[:1]
    assert event.step == "learn" and event.detail["after"] == found.judged.after
    again = learning._Work(
        settled_pages, known_with(place), NETWORKS["fields"], pages, Course(steps=2, batch=1), Silent()
    )
    assert again._seen == (frozenset(cut) if adopted else frozenset())
    assert all("2018" not in line for line in found.lines())


def test_the_commands_say_what_is_missing_and_what_there_is(digitize, place):
    own = keep_weights(place, b"weights for the list", FACTS)
    assert digitize("models", "use", place.folder, "own-none", code=5) == ""
    assert "is used from now on" in digitize("models", "use", place.folder, own.name)
    listed = digitize.json("models", "list", place.folder)["own"]
    assert [(o["used"], o["after"]) for o in listed if o["name"] == own.name] == [(True, 31)]
    assert own.line().startswith(f"{own.name} (English handwriting): 90 values of 30 pages")
    assert f"(fields: {own.name})" in digitize("status", place.folder)
    assert digitize.json("status", place.folder)["own_weights"] == {"fields": own.name}
    assert "already" in digitize("models", "use", place.folder, PACKAGE, "--network", "words")
    assert "is used from now on" in digitize("models", "use", place.folder, PACKAGE)
