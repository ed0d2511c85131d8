"""The review station's work: keying, double key, arbitration, quality, undo and reopening, asked as a browser asks."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from station_office import Browser, open_station

from digitize.review.station.task_view import find_box
from digitize.review.station.values_above import _name_row_above
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from ocr.page import Box

pytestmark = pytest.mark.usefixtures("quick_hash")
SETTINGS = """
sample_share = 0.0
known_share = 0.0
double = { "fir_no" = "blind", "fir_date" = "verify" }
"""


@pytest.fixture(scope="module")
def made(office_of):
    return office_of(SETTINGS)


@pytest.fixture(scope="module")
def served(made, quick_hash):
    served, app = open_station(made)
    yield served, app
    served.close()


@pytest.fixture(scope="module")
def browsers(served):
    return {name: Browser(served[1], name, served=served[0]) for name in ("Asha", "Bala", "Chitra", "Sup", "Adm")}


def on(browser, page, field):
    """The item of a field on a page (from 1), as a browser gets it; None where it is not given to this person.

    Whoever held it lets it go.
    """
    for name in ("Asha", "Bala", "Chitra", "Sup"):
        browser.served.room.run_and_wait(lambda room, name=name: room.worklist.release_all(name))
    items = browser.items(f"n=50&field={field}&page=wb-test-0001-{page:04d}")
    return items[0] if items else None


def decided(place, page, cell):
    record = f"wb-test-0001-{page:04d}-r1"
    with Ledger(place.ledger) as ledger:
        found = Records(ledger).decisions(record).get(f"zone:{record[:-3]}/{cell}")
    return found and (found.verdict, found.value, found.operator)


def test_two_people_are_given_different_items(browsers):
    asha, bala = browsers["Asha"].items("n=4&order=field"), browsers["Bala"].items("n=4&order=field")
    assert len(asha) == len(bala) == 4
    assert not {i["id"] for i in asha} & {i["id"] for i in bala}


def test_orders_go_down_the_page_or_through_one_field(browsers):
    sup = browsers["Sup"]
    by_page = sup.items("n=6&order=page")
    assert [i["page"] for i in by_page] == sorted(i["page"] for i in by_page)
    by_field = sup.items("n=50&order=carpet&field=year")
    assert {i["field"] for i in by_field} == {"year"}
    assert sup.get("/api/next?order=sideways")[0] == 422
    ids = [i["id"] for i in by_page]
    assert [i["id"] for i in sup.items(f"n=6&order=page&after={ids[2]}")][:3] == ids[3:6]


def test_an_answer_is_kept_once_however_often_it_is_sent(browsers, made):
    asha, bala = browsers["Asha"], browsers["Bala"]
    item = on(browsers["Sup"], 1, "year")
    first = asha.answer(item, "2018", client="uuid-0001")
    assert first["state"] == "kept"
    assert asha.answer(item, "2018", client="uuid-0001") == first
    # The same again under another id, and the same by another person, settle nothing anew.
    assert asha.answer(item, "2018", client="uuid-0002")["state"] == "known"
    assert bala.answer(item, "2018", client="uuid-0003")["state"] == "known"
    assert bala.answer(item, "1999", client="uuid-0001")["state"] == "refused"
    with Ledger(made.ledger) as ledger:
        rows = ledger.rows("SELECT 1 FROM decisions WHERE record = ? AND field LIKE '%/year'", (item["record"],))
        assert len(rows) == 1
        assert ledger.verify()
    assert on(asha, 1, "year") is None


def test_what_is_no_answer_is_refused_and_said_so(browsers):
    asha, item = browsers["Asha"], on(browsers["Sup"], 2, "year")
    told = asha.answer(item, "no year")
    # A word of the station's own, which the page says in its language.
    assert (told["state"], told["why"]) == ("refused", "not_understood")
    assert "not understood" in asha.answer(item, "no year")["said"][0]
    assert asha.answer(item, "x", verdict="maybe")["state"] == "refused"
    assert asha.answer({**item, "id": "nothing"}, "2018")["state"] == "gone"
    assert asha.send("/api/answers", {"answers": [{"item": 7}]})[0] == 422
    assert asha.send("/api/answers", {"answers": "all"})[0] == 422
    assert asha.send("/api/answers", {"answers": [{}] * 501})[0] == 422


def test_a_name_in_no_list_is_asked_twice(browsers, made):
    asha, item = browsers["Asha"], on(browsers["Sup"], 1, "police_station")
    told = asha.answer(item, "Nowherepur", client="nowhere-1")
    assert told["state"] == "not_in_list"
    assert "Nowherepur" not in json.dumps(told)
    assert decided(made, 1, "police_station") is None
    assert asha.answer(item, "Nowherepur", client="nowhere-1", sure=True)["state"] == "kept"
    assert decided(made, 1, "police_station") == ("value", "Nowherepur", "Asha")


def test_whoever_comes_too_late_sees_both_values_and_a_third_decides(browsers, made):
    item = on(browsers["Sup"], 1, "acts.act")
    assert browsers["Asha"].answer(item, "u/s 379 IPC")["state"] == "kept"
    told = browsers["Bala"].answer(item, verdict="illegible")
    assert (told["state"], told["other"]) == ("conflict", {"value": "u/s 379 IPC", "operator": "Asha"})
    assert browsers["Bala"].answer(item, verdict="illegible")["state"] == "conflict", "sent again"
    assert decided(made, 1, "statutes") == ("value", "u/s 379 IPC", "Asha"), "what was settled holds meanwhile"
    assert b"u/s 379 IPC" in browsers["Chitra"].get("/disagreements")[2]
    assert on(browsers["Asha"], 1, "acts.act") is None, "neither of the two decides"
    third = on(browsers["Chitra"], 1, "acts.act")
    assert sorted((s["verdict"], s["value"]) for s in third["sides"]) == [("illegible", ""), ("value", "u/s 379 IPC")]
    assert browsers["Chitra"].answer(third, verdict="illegible")["state"] == "kept"
    assert decided(made, 1, "statutes") == ("illegible", "", "Chitra")
    assert on(browsers["Sup"], 1, "acts.act") is None


def test_blind_double_keys_settle_where_they_agree(browsers, made):
    asha, bala = browsers["Asha"], browsers["Bala"]
    first = on(asha, 1, "fir_no")
    assert (first["prefill"], first["candidates"], first["blind"], first["double"]) == ("", [], True, "blind")
    # Who keys blind cannot take the machine's word for it, by whatever program.
    told = browsers["Asha"].answer(first, verdict="ok", client="agrees-unseen")
    assert told["state"] == "refused" and "the box was empty" in told["said"][0]
    assert asha.answer(first, "101")["state"] == "kept"
    assert decided(made, 1, "fir_no") is None
    assert on(asha, 1, "fir_no") is None, "nobody is the second of their own"
    second = on(bala, 1, "fir_no")
    assert {k: v for k, v in second.items() if k != "version"} == {k: v for k, v in first.items() if k != "version"}
    assert bala.answer(second, "0101")["state"] == "kept", "the same number, written otherwise"
    assert decided(made, 1, "fir_no")[0] == "value"


def test_blind_double_keys_that_differ_go_to_a_third(browsers, made):
    browsers["Asha"].answer(on(browsers["Asha"], 2, "fir_no"), "102")
    kept = browsers["Bala"].answer(on(browsers["Bala"], 2, "fir_no"), "120")
    assert (kept["state"], kept["other"]) == ("kept", None), "nobody is told what the other typed"
    assert decided(made, 2, "fir_no") is None
    page = browsers["Chitra"].get("/disagreements")[2]
    assert b"102" in page
    assert b"120" in page
    assert b"120" not in browsers["Asha"].get("/disagreements")[2], "it is not theirs to decide"
    assert browsers["Chitra"].answer(on(browsers["Chitra"], 2, "fir_no"), "102")["state"] == "kept"
    assert decided(made, 2, "fir_no") == ("value", "102", "Chitra")


def test_the_second_of_a_verified_field_sees_the_first(browsers, made):
    browsers["Asha"].answer(on(browsers["Asha"], 1, "fir_date"), "04/12/2018")
    second = on(browsers["Bala"], 1, "fir_date")
    assert second["prefill"] == "04/12/2018"
    browsers["Asha"].answer(second, "05/12/2018")
    told = browsers["Bala"].answer(second, verdict="ok", client="agrees-too-late")
    assert (told["state"], "changed" in told["said"][0]) == ("refused", True)
    browsers["Asha"].answer(second, "04/12/2018", client="back-again")
    second = on(browsers["Bala"], 1, "fir_date")
    assert browsers["Bala"].answer(second, verdict="ok")["state"] == "kept"
    assert decided(made, 1, "fir_date")[1] == "04/12/2018"


def test_undo_goes_back_as_far_as_one_likes(browsers, made):
    asha = browsers["Asha"]
    items = [on(browsers["Sup"], 3, f) for f in ("year", "police_station")]
    for item, value in zip(items, ("2018", "Namunahat"), strict=True):
        asha.answer(item, value, client=f"undo-{item['field']}")
    asha.answer(items[0], "2017", client="undo-again")
    assert decided(made, 3, "year") == ("value", "2017", "Asha")
    assert asha.send("/api/undo", {"client": "undo-again"})[1]["state"] == "undone"
    assert decided(made, 3, "year") == ("value", "2018", "Asha")
    for item in reversed(items):
        status, found = asha.send("/api/undo", {"client": f"undo-{item['field']}"})
        assert (status, found["state"], found["item"]["id"]) == (200, "undone", item["id"])
    assert decided(made, 3, "year") is decided(made, 3, "police_station") is None
    # An undo that is sent again, since its reply was lost, is told as done; it is noted once.
    assert asha.send("/api/undo", {"client": "undo-year"})[1]["state"] == "undone"
    with Ledger(made.ledger) as ledger:
        assert (
            ledger.rows("SELECT COUNT(*) FROM events WHERE json_extract(detail, '$.undone') = 'undo-year'")[0][0] == 1
        )
    # What was undone is not taken in again when the browser sends it once more.
    asha.answer(items[0], "2018", client="undo-year")
    assert decided(made, 3, "year") is None
    browsers["Bala"].answer(on(browsers["Bala"], 3, "year"), "2018", client="of-bala-1")
    assert asha.send("/api/undo", {"client": "of-bala-1"})[1]["state"] == "gone", "it is somebody else's"


def test_what_cannot_be_answered_goes_to_the_supervisor(browsers, made):
    asha, item = browsers["Asha"], on(browsers["Sup"], 3, "acts.act")
    assert asha.answer(item, verdict="wrong_zone", note="the stamp is cut")["state"] == "kept"
    assert on(asha, 3, "acts.act") is None
    assert on(browsers["Bala"], 3, "acts.act") is None
    # Whoever still has it on the screen does not answer for the supervisor.
    assert browsers["Bala"].answer(item, "u/s 302 IPC")["state"] == "gone"
    assert decided(made, 3, "statutes") is None
    assert b"the stamp is cut" in browsers["Sup"].get("/disagreements")[2]
    assert browsers["Sup"].answer(on(browsers["Sup"], 3, "acts.act"), "u/s 379 IPC")["state"] == "kept"
    assert on(browsers["Sup"], 3, "acts.act") is None
    assert decided(made, 3, "statutes") == ("value", "u/s 379 IPC", "Sup")


@pytest.mark.parametrize("turns", range(4))
def test_a_place_stands_on_the_upright_picture_where_it_stood_on_the_scan(turns):
    box = Box(3, 1, 7, 2)
    scan = np.zeros((10, 20), int)
    scan[box.y0 : box.y1, box.x0 : box.x1] = 1
    upright = np.rot90(scan, -turns)
    task = SimpleNamespace(item=SimpleNamespace(box=box, boxes=()), page="p")
    x0, y0, x1, y1 = find_box(SimpleNamespace(measure_page=lambda _: (turns, 20, 10)), task)
    assert upright[y0:y1, x0:x1].all()
    assert (x1 - x0) * (y1 - y0) == upright.sum()


def test_help_while_typing(browsers):
    asha, item = browsers["Asha"], on(browsers["Sup"], 4, "fir_date")
    status, found = asha.send("/api/check", {"item": item["id"], "value": "31/31/2018"})
    assert (status, found["understood"]) == (200, False)
    status, found = asha.send("/api/check", {"item": item["id"], "value": "03/12/2038"})
    assert found["understood"]
    assert {f["severity"] for f in found["found"]} <= {"review", "reject"}
    assert found["found"]
    entries = asha.json("/api/list?list=station&q=namu&n=3")["entries"]
    assert "Namunahat" in [e["value"] for e in entries]
    assert asha.json("/api/list?list=nothing&q=x")["entries"] == []
    browsers["Asha"].answer(on(browsers["Sup"], 3, "fir_date"), "02/12/2018")
    browsers["Bala"].answer(on(browsers["Sup"], 3, "fir_date"), "02/12/2018")
    assert on(browsers["Sup"], 4, "fir_date")["above"] == "02/12/2018", "what was just said of the page before"
    assert [_name_row_above(row) for row in ("r03", "r10", "r1", "r01", "sum")] == ["r02", "r09", "", "", ""]
