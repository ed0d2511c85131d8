"""How good answers are is looked at unnoticed, batches are signed off or go back, and what is loaded can be reopened."""

import sqlite3
from collections import Counter

import pytest
from station_office import Browser, open_station, run

from digitize.review.answer_history import (
    COUNTED,
    DISPUTED,
    FIRST,
    OPENED,
    RAISED,
    SAMPLE,
    SECOND,
    SETTLED,
    TEST,
    THIRD,
    WAITING,
    PastAnswer,
)  # fmt: skip
from digitize.review.station.batches import WeakSignOff
from digitize.review.station.figures import compute_batch_figures, compute_person_figures, judge_answers
from digitize.review.station.stages import find_settling_answer, find_wanted_key
from digitize.review.station.worklist import is_drawn
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records

pytestmark = pytest.mark.usefixtures("quick_hash")


def said(who, value="1", purpose=FIRST, state=SETTLED, seq=0, verdict="value"):
    return PastAnswer(f"{who}-{value}-{seq}", "i", "r", "c", who, verdict, value, purpose=purpose, state=state, seq=seq)


A, B, C = "A", "B", "C"
ONCE = [said(A)]
TWICE = [said(A, state=WAITING), said(B, purpose=SECOND)]
DIFFER = [said(A, state=WAITING), said(B, "2", purpose=SECOND, state=DISPUTED)]


@pytest.mark.parametrize(
    ("mode", "past", "how", "purpose", "not_by"),
    [
        ("single", [], {}, FIRST, ""),
        ("single", ONCE, {}, None, ""),
        ("single", ONCE, {"is_sampled": True}, SAMPLE, "A"),
        ("single", ONCE, {"sent_back_at": 5}, "sent-back", "A"),
        ("single", [said(A, seq=9)], {"sent_back_at": 5}, None, ""),
        ("single", [said(A), said(B, purpose=SAMPLE, state=COUNTED)], {"is_sampled": True}, None, ""),
        ("single", [said(A), said(B, "2", purpose=SAMPLE, state=DISPUTED)], {}, THIRD, "AB"),
        ("blind", ONCE, {}, SECOND, "A"),
        ("verify", ONCE, {}, SECOND, "A"),
        ("blind", TWICE, {}, None, ""),
        ("blind", DIFFER, {}, THIRD, "AB"),
        ("blind", [*DIFFER, said(C, "2", purpose=THIRD)], {}, None, ""),
        ("blind", [*DIFFER, said(A, "2", state=SETTLED)], {}, None, ""),
        ("blind", [*TWICE, said(C, "7", purpose=TEST, state=COUNTED)], {}, None, ""),
        ("blind", [*TWICE, said(C, "", state=OPENED, purpose=THIRD)], {}, FIRST, ""),
        ("single", [said(A, "", state=RAISED, verdict="flag")], {}, FIRST, "supervisor"),
    ],
)
def test_what_is_wanted_next(mode, past, how, purpose, not_by):
    want = find_wanted_key(mode, past, **how)
    assert (want and want.purpose) == purpose
    if want:
        assert ("supervisor" if want.of_supervisor else "".join(sorted(want.not_by))) == not_by


@pytest.mark.parametrize(
    ("past", "truth", "right"),
    [
        (ONCE, None, {A: None}),
        (TWICE, "1", {A: True, B: True}),
        (DIFFER, None, {A: None, B: None}),
        ([*DIFFER, said(C, "2", purpose=THIRD)], "2", {A: False, B: True, C: None}),
        ([*TWICE, said(C, "7", purpose=TEST, state=COUNTED)], "1", {A: True, B: True, C: False}),
    ],
)
def test_who_was_right(past, truth, right):
    found = find_settling_answer(past)
    assert (found and found.value) == truth
    assert {p.operator: is_right for p, is_right in judge_answers(past)} == right


def test_samples_are_drawn_more_often_where_a_prefilled_value_stood():
    plain = [PastAnswer(f"c{n}", "i", "r", "c", "A", "value", "x", shown="y") for n in range(2000)]
    taken = [PastAnswer(f"c{n}", "i", "r", "c", "A", "value", "x", shown="x") for n in range(2000)]
    shares = [sum(is_drawn(p, 0.1) for p in some) / 2000 for some in (plain, taken)]
    assert 0.07 < shares[0] < 0.13
    assert 0.25 < shares[1] < 0.35
    assert not any(is_drawn(p, 0.0) for p in taken)


