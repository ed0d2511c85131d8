"""One workspace brought up to date by every caller of a run, with people's work and changes in between, and compared.

Pages are planted (`planted_pages`), so that a whole history takes seconds; tables and systems are read as they are. Used
by tests and by `benchmarks/callers.py`.
"""

import json
import shutil
import sqlite3
import threading
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from PIL import Image
from planted_pages import form_page, number_of, register_page, seen

from digitize.learning.watch import NightWatch
from digitize.machine.progress import Silent
from digitize.review.answering import GivenAnswer, Reply, as_decision, check_answers, find_problem, keep_answer
from digitize.review.askable import find_askable
from digitize.review.asked_fields import list_asked_fields, note_asked_records
from digitize.steps.run import STEPS, RunOptions, run_workspace
from digitize.steps.worker import LotWorker
from digitize.workspace.calibration.sampling import Draw
from digitize.workspace.calibration.threshold_store import begin_measuring, thresholds_in
from digitize.workspace.intake import DeliveryAnswer, take_in
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.records import Records
from digitize.workspace.measuring import measure_place
from digitize.workspace.own_weights import keep_weights, use_weights
from digitize.workspace.place import create, open_place
from digitize.workspace.run_context import build_run_context
from ocr.forms.expected import AS_METADATA
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain

SAMPLES = Path(__file__).parent.parent / "sample_data"
SITE = "test"
FORM = "wbp_27_a1"
OPERATOR = "Namuna"


def _run(place, *steps):
    return run_workspace(place, RunOptions(steps or STEPS), Silent())


def by_steps(place):
    for step in STEPS:
        _run(place, step)


def by_worker(place):
    LotWorker(lambda: (open_place(place.folder), None), Silent(), size=4).go_on(lambda: True)
    _run(place, "load")


def by_two_workers(place):
    """Two at once. Whoever is done first looks again until the other is, as with --stay."""
    failed, left = [], threading.Barrier(2)

    def work():
        try:
            worker = LotWorker(lambda: (open_place(place.folder), None), Silent(), size=2)
            worker.go_on(lambda: True)
            left.wait()
            worker.go_on(lambda: True)
        except BaseException as e:
            failed.append(e)
            left.abort()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    _run(place, "load")


def by_watch(place):
    NightWatch(place.folder, {}, Silent()).go_on(0, lambda _: True)


CALLERS = {
    "run": _run, "run --only, in turn": by_steps, "worker, run --only load": by_worker,
    "two workers, run --only load": by_two_workers, "watch --once": by_watch,
}  # fmt: skip
"""What brings a workspace up to date; with the first the others are compared."""


@dataclass
class History:
    """A workspace as it was taken in, and what happens to it, one after the other.

    make: (folder) -> the workspace. changes: name -> what is done to a workspace that is up to date. pages: shade of a
    picture -> what its page says, as `PlantedReader` takes it.
    """

    make: object
    changes: dict
    pages: dict = field(default_factory=dict)


class PlantedReader:
    """Takes the place of the workers that read pages."""

    def __init__(self, pages):
        self.pages = pages

    def run_jobs(self, work, jobs, workers, crashed, limit_s):
        # Not a for loop: jobs that run dry fill again while results are taken in.
        waiting = iter(jobs)
        while (job := next(waiting, None)) is not None:
            yield job, self.work(job)

    def work(self, job):
        given = self.pages[number_of(job.path)]
        if isinstance(given, Recognition):
            return register_page(job, given)
        found = {name: self._decide(job, name, text, n) for n, (name, text) in enumerate(given.items(), 1)}
        reading = Reading(form=FORM, family="wbp_27", zones=found)
        return form_page(job.page, Recognition(FORM, 400, 400), reading_to_plain(reading))

    @staticmethod
    def _decide(job, zone, text, n):
        """A text that ends in "?" is doubtful, unless the volume says the same."""
        said = text.removesuffix("?")
        is_told = job.metadata.get(zone) == said
        sure = 0.999 if is_told or said == text else 0.4
        notes = (AS_METADATA,) if is_told else ()
        return Decided(zone, said, said, sure, Box(9, 9 * n, 300, 9 * n + 8), notes=notes, blank=not said)


