"""What the station answers when something goes wrong, or when somebody else was there first."""

import re

import pytest
from station_office import PASSWORD, Browser, open_station

from digitize.errors import LedgerError, NotCounted
from digitize.login.people import new_account
from digitize.login.throttle import Throttle
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records

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
def station(made, quick_hash):
    served, app = open_station(made)
    yield served, app
    served.close()


@pytest.fixture(scope="module")
def browsers(station):
    served, app = station
    return {name: Browser(app, name, served=served) for name in ("Asha", "Bala", "Chitra", "Sup", "Adm")}


def on(browser, page, field):
    """The item of a field on a page (from 1), whoever held it before; None where it is not given to this person."""
    for name in ("Asha", "Bala", "Chitra", "Sup"):
        browser.served.room.run_and_wait(lambda room, name=name: room.worklist.release_all(name))
    items = browser.items(f"n=50&field={field}&page=wb-test-0001-{page:04d}")
    return items[0] if items else None


def decision(made, page, zone):
    record = f"wb-test-0001-{page:04d}-r1"
    with Ledger(made.ledger) as ledger:
        return Records(ledger).decisions(record).get(f"zone:{record[:-3]}/{zone}")


def decided(made, page, zone):
    found = decision(made, page, zone)
    return found and (found.verdict, found.value, found.operator)


@pytest.mark.parametrize(("fault", "status"), [(LedgerError("/a/file is damaged"), 503), (RuntimeError("Qarla"), 500)])
def test_a_fault_is_answered_without_what_it_says(browsers, station, monkeypatch, caplog, fault, status):
    async def fail(work):
        raise fault

    monkeypatch.setattr(station[0].room, "run_in_thread", fail)
    found, _, body = browsers["Asha"].get("/api/next?n=1")
    assert found == status
    assert b"/a/file" not in body and b"Qarla" not in body
    assert len(caplog.records) == 1 and "Qarla" not in caplog.text and "/a/file" not in caplog.text


def test_nobody_comes_in_while_wrong_passwords_cannot_be_counted(station, monkeypatch, caplog):
    served, app = station

    def fail(self, key):
        raise NotCounted("the disk is full")

    monkeypatch.setattr(Throttle, "wait_s", fail)
    browser = Browser(app)
    assert browser.login("Asha")[0] == 503
    assert served.cookie not in browser.cookies
    assert "the disk is full" in caplog.text


def test_an_administrator_gives_a_new_password_which_ends_what_the_old_one_opened(station, browsers):
    served, app = station
    served.people.add(new_account("Forgetful", "operator", "en", {}), PASSWORD)
    before = Browser(app, "Forgetful")
    adm = browsers["Adm"]
    assert adm.form("/people", what="password", name="Forgetful", password="another long one")[0] == 303
    assert before.get("/")[0] == 303
    assert Browser(app).login("Forgetful", PASSWORD)[0] == 401
    assert Browser(app).login("Forgetful", "another long one")[0] == 303
    assert adm.form("/people", what="password", name="Nobody", password="another long one")[0] == 422
    assert adm.form("/people", what="crown", name="Forgetful")[0] == 422
    with Ledger(served.place.ledger) as ledger:
        assert [(e.detail["what"], e.detail["by"]) for e in ledger.events("people:Forgetful")] == [("password", "Adm")]


def test_an_account_is_added_with_the_work_that_is_its_own(station, browsers):
    told = {"what": "add", "name": "Limited", "role": "supervisor", "password": PASSWORD, "language": "hi",
            "volumes": "a, b", "languages": "en", "fields": "fir_no,,year", "cleared": "court order 12/2026"}  # fmt: skip
    assert browsers["Adm"].form("/people", **told)[0] == 303
    made = station[0].people.find_account("Limited")
    assert (made.role, made.language, made.cleared) == ("supervisor", "hi", "court order 12/2026")
    assert (made.volumes, made.languages, made.fields) == (("a", "b"), ("en",), ("fir_no", "year"))
    with Ledger(station[0].place.ledger) as ledger:
        (event,) = ledger.events("people:Limited")
    assert event.detail == {"what": "add", "by": "Adm", "role": "supervisor", "cleared": "court order 12/2026"}