@pytest.fixture(scope="module")
def place(office_of):
    settings = "sample_share = 1.0\nknown_share = 1.0\n"
    return office_of(settings)


@pytest.fixture(scope="module")
def station(place, quick_hash):
    served, app = open_station(place)
    yield served, app
    served.close()


VALUES = {"police_station": "Namunahat", "year": "2018", "fir_date": "03/12/2018"}
TYPED = VALUES | {"acts.act": "u/s 379/411 IPC"}


def key(browser, query="n=100", wrong=()):
    """Key all that is given out; the fields of wrong otherwise than they are."""
    items = browser.items(query)
    for item in items:
        number = str(100 + int(item["page"][-4:]))
        value = TYPED.get(item["field"], number)
        if item["field"] in wrong:
            value = "2017"
        assert (
            browser.answer(item, value, client=f"{browser.csrf[:8]}-{item['id']}-{item['version']}")["state"] == "kept"
        )
    return items


def figures(served, name=""):
    """(looked at, right) of a person, or of the batch."""
    people, batches = served.room.run_and_wait(
        lambda room: (dict(compute_person_figures(room)), compute_batch_figures(room))
    )
    found = people[name] if name else batches[0][1]
    return found.looked_at, found.right


def bare(item):
    """An item without what grows with the answers."""
    return {k: v for k, v in item.items() if k not in ("version", "above")}


def test_fields_whose_answer_is_known_are_mixed_in(station):
    served, app = station
    asha, bala, chitra = (Browser(app, name) for name in ("Asha", "Bala", "Chitra"))
    first = {i["id"]: bare(i) for i in key(asha, "n=100&page=wb-test-0001-0001")}
    key(bala, "n=100&page=wb-test-0001-0001")
    given = chitra.items("n=6")
    tests = [i for i in given if i["id"] in first]
    assert len(tests) == 5
    assert len(given) == 11
    assert all(bare(i) == first[i["id"]] for i in tests), "nothing tells that it is one"
    year = next(i for i in tests if i["field"] == "year")
    before = figures(served)
    assert chitra.answer(year, "2016", client="a-wrong-test")["state"] == "kept"
    assert figures(served, "Chitra") == (1, 0)
    assert figures(served) == (before[0] + 1, before[1])
    assert year["id"] not in {i["id"] for i in chitra.items("n=6")}, "once each"


def test_quality_from_sample_to_sign_off(station, place, monkeypatch):
    """Everything is looked at twice, unnoticed; what differs goes to a third, and the batch goes back or is signed."""
    served, app = station
    asha, bala, chitra, sup = (Browser(app, name) for name in ("Asha", "Bala", "Chitra", "Sup"))
    for name in ("Asha", "Bala", "Chitra", "Sup"):
        served.room.run_and_wait(lambda room, name=name: room.worklist.release_all(name))
    served.room.worklist.options = served.room.options.model_copy(update={"known_share": 0.0})
    first = key(asha, wrong=("year",))
    assert len(first) == 15
    again = {i["id"]: bare(i) for i in key(bala)}
    assert again == {i["id"]: bare(i) for i in first}, "asked again, and nothing tells that it is"
    thirds = chitra.items("n=100")
    assert {i["field"] for i in thirds} == {"year"}, "two said otherwise of three years"
    assert all(chitra.answer(i, "2018", client=f"third-{i['id']}")["state"] == "kept" for i in thirds)
    assert figures(served, "Asha") == (20, 17)
    batch = "wb-test-b0001"
    assert sup.get("/quality")[0] == 200
    # Beside what was answered stands what is not, or a batch would be signed off for its first answers.
    left = served.room.run_and_wait(lambda room: (room.worklist.open_in_batches(), room.worklist.count_open()))
    assert left[0][batch] == left[1]
    assert sup.form("/quality", batch=batch, what="signed-off")[0] == 409, "too much of it was wrong"
    assert sup.form("/quality", batch="no-such-batch", what="sent-back")[0] == 404
    assert sup.form("/quality", batch=batch, what="sent-back")[0] == 303
    served.room.wait()
    assert b"sent-back" in sup.get("/quality")[2]
    served.room.worklist.options = served.room.options = served.room.options.model_copy(update={"least_right": 0.5})
    monkeypatch.setattr(served.room.worklist, "open_in_batches", lambda: Counter({batch: 3}))
    status, _, page = sup.form("/quality", batch=batch, what="signed-off")
    assert status == 200 and b"Sign off anyway" in page, "questions are open"
    for shown in (2, "x", "9" * 5000):
        assert sup.form("/quality", batch=batch, what="signed-off", looked_at="20", open=str(shown))[0] == 200
    with Ledger(place.ledger) as ledger:
        assert len(list(ledger.events(f"quality:{batch}"))) == 1, "nothing was signed yet"
    assert sup.form("/quality", batch=batch, what="signed-off", looked_at="20", open="3")[0] == 303
    with Ledger(place.ledger) as ledger:
        words = [e.detail for e in ledger.events(f"quality:{batch}")]
    assert [(w["what"], w["by"]) for w in words] == [("sent-back", "Sup"), ("signed-off", "Sup")]
    assert (words[1]["open"], words[1]["asked_again"]) == (3, True) and words[1]["answers"] > words[1]["looked_at"]