@contextmanager
def planted(pages):
    """Pages are read by what is planted, and no engine is needed."""
    with ExitStack() as stack:
        reader = PlantedReader(pages)
        stack.enter_context(mock.patch("digitize.steps.read.run_jobs", reader.run_jobs))
        stack.enter_context(mock.patch("digitize.workspace.run_context.RunContext.require_engine", lambda _: None))
        # Which pages are drawn differs from workspace to workspace, and with it what a few answers can prove.
        stack.enter_context(
            mock.patch("digitize.review.asked_fields.draw_of", lambda _, share: Draw(b"the same", share))
        )
        yield


@dataclass
class Comparison:
    """states: name -> what came of the workspace by the first caller. differing: caller -> state -> in what it differs."""

    states: dict = field(default_factory=dict)
    differing: dict = field(default_factory=dict)

    def loaded(self):
        """State -> (records loaded, questions open) by the first caller."""
        return {n: (sum(v[2] for v in s["verdicts"].values()), len(s["questions"])) for n, s in self.states.items()}


def compare_callers(history, folder, callers=None):
    """A history by each of these callers, in copies of one workspace."""
    made = Comparison()
    with planted(history.pages):
        history.make(folder / "start")
        for name in callers or CALLERS:
            own = folder / f"by-{len(made.differing)}"
            shutil.copytree(folder / "start", own, symlinks=True)
            states = dict(_states(history, open_place(own), CALLERS[name]))
            made.states = made.states or states
            found = {at: differences(made.states[at], state) for at, state in states.items()}
            made.differing[name] = {at: difference for at, difference in found.items() if difference}
            shutil.rmtree(own)
    return made


def _states(history, place, bring_up_to_date):
    for name, change in {"taken in": lambda _: None, **history.changes}.items():
        change(place)
        place = open_place(place.folder)
        bring_up_to_date(place)
        yield name, outcome(place)
    with Ledger(place.ledger) as ledger:
        assert ledger.verify() and not [c for c in ledger.changes() if not c.is_remark]


def outcome(place):
    """What came of a workspace: verdicts, target, open questions, thresholds, and what is noted of a run."""
    with Ledger(place.ledger) as ledger:
        rows = ledger.rows("SELECT record, verdict, open, loaded FROM records ORDER BY record")
        known = build_run_context(place, ledger)
        answers = [d for r in rows for d in Records(ledger).decisions(r["record"])]
        events = ledger.rows(
            "SELECT step, COUNT(*) AS n FROM events WHERE step IN ('models', 'settings') GROUP BY step"
        )
        return {
            "verdicts": {r["record"]: (r["verdict"], r["open"], bool(r["loaded"])) for r in rows},
            "target": target_rows(place),
            "questions": sorted(item.id for _, item in list_asked_fields(ledger, known).items),
            "answers": len(answers),
            "thresholds": repr(sorted(thresholds_in(ledger).fields.items())),
            "notes": {r["step"]: r["n"] for r in events},
            "books": [
                (r["unit"], r["detail"]) for r in ledger.rows("SELECT unit, detail FROM state WHERE step = 'book'")
            ],
        }


_BOOKKEEPING = {"at", "load", "load_id", "loaded_at", "time", "receipt", "seq", "id", "delivery"}


def target_rows(place):
    """Table -> the rows of records, without when and by which load they came."""
    path = place.folder / "loaded" / "cctns.sqlite"
    if not path.is_file():
        return {}
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        names = [
            r[0]
            for r in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            )
        ]
        found = {}
        for name in names:
            rows = [dict(r) for r in db.execute(f'SELECT * FROM "{name}"')]
            if rows and "record_id" in rows[0]:
                kept = ({k: v for k, v in r.items() if k not in _BOOKKEEPING} for r in rows)
                found[name] = sorted(json.dumps(r, sort_keys=True, default=str) for r in kept)
    return found


def differences(wanted, found):
    """What of an outcome is not the same: name -> in how many entries, as far as it has entries."""
    named = {}
    for name, value in wanted.items():
        other = found[name]
        if value == other:
            continue
        if isinstance(value, dict):
            named[name] = sum(value.get(k) != other.get(k) for k in value.keys() | other.keys())
        elif isinstance(value, list):
            named[name] = len(set(map(str, value)) ^ set(map(str, other)))
        else:
            named[name] = f"{value} and {other}" if isinstance(value, int) else "differ"
    return named