def test_an_answer_to_what_a_spreadsheet_settled_otherwise_is_left_to_a_third(browsers, made):
    item = on(browsers["Asha"], 2, "acts.act")
    with Ledger(made.ledger) as ledger, ledger.writing():
        given = browsers["Asha"].served.room.run_and_wait(lambda room: room.worklist.find(item["id"]).asked.blank)
        from dataclasses import replace

        settled = replace(given, verdict="value", value="u/s 302 IPC", operator="Typist")
        Records(ledger).insert_decision(settled, "2026-11-29T10:00:00+00:00")
    known = browsers["Asha"].answer(item, "u/s 302 IPC", client="same-as-sheet")
    assert (known["state"], known["client"], known["item"]) == ("known", "same-as-sheet", item["id"])
    told = browsers["Asha"].answer(item, "u/s 379 IPC", client="not-as-sheet")
    assert (told["state"], told["other"]) == ("conflict", {"value": "u/s 302 IPC", "operator": "Typist"})
    assert decided(made, 2, "statutes") == ("value", "u/s 302 IPC", "Typist")
    third = on(browsers["Chitra"], 2, "acts.act")
    assert sorted(side["value"] for side in third["sides"]) == ["u/s 302 IPC", "u/s 379 IPC"]
    assert on(browsers["Asha"], 2, "acts.act") is None, "she is one of the two"
    assert browsers["Chitra"].answer(third, "u/s 379 IPC", client="the-third")["state"] == "kept"
    assert decided(made, 2, "statutes") == ("value", "u/s 379 IPC", "Chitra")


def test_who_thinks_again_after_another_agreed_is_contradicted_and_who_comes_back_is_not(browsers, made):
    asha, bala = browsers["Asha"], browsers["Bala"]
    first = on(asha, 3, "fir_no")
    assert asha.answer(first, "103")["state"] == "kept"
    second = on(bala, 3, "fir_no")
    assert bala.answer(second, "103")["state"] == "kept"
    assert decided(made, 3, "fir_no") == ("value", "103", "Bala")
    asha.answer(first, "130", client="thinks-again")
    assert on(browsers["Chitra"], 3, "fir_no"), "two differ: a third decides"
    asha.answer(first, "103", client="thinks-once-more")
    assert on(browsers["Chitra"], 3, "fir_no") is None
    assert decided(made, 3, "fir_no")[:2] == ("value", "103")


def test_of_answers_sent_together_all_are_kept_or_none(browsers, station, made, monkeypatch):
    served, asha = station[0], browsers["Asha"]
    item, other = on(asha, 4, "fir_no"), on(asha, 4, "fir_date")
    from digitize.review.station import saving

    kept, real = [], saving.record_answer

    def fails_at_the_second(ledger, past):
        kept.append(past)
        if len(kept) > 1:
            raise LedgerError("the disk is full")
        return real(ledger, past)

    monkeypatch.setattr(saving, "record_answer", fails_at_the_second)
    plain = [
        {"client": f"both-{i['id']}", "item": i["id"], "version": i["version"], "verdict": "value", "value": v}
        for i, v in ((item, "104"), (other, "04/12/2018"))
    ]
    assert asha.send("/api/answers", {"answers": plain})[0] == 503
    monkeypatch.undo()
    assert served.room.run_and_wait(lambda room: [room.find_answer(p["client"]) for p in plain]) == [None, None]
    assert on(asha, 4, "fir_no"), "nothing of it was kept"
    assert asha.send("/api/answers", {"answers": plain})[1]["outcomes"][0]["state"] == "kept"
    assert on(browsers["Bala"], 4, "fir_no")["blind"], "the first of two"


@pytest.mark.parametrize("value", ["", "   "])
def test_rules_say_nothing_of_what_is_not_typed_yet(browsers, value):
    item = on(browsers["Sup"], 1, "year")
    assert browsers["Sup"].send("/api/check", {"item": item["id"], "value": value}) == (
        200, {"found": [], "understood": True},
    )  # fmt: skip


def test_what_is_settled_stands_with_each_field_of_its_record(browsers, made):
    item = on(browsers["Sup"], 1, "year")
    assert browsers["Asha"].answer(item, "2018")["state"] == "kept"
    page = browsers["Sup"].get("/record/wb-test-0001-0001-r1")[2].decode()
    assert "2018" in page and "Asha" in page


def test_a_name_that_is_written_like_an_address_slows_nobody_of_that_address(station):
    served = station[0]
    for _ in range(40):
        served.by_name.count_failure("10.9.9.9")
    assert served.by_name.wait_s("10.9.9.9") > 0 == served.by_address.wait_s("10.9.9.9")


def test_what_a_page_loads_comes_as_what_it_is(station, browsers):
    page = browsers["Asha"].get("/")[2].decode()
    kinds = {"css": "text/css", "js": "text/javascript"}
    found = {path: kinds[path.rpartition(".")[2]] for path in re.findall(r'"(/static/[^"]+\.(?:css|js))"', page)}
    assert found
    for path, kind in found.items():
        status, headers, _ = browsers["Asha"].get(path)
        assert (status, headers["content-type"].partition(";")[0]) == (200, kind)
        assert "immutable" in headers["cache-control"]
