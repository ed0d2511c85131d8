"""Who must not be named is masked at the station too, until a supervisor says why not."""

import json

import pytest
from station_office import PASSWORD, Browser, open_station

from digitize.errors import OptionsError
from digitize.login.people import new_account
from digitize.masking.cases import CaseMasks
from digitize.workspace.ledger import Ledger

pytestmark = pytest.mark.usefixtures("quick_hash")
HIDDEN = "wb-test-0001-0001-r1"
PAGE = "wb-test-0001-0001"


@pytest.fixture(scope="module")
def station(office_of, quick_hash):
    """The station of a workspace in which the station of the first page is protected."""
    with pytest.MonkeyPatch.context() as patch:
        paths = lambda _, record: frozenset({"police_station"} if record.id == HIDDEN else ())  # noqa: E731
        patch.setattr(CaseMasks, "list_masked_paths", paths)
        patch.setattr("digitize.review.station.ledger_thread.list_hidden_zones", lambda *_: {"police_station"})
        patch.setattr("digitize.review.station.values_above.list_hidden_zones", lambda *_: {"police_station"})
        served, app = open_station(office_of())
        yield served, app
        served.close()


def masked(browser):
    return [i for i in browser.items("n=100") if i["record"] == HIDDEN and i["field"] == "police_station"]


def test_operators_are_not_given_what_is_protected(station):
    served, app = station
    asha, sup = Browser(app, "Asha"), Browser(app, "Sup")
    assert masked(asha) == []
    served.room.run_and_wait(lambda room: room.worklist.release_all("Asha"))
    (item,) = masked(sup)
    assert (item["masked"], item["prefill"], item["picture"], item["candidates"]) == (True, "[masked]", "", [])
    assert asha.answer(item, "Namunahat")["state"] == "gone"
    assert sup.answer(item, "Namunahat")["state"] == "gone", "nor are they answered unseen"
    for browser in (asha, sup):
        assert browser.get(f"/api/picture/{item['id']}")[0] == 403


def test_a_supervisor_sees_it_for_a_reason_that_is_kept(station):
    served, app = station
    asha, sup = Browser(app, "Asha"), Browser(app, "Sup")
    (item,) = masked(sup)
    covered = sup.get(f"/api/page/{PAGE}?item={item['id']}")[2]
    assert asha.send("/api/unmask", {"item": item["id"], "reason": "court order 12 of 2026"})[0] == 403
    for reason in ("", "because", "x x"):
        assert sup.send("/api/unmask", {"item": item["id"], "reason": reason})[0] == 422
    assert sup.get(f"/api/picture/{item['id']}")[0] == 403
    status, found = sup.send("/api/unmask", {"item": item["id"], "reason": "court order 12 of 2026"})
    assert (status, found["item"]["prefill"], found["item"]["masked"]) == (200, "Namunahat", False)
    assert sup.get(f"/api/picture/{item['id']}")[0] == 200
    assert sup.get(f"/api/page/{PAGE}?item={item['id']}")[2] != covered
    assert sup.get(f"/api/page/{PAGE}")[2] == covered
    assert asha.get(f"/api/page/{PAGE}?item={item['id']}")[2] == covered
    assert sup.answer(item, "Namunahat")["state"] == "kept"
    with Ledger(served.place.ledger) as ledger:
        (event,) = (e for e in ledger.events("wb-test") if e.detail.get("unmasked"))
        assert (event.detail["operator"], event.detail["reason"]) == ("Sup", "court order 12 of 2026")
        assert "Namunahat" not in json.dumps(dict(event.detail))


def test_who_is_cleared_is_given_them_and_each_time_is_kept(station):
    served, app = station
    with pytest.raises(OptionsError, match="words"):
        new_account("Clear", "operator", "en", {}, cleared="because")
    served.people.add(new_account("Clear", "operator", "en", {}, cleared="sworn in, order 7"), PASSWORD)
    served.room.run_and_wait(lambda room: room.worklist.release_all("Sup"))
    clear = Browser(app, "Clear")
    served.room.run_and_wait(
        lambda room: room.worklist.remove_past(next(p for v in room.worklist.past.values() for p in v))
    )
    (item,) = masked(clear)
    assert (item["masked"], item["prefill"]) == (False, "Namunahat")
    assert clear.get(f"/api/picture/{item['id']}")[0] == 200
    with Ledger(served.place.ledger) as ledger:
        event = [e for e in ledger.events("wb-test") if e.detail.get("unmasked")][-1]
        assert (event.detail["operator"], event.detail["reason"]) == ("Clear", "sworn in, order 7")
        assert event.detail["ids"] == [HIDDEN]


def test_what_stands_above_tells_nobody_either(station):
    served, app = station
    for name in ("Sup", "Clear"):
        served.room.run_and_wait(lambda room, name=name: room.worklist.release_all(name))
    items = [i for i in Browser(app, "Asha").items("n=100&page=wb-test-0001-0002")]
    above = {i["field"]: i["above"] for i in items}
    assert above["police_station"] == ""
    assert "year" in above


def test_a_record_is_shown_masked(station):
    served, app = station
    status, _, body = Browser(app, "Sup").get("/record/wb-test-0001-0002-r1")
    assert (status, b"wb-test-0001-0002-r1" in body) == (200, True)
    assert Browser(app, "Sup").get("/record/no-record")[0] == 404
