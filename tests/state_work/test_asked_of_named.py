"""What may be answered of records by their names is what may be answered of them among all; no other record is read."""

import random
from dataclasses import replace

import pytest
from test_digitize_registers import DAYBOOK, book, run, seen

from digitize.review.answering import AskedItem, keep_answer
from digitize.review.askable import WholeRowQuestions, _list_words, find_askable, list_askable
from digitize.review.asked_fields import DrawnSample, list_asked_whole, note_asked_records, put_first
from digitize.review.empty_fields import ask_empty_fields, list_empty_field_items
from digitize.review.question_cache import has_passed, is_open
from digitize.review.questions import list_questions
from digitize.workspace.calibration.threshold_store import STEP, begin_measuring
from digitize.workspace.calibration.values import Measured
from digitize.workspace.decisions.entries import LIST_FILES
from digitize.workspace.decisions.items import item_id, items_of, list_items, measured_id
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import UNDONE, Decision, Records
from digitize.workspace.ledger.verdict import REOPENED
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context
from ocr.page import Around, Box

__all__ = ["book"]
ABOVE = ("Dated 5.1.2019", "D1 5.1.2O19", "Sub-inspector on leave", None, None)


def invented(choose, number):
    """A page of a diary: some rows of the book, perhaps something above its table, and its number."""
    rows = [choose.choice(DAYBOOK[0] + DAYBOOK[1][1:]) for _ in range(choose.randint(1, 3))]
    if number > 1 and choose.random() < 0.3:
        rows = [DAYBOOK[1][0], *rows]
    text = choose.choice(ABOVE)
    notes = (Around("above", Box(500, 0, 590, 20), text, 0.9),) if text else ()
    # Three on either side of the gap.
    said = number if number < 4 else number + 2
    return replace(seen(rows), around=(*notes, Around("above", Box(9, 0, 40, 20), str(said), 0.97, "", said)))


def every_open(ledger, known):
    """The open items of all records, as they were once listed."""
    if not known.thresholds.is_begun:
        yield from list_items(ledger, known.mappings)
        return
    sample, readings = DrawnSample(ledger, known), Readings(ledger)
    for stored in Records(ledger).all():
        is_whole = bool(list_asked_whole(ledger, [stored.record.id]))
        wanted = set(stored.open if is_open(stored) else ())
        passed = ((p, v) for p, v in stored.record.cells() if has_passed(v))
        wanted |= {p for p, v in passed if is_whole or sample.is_audit(stored.record, v)}
        for item in items_of(ledger, replace(stored, open=tuple(sorted(wanted))), known.mappings, readings):
            yield stored, item


def among_all(ledger, known):
    """Item id -> what it asks, of the whole workspace: every record is gone through."""
    settled = [d for own in Records(ledger).decided_units().values() for cells in own.values() for d in cells.values()]
    asked = {
        item_id(d.record, d.field, d.reading, d.source): AskedItem(d, d.value, d, _list_words(d))
        for d in settled
        if d.verdict != REOPENED
    }
    before = {id: question.before for id, question in asked.items()}
    for q in list_questions(ledger, known):
        asked[q.item.id] = AskedItem(q.blank, q.ok, before.get(q.item.id), q.item.candidates)
    whole = WholeRowQuestions(ledger, known)
    for stored, item in put_first(every_open(ledger, known), list_empty_field_items(ledger, known)):
        blank = Decision(item.record, item.cell, item.reading, item.source, stored.record.form, "value", "", "")
        row, earlier = whole.find_question(stored), before.get(item.id)
        asked[item.id] = AskedItem(blank, item.machine, earlier, row=row, confidence=item.confidence)
    return asked | {measured_id(id): a.to_measure() for id, a in asked.items() if not a.words}


def compare(ledger, place, choose):
    """All that is asked, after it was found the same by names: each alone, some together, and without any name."""
    known = build_run_context(place, ledger)
    every = among_all(ledger, known)
    names = sorted({asked.blank.record for asked in every.values()})
    # There is but one volume: of it alone the same is asked, and no other is looked at for it.
    whole = [q.item for q in list_questions(ledger, known) if q.item.record not in LIST_FILES]
    with pytest.MonkeyPatch.context() as patch:
        for name in ("row_questions.find_volumes_with", "gap_questions.read_gaps", "questions.list_entry_questions"):
            patch.setattr(f"digitize.review.{name}", None)
        assert [q.item for q in list_questions(ledger, known, 1)] == whole
    few = choose.sample(names, 6)
    alone = {id: asked for name in few for id, asked in list_askable(ledger, known, {name}).items()}
    assert alone == {id: asked for id, asked in every.items() if asked.blank.record in few}
    some = choose.sample(sorted(every), len(every) // 2)
    wanted = {id: every[id] for id in some}
    assert find_askable(ledger, known, [*some, "gone"], (every[id].blank.record for id in some)) == wanted
    assert find_askable(ledger, known, some, ["typed over"]) == wanted
    return every


def answer(ledger, every, choose):
    """People say something of a few of the places that are asked."""
    for asked in choose.sample(list(every.values()), 6):
        verdict = "value" if asked.words else choose.choice(("value", "blank", REOPENED, UNDONE))
        said = choose.choice(asked.words) if asked.words else "Nadia" if verdict == "value" else ""
        keep_answer(ledger, replace(asked.blank, verdict=verdict, value=said, operator="A"))


@pytest.mark.parametrize("seed", [3, 8])
def test_by_names_the_same_is_asked_as_among_all(digitize, book, seed, monkeypatch):
    choose = random.Random(seed)
    place, _ = book(*(invented(choose, n) for n in range(1, 9)), calibrated=seed == 8)
    run(digitize, place, (0, 3))
    place = open_place(place)
    # So few pages are around a place that the others are not looked at.
    monkeypatch.setattr("digitize.review.open_items._AROUND", 4)
    with Ledger(place.ledger) as ledger:
        every = compare(ledger, place, choose)
        assert {"zone", "row", "gap"} <= {asked.blank.field.partition(":")[0] for asked in every.values()}
        answer(ledger, every, choose)
        compare(ledger, place, choose)
        known = build_run_context(place, ledger)
        ask_empty_fields(
            ledger, known, [(s.record.id, ["brief_facts", "gd_time"]) for s in Records(ledger).all()], 3, "Sup"
        )
        begin_measuring(ledger, "wb-test")
        note_asked_records(ledger, "wb-test", sorted({asked.blank.record for asked in every.values()})[::3])
        compare(ledger, place, choose)
        for name in ("subject", "officer", "time"):
            passes = Measured("reg_gd", name, 0.9, "own", 400, 400)
            ledger.record_event(f"threshold:reg_gd/{name}", STEP, "note", detail={"is": passes.as_plain()})
        answer(ledger, compare(ledger, place, choose), choose)
        compare(ledger, place, choose)