def test_a_signature_on_nothing_that_was_checked_rests_on_the_very_numbers_that_were_shown():
    grounds = WeakSignOff("b", looked_at=0, answers=57, open=3)
    assert grounds.is_confirmed_by({"looked_at": "0", "open": "3"})
    assert not grounds.is_confirmed_by({})
    assert not grounds.is_confirmed_by({"looked_at": "1", "open": "3"})
    assert not grounds.is_confirmed_by({"looked_at": "0", "open": "2"})


def loaded(place):
    with sqlite3.connect(place.folder / "loaded" / "cctns.sqlite") as db:
        rows = db.execute("SELECT record_id, year FROM iif1 ORDER BY record_id").fetchall()
        return {str(r): str(y) for r, y in rows}, db.execute("SELECT COUNT(*) FROM record_history").fetchone()[0]


def test_what_is_loaded_can_be_opened_again(station, place, digitize):
    """Settled at the station, loaded, opened again by a supervisor, settled anew: a new version, the old in history."""
    served, app = station
    run(place)
    before, history = loaded(place)
    record = "wb-test-0001-0001-r1"
    assert before[record] == "2018"
    served.room.start_reload()
    served.room.wait()
    sup = Browser(app, "Sup")
    assert sup.form(f"/record/{record}", field="year", reason="")[0] == 422
    assert sup.form(f"/record/{record}", field="no_such", reason="the seal covers it")[0] == 404
    assert sup.form(f"/record/{record}", field="year", reason="the seal covers it")[0] == 303
    served.room.wait()
    run(place)
    with Ledger(place.ledger) as ledger:
        stored = Records(ledger).find(record)
        assert (stored.verdict, stored.open) == ("review", ("year",))
    assert loaded(place)[0] == {r: y for r, y in before.items() if r != record}, "out of the target meanwhile"
    served.room.start_reload()
    served.room.wait()
    (item,) = (i for i in Browser(app, "Asha").items("n=100") if i["record"] == record)
    assert (item["field"], item["why"]) == ("year", ["reopened"])
    wrong = ("review", "settle", place.folder, record, "year", "--operator", "Third")
    digitize(*wrong, "--value", "no year", code=5)
    digitize(*wrong, code=4)
    digitize(*wrong, "--value", "2019")
    run(place)
    after, later = loaded(place)
    assert after == before | {record: "2019"}
    assert later > history
    digitize("review", "reopen", place.folder, record, "fir_no", "--operator", "Third", "--reason", "another look")
    digitize(
        "review", "reopen", place.folder, "no-record", "fir_no", "--operator", "T", "--reason", "another look", code=5
    )
    with Ledger(place.ledger) as ledger:
        assert ledger.verify()
        assert [d["verdict"] for d in ledger.rows("SELECT verdict FROM decisions WHERE record = ? AND field LIKE '%/year'", (record,))][-2:] == ["reopened", "value"]  # fmt: skip
