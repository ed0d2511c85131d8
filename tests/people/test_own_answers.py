"""Undo is whole or not at all, after a reload, a run and a restart; everybody lists and searches their own answers."""

from dataclasses import replace

import pytest
from station_office import Browser, open_station, run

from digitize.review import reopening
from digitize.review.station.loading import load_holdings
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records

pytestmark = pytest.mark.usefixtures("quick_hash")
SETTINGS = "sample_share = 0.0\nknown_share = 0.0\n"


@pytest.fixture
def office(office_of):
    return office_of(SETTINGS)


@pytest.fixture
def station(office, quick_hash):
    served, app = open_station(office)
    yield served, app
    served.close()


def log_in(station, name):
    return Browser(station[1], name, served=station[0])


def reload(station):
    """As after a run, or a minute."""
    station[0].room.run_and_wait(lambda room: room.start_reload())
    station[0].room.wait()


def ask(browser, field, page=1):
    browser.served.room.run_and_wait(lambda room: [room.worklist.release_all(n) for n in ("Asha", "Bala", "Sup")])
    return next(iter(browser.items(f"n=50&field={field}&page=wb-test-0001-{page:04d}")), None)


def decision(office, zone, page=1):
    record = f"wb-test-0001-{page:04d}-r1"
    with Ledger(office.ledger) as ledger:
        return Records(ledger).decisions(record).get(f"zone:{record[:-3]}/{zone}")


def undo(browser, client):
    return browser.send("/api/undo", {"client": client})[1]


def count_notes(office, client):
    with Ledger(office.ledger) as ledger:
        return ledger.rows("SELECT COUNT(*) FROM events WHERE json_extract(detail, '$.undone') = ?", (client,))[0][0]


@pytest.mark.parametrize("verdict", ["illegible", "blank", "value"])
def test_an_answer_is_undone_though_nothing_asks_its_place_any_more(office, station, verdict):
    asha = log_in(station, "Asha")
    item = ask(asha, "fir_no")
    asha.answer(item, "207" if verdict == "value" else "", verdict, client="answer-1")
    assert decision(office, "fir_no").verdict == verdict
    reload(station)
    found = undo(asha, "answer-1")
    assert (found["state"], found["item"]["id"]) == ("undone", item["id"])
    assert decision(office, "fir_no") is None
    assert ask(asha, "fir_no")["id"] == item["id"]


def test_an_undo_outlives_run_and_restart(office, station):
    asha = log_in(station, "Asha")
    item = ask(asha, "year")
    asha.answer(item, "2017", client="answer-1")
    run(office)
    assert value_of(office, "year") == "2017"
    reload(station)
    assert undo(asha, "answer-1")["item"]["id"] == item["id"]
    assert decision(office, "year") is None
    # Before the next run the record still holds the answer; the station asks its place all the same.
    reload(station)
    assert ask(asha, "year")["id"] == item["id"]
    run(office)
    assert value_of(office, "year") != "2017"
    reload(station)
    assert ask(asha, "year")["id"] == item["id"]


def value_of(office, field, page=1):
    with Ledger(office.ledger) as ledger:
        stored = Records(ledger).find(f"wb-test-0001-{page:04d}-r1")
        return dict(stored.record.cells())[field].value


def test_an_undo_while_all_is_read_anew_is_not_lost(office, station):
    asha, room = log_in(station, "Asha"), station[0].room
    item = ask(asha, "year")
    asha.answer(item, "2017", client="answer-1")
    before = load_holdings(office)
    undo(asha, "answer-1")
    room.run_and_wait(lambda room: room._take_over(before))
    assert ask(asha, "year")["id"] == item["id"]


