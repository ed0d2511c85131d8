"""Packages out and replies in: nothing lost, nothing twice, and what does not fit is shown to a person."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from digitize.errors import InputError, NotFound, OptionsError
from digitize.exchange import export as exporting
from digitize.exchange import receive
from digitize.exchange.books import ExchangeBook
from digitize.exchange.conflicts import LEAST_ALIKE, each_conflict, likeness
from digitize.exchange.exchange_days import SentBefore
from digitize.exchange.export import Sender, export_again, export_package
from digitize.exchange.layout import exchange_layouts, layout_of
from digitize.exchange.lines import schema_bytes
from digitize.exchange.linking import key_of, link_statements, rows_of_firs
from digitize.exchange.manifest import AnsweredPackage
from digitize.exchange.package import open_package
from digitize.exchange.receive import take_package
from digitize.exchange.refusal import PackageRefused
from digitize.exchange.settle import SettlingPerson, said_in_full, settle_conflict
from digitize.exchange.statements import each_statement
from digitize.exchange.status import exchange_status, what_waits
from digitize.machine.sealing import seal, write_key
from digitize.offices.keys import revoke_key
from digitize.targets.open import open_target
from sample_data.makers.exchange import SITE, TODAY, ExchangeWorld, case, cnr_of, court_answers, fir_of, load, made, put
from sample_data.makers.spoiled_packages import files_of

WHO = SettlingPerson("Asha", "asha@office", "letter 12 of the court")


def take(world, path, **more):
    return take_package(world.book, SITE, path, TODAY, **more)


def codes(world, **more):
    return [(c.code, c.theirs, c.ours) for c in each_conflict(world.book, **more)]


def refused(world, path, code):
    with pytest.raises(PackageRefused) as told:
        take(world, path)
    assert told.value.code == code


def test_round_trip(world):
    package = world.deliver("e-courts")
    assert world.held["e-courts"] == world.store("e-courts")
    answers = AnsweredPackage(sequence=1, manifest=package.signed.sha256)
    stated = court_answers(world.held["e-courts"])
    done = take(world, path := world.reply("e-courts", stated, answers=answers))
    assert (done.word, done.put, done.linked) == ("taken", 6, 6)
    # A second time nothing is counted twice, and without a change nothing is sent.
    assert take(world, path).word == "known"
    (s,) = exchange_status(world.book)
    assert (s.sent, s.has, s.held, s.taken, s.statements, s.waiting, s.conflicts) == (1, 1, 16, 1, 6, 0, 0)
    assert world.deliver("e-courts") is None
    held = {(s.kind, s.statement): dict(s.said) for some in each_statement(world.book) for s in some}
    assert held == {(x["kind"], x["id"]): x["said"] for x in stated}


def test_what_was_taken_in_and_not_linked_is_linked_when_it_is_taken_in_again(world, monkeypatch):
    world.deliver("e-courts")
    path = world.reply("e-courts", court_answers(world.held["e-courts"]))

    def killed(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(receive, "link_statements", killed)
        with pytest.raises(KeyboardInterrupt):
            take(world, path)
    assert exchange_status(world.book)[0].waiting == 6
    done = take(world, path)
    assert (done.word, done.linked, exchange_status(world.book)[0].waiting) == ("known", 6, 0)


def test_a_delta_tells_what_is_new_and_what_is_no_more(world):
    world.deliver("e-prison")
    load(world.target, "book-1", [r for n in range(1, 4) for r in case(n)])
    load(world.target, "book-2", case(7, 2013))
    package = world.deliver("e-prison")
    assert {k: t.model_dump() for k, t in package.manifest.counts.items()} == {"arrest": {"put": 1, "gone": 1}}
    assert package.manifest.previous == world.book.packages("forward")[0].manifest
    world.target.undo("book-2", "wrong book")
    world.deliver("e-prison", full=True)
    assert world.held["e-prison"] == world.store("e-prison")
    assert [p.base for p in world.book.packages("forward", "e-prison")] == ["delta", "delta", "full"]


def test_the_same_delta_is_the_same_bytes(world):
    done = world.export("e-forensics")
    first = Path(done.file).read_bytes()
    sender = Sender(SITE, world.key(SITE))
    export_again(world.book, "e-forensics", sender, world.folder / "again")
    assert (world.folder / "again" / Path(done.file).name).read_bytes() == first
    load(world.target, "book-1", case(1))
    with pytest.raises(PackageRefused, match="--full"):
        export_again(world.book, "e-forensics", sender, world.folder / "out")
    with pytest.raises(OptionsError):
        export_again(world.book, "e-prison", sender, world.folder / "out")


def test_only_what_a_layout_names_is_sent(world):
    package = world.open(world.export("e-forensics").file)
    lines = list(package.lines())
    assert {line["kind"] for line in lines} == {"seizure"} and "persons" not in lines[0]["record"]
    assert lines[0]["fir"] == fir_of(1)
    assert "no official layout is public" in package.manifest.note
    with pytest.raises(OptionsError, match="e-courts"):
        layout_of("e-court")
    for pillar in exchange_layouts():
        for way in ("forward", "backward"):
            schema = json.loads(schema_bytes(pillar, way))
            assert "no official" in schema["$comment"]


@pytest.mark.parametrize("moment", ["before the book", "before the name"])
def test_an_export_that_is_cut_off_loses_nothing(world, monkeypatch, moment):
    def cut(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if moment == "before the book":
            patched.setattr(world.target, "run_all", cut)
        else:
            patched.setattr(exporting, "_place", cut)
        with pytest.raises(KeyboardInterrupt):
            world.export("e-courts")
    assert not list((world.folder / "out").glob("*.zip")) and not list((world.folder / "out").glob(".exchange*"))
    done = world.export("e-courts")
    assert (done.word, done.sequence) == ("made" if moment == "before the book" else "placed", 1)
    assert len(list(world.open(done.file).lines())) == 16
    # The file of one that was noted is gone: it is made again.
    load(world.target, "book-2", case(9, 2013))
    monkeypatch.setattr(exporting, "_place", cut)
    with pytest.raises(KeyboardInterrupt):
        world.export("e-courts")
    monkeypatch.undo()
    next((world.folder / "out").glob("*.part")).unlink()
    with pytest.raises(PackageRefused, match="--again"):
        world.export("e-courts")
    assert export_again(world.book, "e-courts", Sender(SITE, world.key(SITE)), world.folder / "out").sequence == 2


def test_two_exports_at_once_make_one_package_and_lose_nothing(world, monkeypatch):
    world.deliver("e-courts")
    load(world.target, "book-2", case(9, 2013))
    run_all, met = world.target.run_all, []

    def meanwhile(statements):
        if not met:
            met.append(1)
            load(world.target, "book-3", case(10, 2013))
            world.deliver("e-courts")
        run_all(statements)

    monkeypatch.setattr(world.target, "run_all", meanwhile)
    with pytest.raises(PackageRefused) as told:
        world.export("e-courts")
    assert told.value.code == "at-once" and not list((world.folder / "out").glob("*.part"))
    assert world.held["e-courts"] == world.store("e-courts") and world.export("e-courts").word == "nothing"


def test_a_record_taken_out_while_it_is_told_stands_in_its_package_once(world, monkeypatch):
    world.deliver("e-courts")
    load(world.target, "book-1", [r for n in range(1, 5) for r in case(n + 20)])
    load(world.target, "book-2", case(1, 2012)[:1])
    with monkeypatch.context() as patched:
        patched.setattr(world.book, "still_there", lambda form, records: set())
        world.target.run_all([("UPDATE iif1 SET place = 'Chhota Bazar' WHERE record_id = 'f-2012-1'", ())])
        assert len(list(world.deliver("e-courts").lines())) == 32
    world.deliver("e-courts")
    assert world.held["e-courts"] == world.store("e-courts")


def test_a_target_that_was_restored_loses_nothing_of_what_follows(world):
    world.deliver("e-courts")
    world.target.close()
    shutil.copy(world.folder / "cctns.sqlite", world.folder / "backup.sqlite")
    with closing(open_target(str(world.folder / "cctns.sqlite"))) as target:
        after = ExchangeWorld(target, world.folder)
        load(target, "book-2", case(9, 2013))
        known = SentBefore(2, after.deliver("e-courts").signed.sha256)
    with closing(open_target(str(world.folder / "backup.sqlite"))) as target:
        book, sender = ExchangeBook(target), Sender(SITE, world.key(SITE))
        load(target, "book-2", case(8, 2013))
        with pytest.raises(PackageRefused) as told:
            export_package(book, "e-courts", sender, world.folder / "out", TODAY, known=known)
        assert told.value.code == "book-behind"
        done = export_package(book, "e-courts", sender, world.folder / "out", TODAY, full=True, known=known)
        assert (done.sequence, book.packages("forward")[-1].previous) == (3, known.manifest)
        known = SentBefore(3, done.manifest)
        assert export_package(book, "e-courts", sender, world.folder / "out", TODAY, known=known).word == "nothing"


def test_a_prisoner_may_have_a_thousand_cases(world):
    keys = [key_of(fir_of(n)) for n in range(1, 1100)]
    assert [r[0] for r in rows_of_firs(world.book, "iif1", keys, ("record_id",))] == [
        f"f-2012-{n}" for n in range(1, 5)
    ]


def test_a_reply_that_would_fill_the_memory_is_refused(world, monkeypatch):
    monkeypatch.setattr(receive, "MOST_REPLY", 1000)
    said = {"cnr": cnr_of(1), "court": "0" * 2000}
    refused(world, world.reply("e-courts", [put("case", "c", said, fir=fir_of(1))]), "too-large")


def test_an_import_that_is_cut_off_changed_nothing(world, monkeypatch):
    world.deliver("e-courts")
    path = world.reply("e-courts", court_answers(world.held["e-courts"]))
    whole = world.target.run_all

    def half(statements):
        def some():
            yield from list(statements)[:3]
            raise MemoryError

        whole(some())

    with monkeypatch.context() as patched:
        patched.setattr(world.target, "run_all", half)
        with pytest.raises(MemoryError):
            take(world, path)
    assert world.book.packages("backward") == [] and not list(each_statement(world.book))
    assert take(world, path).linked == 6


def test_sealed_packages(world, tmp_path):
    public = write_key(tmp_path / "secret")
    sender = Sender(SITE, world.key(SITE), (public,))
    done = export_package(world.book, "e-courts", sender, tmp_path / "out", TODAY)
    assert done.file.endswith(".zip.age") and b"Kalpanapur" not in Path(done.file).read_bytes()
    path = seal(world.reply("e-prison", []), tmp_path / "r.zip.age", [public])
    refused(world, path, "sealed")
    assert take(world, path, secret=tmp_path / "secret").word == "taken"


def test_replies_in_order(world):
    first, second = world.reply("e-prison", []), world.reply("e-prison", [])
    refused(world, second, "gap")
    take(world, first)
    take(world, second)
    world.replies["e-prison"] = (1, "0" * 64)
    refused(world, world.reply("e-prison", [], name="again.zip"), "replayed")
    world.replies["e-prison"] = (2, "0" * 64)
    refused(world, world.reply("e-prison", [], name="fork.zip"), "forked")
    world.replies["e-prison"] = (5, "0" * 64)
    assert take(world, world.reply("e-prison", [], base="full")).sequence == 6
    revoke_key(world.book, world.publics["e-prison"][:12], "lost")
    refused(world, first, "key-revoked")


def test_a_file_that_changes_while_it_is_read_is_refused(world):
    path = world.reply("e-prison", [put("custody", "c", {"prisoner_id": "P-1", "admitted_on": "2013-01-01"})])
    other = world.reply("e-prison", [put("custody", "c", {"prisoner_id": "P-2", "admitted_on": "2013-01-01"})])
    folder = world.folder / "laid"
    for name, data in files_of(path).items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    opened = open_package(folder, world.book.load_trusted_keys(), TODAY)
    assert [line["said"]["prisoner_id"] for line in opened.lines()] == ["P-1"]
    (folder / "custody-0001.jsonl.gz").write_bytes(files_of(other)["custody-0001.jsonl.gz"])
    with pytest.raises(PackageRefused, match="custody-0001"):
        list(opened.lines())


def test_what_is_withdrawn_stands_no_more(world):
    key = {"fir": fir_of(1)}
    said = [
        put("case", n, {"cnr": cnr_of(i)}, **key if i == 1 else {"fir": fir_of(i)}) for i, n in ((1, "a"), (2, "b"))
    ]
    take(world, world.reply("e-courts", said))
    take(world, world.reply("e-courts", [{"op": "gone", "kind": "case", "id": "a"}]))
    assert [s.statement for some in each_statement(world.book) for s in some] == ["b"]
    take(world, world.reply("e-courts", [put("case", "c", {"cnr": cnr_of(3)}, fir=fir_of(3))], base="full"))
    assert [s.statement for some in each_statement(world.book) for s in some] == ["c"]
    # What was said stays in the book.
    assert world.target.run("SELECT count(*) FROM exchange_statements") == [(5,)]


def test_a_reply_waits_for_its_record(world):
    later = case(9, 2013)
    custody = {"prisoner_id": "P-77", "admitted_on": "2013-03-10", "accused_code": "A1"}
    done = take(world, world.reply("e-prison", [put("custody", "c1", custody, fir=fir_of(9, 2013))]))
    assert done.linked == 0 and exchange_status(world.book)[0].waiting == 1
    assert [w["case"] for w in what_waits(world.book)] == ["wb, Howrah, Kalpanapur, 2013, 9"]
    load(world.target, "book-2", later)
    released = {"prisoner_id": "P-77", "admitted_on": "2013-03-10", "released_on": "2013-05-01"}
    assert take(world, world.reply("e-prison", [put("custody", "c2", released)])).linked == 2
    assert {s.record for some in each_statement(world.book) for s in some} == {"f-2013-9"}
    # Where the record is taken back, it waits again, and nothing is lost.
    world.target.undo("book-2", "wrong book")
    done = take(world, world.reply("e-prison", []))
    assert (done.linked, exchange_status(world.book)[0].waiting) == (0, 2)


def test_conflicts_are_shown_and_settled(world):
    one = {"fir": fir_of(1)}
    load(world.target, "court", [made("j-1", "iif6", {**fir_of(1), "cnr": cnr_of(8), "judgment_date": "2014-02-04"})])
    take(
        world,
        world.reply(
            "e-courts",
            [
                put("case", "1", {"cnr": cnr_of(1), "filed_on": "2011-01-01"}, **one),
                put("case", "2", {"cnr": cnr_of(1)}, fir=fir_of(2)),
                put("disposal", "3", {"result": "acquitted", "disposed_on": "2012-04-01", "accused_code": "A9"}, **one),
                put(
                    "disposal",
                    "4",
                    {
                        "result": "acquitted",
                        "disposed_on": "2014-02-04",
                        "accused_code": "A1",
                        "name": "Zulekha Khatun",
                    },
                    **one,
                ),
            ],  # fmt: skip
        ),
    )
    take(
        world,
        world.reply(
            "e-forensics",
            [
                put("result", "x", {"exhibit_no": "M-1", "reported_on": "2012-06-01", "result": "blood"}, **one),
                put("result", "y", {"exhibit_no": "M-9", "reported_on": "2012-06-01", "result": "none"}, **one),
            ],
        ),
    )
    opinion = {"opinion": "fit-to-charge", "given_on": "2012-05-07", "report_no": "44"}
    take(world, world.reply("e-prosecution", [put("opinion", "o", opinion, **one)]))
    found = codes(world)
    assert found == [
        ("another-cnr", cnr_of(1), cnr_of(8)), ("cnr-of-another", cnr_of(1), "f-2012-2"),
        ("before-fir", "2011-01-01", "2012-03-04"), ("cnr-of-another", cnr_of(1), "f-2012-1"),
        ("before-charge-sheet", "2012-04-01", "2012-05-06"), ("another-judgment", "2012-04-01", "2014-02-04"),
        ("no-such-accused", "A9", ""), ("name-unlike", "A1", ""), ("no-such-exhibit", "M-9", ""),
        ("no-such-report", "44", "41"),
    ]  # fmt: skip
    chosen = next(c for c in each_conflict(world.book) if c.code == "name-unlike")
    with pytest.raises(OptionsError):
        settle_conflict(world.book, chosen.id, "theirs", SettlingPerson("", "", ""))
    with pytest.raises(NotFound):
        settle_conflict(world.book, "ffffffff", "both", WHO)
    assert said_in_full(world.book, chosen.id, WHO)["name"] == "Zulekha Khatun"
    settle_conflict(world.book, chosen.id[:8], "theirs", WHO)
    assert len(codes(world)) == len(found) - 1 and len(codes(world, all_of_them=True)) == len(found)
    acts = world.target.run("SELECT act, operator, reason FROM exchange_events ORDER BY number")
    assert acts == [("looked", "Asha", WHO.reason), ("settled", "Asha", WHO.reason)]
    # The police records are as they were.
    assert world.target.run("SELECT cnr FROM iif6") == [(cnr_of(8),)]


@pytest.mark.parametrize("other", ["Das Mohan", "Mohan", "মোহন দাস", "M. Das", "Mohan Kumar Das"])
def test_a_name_written_otherwise_is_not_unlike(other):
    assert likeness(other, ["Rahim Sheikh", "Mohan Das"]) > LEAST_ALIKE > likeness(other, ["Zulekha Khatun"])


def test_a_store_in_postgresql(postgres_target, exchange_template, tmp_path):
    for key in exchange_template.glob("*.p*"):
        shutil.copy(key, tmp_path)
    target = open_target(postgres_target)
    try:
        load(target, "book-1", [r for n in range(1, 5) for r in case(n)])
        world = ExchangeWorld(target, tmp_path)
        test_round_trip(world)
        load(target, "book-1", case(1))
        world.deliver("e-courts")
        assert world.held["e-courts"] == world.store("e-courts") and len(world.held["e-courts"]) == 4
        assert link_statements(world.book) == 0 and exchange_status(world.book)[0].waiting == 4
    finally:
        target.close()


def test_the_schema_of_replies_in_the_docs():
    docs = Path(__file__).parents[2] / "docs" / "exchange-replies.schema.json"
    made = {pillar: json.loads(schema_bytes(pillar, "backward")) for pillar in exchange_layouts()}
    assert json.loads(docs.read_text(encoding="utf-8")) == made


def test_targets_without_a_book_say_so(tmp_path):
    with pytest.raises(OptionsError, match="SQLite"):
        ExchangeBook(open_target(f"csv:{tmp_path / 'csv'}"))
    with pytest.raises(InputError):
        open_package(tmp_path / "nothing.zip", {}, TODAY)