def answer_open(place, truth, most=None):
    """Answer what is asked, as a person would. truth: item -> what stands there, None for "I leave this one"."""
    with Ledger(place.ledger) as ledger, ledger.writing():
        known = build_run_context(place, ledger)
        asking = list_asked_fields(ledger, known)
        note_asked_records(ledger, SITE, asking.whole)
        items = [item for _, item in asking.items if truth(item) is not None][:most]
        questions = find_askable(ledger, known, {i.id for i in items}, [i.record for i in items])
        count = 0
        for item in items:
            text = truth(item)
            reply = Reply(text, "" if text else "blank", OPERATOR, is_sure=bool(text))
            question = questions.get(item.id)
            if question is None or find_problem(reply, question):
                continue
            given = GivenAnswer(as_decision(reply, question), question.is_measured, is_sure=True)
            (checked,), _ = check_answers(ledger, known, item.record, [given], with_rules=False)
            if checked.is_good:
                keep_answer(ledger, checked.decision, checked.measured)
                count += 1
        measure_place(ledger, place)
    return count


def _pages_of(place):
    with Ledger(place.ledger) as ledger:
        return {scan.page for scan in Catalogue(ledger).scans()}


def paint(folder, shades):
    """A picture for each of these shades."""
    folder.mkdir(parents=True)
    for n, shade in enumerate(shades, 1):
        Image.new("L", (400, 400), shade).save(folder / f"p{n}.png")
    return folder


def take(place, *paths, said=None, **metadata):
    return take_in(place, list(paths), Metadata(**metadata), said=said or DeliveryAnswer())


def set_option(place, line):
    """Put a line into digitize.toml. line: "[section] name = value"."""
    section, _, setting = line.partition(" ")
    path = place.folder / "digitize.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{section}\n", f"{section}\n{setting}\n", 1), encoding="utf-8")


def replaced(name):
    return DeliveryAnswer(replaces=(name,), operator=OPERATOR, reason="scanned better")


def forms():
    """Printed forms in two volumes, measured from nothing: answers open thresholds, other weights close them."""
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = next(g["zones"] for g in map(json.loads, lines) if g["form"] == "wbp_27")
    base = {name: gold[name] for name in ("district", "police_station", "year", "fir_no", "fir_date", "statutes")}
    pages = {10 + n: {**base, "fir_no": str(100 + n)} for n in range(16)}
    # Doubtful in what the others of its volume agree on.
    pages[16] = {**pages[16], "year": f"{base['year']}?"}
    texts = {number: own for number, own in ((p["fir_no"], p) for p in pages.values())}
    # Scanned once more: the same paper, one zone read otherwise.
    pages[110] = {**pages[10], "statutes": f"{base['statutes']}, 34"}

    def make(folder):
        place = create("wb", folder, SITE)
        shutil.copy(SAMPLES / "stations.csv", folder / "lists" / "stations.csv")
        set_option(
            place, "[calibrate] right = 0.9\ncertainty = 0.9\nfirst_pages = 4\npages_at_once = 10\naudit_share = 0.2"
        )
        place = open_place(folder)
        take_volume(place, "a", range(10, 17))
        take_volume(place, "b", range(17, 22))
        with Ledger(place.ledger) as ledger:
            begin_measuring(ledger, SITE)
        return place

    def take_volume(place, name, shades):
        path = paint(place.folder.parent / f"{place.folder.name}-{name}", shades)
        take(place, path, volume=name, language="en", district=base["district"], station=base["police_station"])

    def truth(place):
        with Ledger(place.ledger) as ledger:
            own = {s.record.id: s.record for s in Records(ledger).all()}

        def said(item):
            record = own.get(item.record)
            number = record.fields["fir_no"].raw if record and "fir_no" in record.fields else ""
            return texts.get(number, {}).get(item.cell.rpartition("/")[2], "").removesuffix("?")

        return said

    def use_other_weights(place, learned):
        own = keep_weights(place, f"weights {len(learned)}".encode(), {"parent": "package", "learned": tuple(learned)})
        with Ledger(place.ledger) as ledger:
            use_weights(ledger, place, own.name)

    def scan_again(place):
        path = paint(place.folder.parent / f"{place.folder.name}-again", [110]) / "p1.png"
        take(place, path, said=replaced("wb-test-0001-0001"))

    return History(
        make,
        {
            "answers": lambda p: answer_open(p, truth(p)),
            "all answers": lambda p: answer_open(p, truth(p)),
            "a volume more": lambda p: take_volume(p, "c", range(22, 26)),
            "weights taught on these pages": lambda p: use_other_weights(p, sorted(_pages_of(p))),
            "weights that never saw them": lambda p: use_other_weights(p, []),
            "scanned again": scan_again,
            "another list": lambda p: (p.folder / "lists" / "stations.csv").write_text(
                (SAMPLES / "stations.csv").read_text(encoding="utf-8") + "Misalpur,Nadia,,\n", encoding="utf-8"
            ),
        },
        pages,
    )