def test_an_undo_that_fails_is_not_noted(office, station, monkeypatch, caplog):
    asha = log_in(station, "Asha")
    asha.answer(ask(asha, "year"), "2017", client="answer-1")

    def fail(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(reopening, "keep_answer", fail)
    assert asha.send("/api/undo", {"client": "answer-1"})[0] == 500
    monkeypatch.undo()
    assert (count_notes(office, "answer-1"), decision(office, "year").value) == (0, "2017")
    assert undo(asha, "answer-1")["state"] == "undone"
    assert (count_notes(office, "answer-1"), decision(office, "year")) == (1, None)


def test_an_answer_that_was_opened_again_since_is_not_noted_as_undone(office, station):
    asha = log_in(station, "Asha")
    item = ask(asha, "year")
    asha.answer(item, "2017", client="answer-1")
    log_in(station, "Sup").form(f"/record/{item['record']}", field="year", reason="The book was read again")
    reload(station)
    assert undo(asha, "answer-1")["state"] == "gone"
    assert count_notes(office, "answer-1") == 0


def test_the_newest_answer_is_found_without_a_tab_that_remembers_it(office, station):
    asha, bala = log_in(station, "Asha"), log_in(station, "Bala")
    for n, field in enumerate(("year", "police_station")):
        asha.answer(ask(asha, field), ("2017", "Namunahat")[n], client=f"answer-{n}")
    bala.answer(ask(bala, "fir_no", page=2), "207", client="of-bala-1")
    for n in (1, 0):
        newest = asha.json("/api/newest")
        assert newest["client"] == f"answer-{n}"
        assert undo(asha, newest["client"])["state"] == "undone"
    assert asha.json("/api/newest") == {"client": "", "seq": 0}
    assert asha.json("/api/newest?before=1")["client"] == ""
    assert asha.get("/api/newest?before=x")[0] == 422


def test_an_answer_that_somebody_confirmed_leaves_theirs(office, station):
    asha, bala = log_in(station, "Asha"), log_in(station, "Bala")
    item = ask(asha, "year")
    asha.answer(item, "2017", client="answer-1")
    # As a second look for quality: it agrees, and settles nothing itself.
    batch = station[0].room.run_and_wait(lambda room: room.worklist.find(item["id"]).batch)
    station[0].room.run_and_wait(lambda room: room.worklist.sent_back.update({batch: 10**9}))
    reply = bala.answer(item, "2017", client="of-bala-1")
    station[0].room.run_and_wait(lambda room: room.worklist.sent_back.clear())
    assert reply["state"] == "kept"
    assert undo(asha, "answer-1")["state"] == "undone"
    assert (decision(office, "year").value, decision(office, "year").operator) == ("2017", "Bala")


def page(browser, query="", **form):
    status, _, body = browser.form("/answers", **form) if form else browser.get(f"/answers{query}")
    assert status == 200
    return body.decode()


def test_own_answers_are_listed_searched_and_opened_again(office, station):
    asha, bala = log_in(station, "Asha"), log_in(station, "Bala")
    item = ask(asha, "year")
    asha.answer(item, "2017", client="answer-1")
    asha.answer(ask(asha, "fir_no", page=2), "Zz-207", client="answer-2")
    bala.answer(ask(bala, "fir_no", page=3), "Qq-309", client="of-bala-1")
    shown = page(asha)
    assert "2017" in shown and "Zz-207" in shown and "Qq-309" not in shown
    assert shown.index("Zz-207") < shown.index(">2017<")
    assert "Zz-207" in page(asha, q="zz-2") and "Zz-207" not in page(asha, q="2017")
    assert "Zz-207" not in page(asha, q="nowhere")
    assert asha.get("/answers?of=Bala")[0] == asha.form("/answers", of="Bala")[0] == 403
    # No name is searched for in an address: it would stand in logs and in the list of visited pages.
    assert "Zz-207" in page(asha, "?q=nowhere") and 'method="get"' not in page(asha)
    sup = log_in(station, "Sup")
    assert "Qq-309" in page(sup, "?of=Bala") and "Zz-207" not in page(sup, "?of=Bala")
    # Somebody else's is not opened by its id.
    assert bala.form("/answers/reopen", client="answer-1")[1]["location"] == "/answers?kept=1"
    status, headers, _ = asha.form("/answers/reopen", client="answer-1")
    assert (status, headers["location"]) == (303, f"/key?order=page&first={item['id']}")
    assert decision(office, "year") is None
    (first, *_) = asha.items(f"order=page&first={item['id']}&n=5")
    assert (first["id"], first["draft"]) == (item["id"], "2017")
    # It is given to whoever opened it, and to nobody else who asks for it.
    assert all(i["id"] != item["id"] for i in bala.items(f"order=page&first={item['id']}&n=50"))


def test_a_list_shows_and_finds_no_protected_name(office, station):
    asha = log_in(station, "Asha")
    item = ask(asha, "year")
    asha.answer(item, "2017", client="answer-1")

    def protect(room):
        task = room.worklist.find(item["id"])
        room.worklist.tasks[task.base] = replace(task, is_masked=True)

    station[0].room.run_and_wait(protect)
    assert ">2017<" not in page(asha) and "[masked]" in page(asha)
    assert "[masked]" not in page(asha, q="2017")