def registers():
    """A general diary of three pages: ditto marks, a row that runs over, one struck out; a page is scanned again."""
    rows = [
        [("1", "10:20", "Theft", "Cash in a tin box", "A.S.I. Misaldas", "Enquiry"),
         ("2", "11:00", "Petition", "About a path", '"', "Filed"),
         ("3", "11:40", "Patrol", "Left for the", "S.I. Namunalal", "")],
        [("+", "", "", "market", "", ""),
         ("4", "12:10", "Return", "Came back", '"', "None"),
         ("~5", "~12:20", "~Wrong", "~entry", None, None),
         ("6", "12:30", "Petition", "About a well", '"', "Filed")],
        [("7", "13:00", "Visit", "Inspection", '"', "None")],
    ]  # fmt: skip
    pages = {10 + n: seen(own) for n, own in enumerate(rows)}
    pages[110] = seen([rows[0][0], ("2", "11:00", "Petition", "About two paths", '"', "Filed"), rows[0][2]])

    def make(folder):
        place = create("wb", folder, SITE)
        with (folder / "lists" / "stations.csv").open("a", encoding="utf-8") as f:
            f.write("Misalpur,Nadia,,\n")
        paint(folder.parent / "scans", range(10, 13))
        told = {"station": "Misalpur", "district": "Nadia", "year": "2019", "language": "en"}
        take(place, folder.parent / "scans", **told)
        return place

    def scan_again(place):
        path = paint(place.folder.parent / f"{place.folder.name}-again", [110]) / "p1.png"
        take(place, path, said=replaced("wb-test-0001-0001"))

    def calibrate(place):
        cut = "format = 1\n[form.reg_gd]\naccept = 0.5\ncalibrated = true\n"
        (place.folder / "calibration.toml").write_text(cut, encoding="utf-8")

    return History(
        make,
        {
            "answers": lambda p: answer_open(p, lambda item: item.reading or item.value),
            "scanned again": scan_again,
            "a threshold": calibrate,
        },
        pages,
    )


def table():
    """An old table: some cells are settled, it is delivered once more, and a rule is made stricter."""

    def make(folder):
        place = create("wb", folder, SITE)
        shutil.copy(SAMPLES / "legacy" / "stations.csv", folder / "lists" / "stations.csv")
        take(place, SAMPLES / "legacy" / "FIRMAST.DBF")
        return place

    def deliver_again(place):
        """Without its last row."""
        data = bytearray((SAMPLES / "legacy" / "FIRMAST.DBF").read_bytes())
        count = int.from_bytes(data[4:8], "little")
        size = int.from_bytes(data[10:12], "little")
        newer = data[:4] + (count - 1).to_bytes(4, "little") + data[8 : -1 - size] + b"\x1a"
        folder = place.folder.parent / f"{place.folder.name}-again"
        folder.mkdir()
        (folder / "FIRMAST.DBF").write_bytes(bytes(newer))
        shutil.copy(SAMPLES / "legacy" / "FIRMAST.DBT", folder / "FIRMAST.DBT")
        take(place, folder / "FIRMAST.DBF", said=replaced("firmast.dbf"))

    return History(
        make,
        {
            "answers": lambda p: answer_open(p, lambda _: "28.02.1998"),
            "delivered again": deliver_again,
            "a stricter rule": lambda p: set_option(p, '[severity] L016 = "review"\nR003 = "reject"'),
        },
    )


def system():
    """An old system of several tables."""

    def make(folder):
        place = create("rj", folder, SITE)
        for path in sorted((SAMPLES / "systems" / "rj_thana_foxpro").glob("*.toml")):
            shutil.copy(path, folder / "mappings" / path.name)
        take(place, SAMPLES / "systems" / "rj_thana_foxpro" / "golden" / "source")
        return place

    return History(
        make,
        {
            "answers": lambda p: answer_open(p, lambda item: item.value or "Namuna", 10),
            "a milder rule": lambda p: set_option(p, '[severity] F001 = "note"'),
        },
    )


HISTORIES = {"forms": forms, "registers": registers, "table": table, "system": system}
