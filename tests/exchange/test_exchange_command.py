"""The commands of the exchange, from the store to the day on the national page."""

import csv
import json
import shutil
from datetime import timedelta

import pytest

from digitize.exchange.answer import write_reply
from digitize.machine.today import today_in_india
from digitize.offices.exchange_dates import find_latest, fold_exchanges
from digitize.offices.judge import check_alone, read_body
from digitize.offices.refusal import Refused
from digitize.offices.shape import Exchanges
from digitize.workspace.ledger import Ledger
from sample_data.makers.exchange import cnr_of, fir_of, put


@pytest.fixture(scope="module")
def office(digitize, exchange_template, tmp_path_factory):
    """A workspace that has sent a package to the courts and taken their reply in."""
    place = tmp_path_factory.mktemp("office") / "ws"
    digitize("init", "wb", place, "--site", "office")
    shutil.copy(exchange_template / "cctns.sqlite", place / "loaded" / "cctns.sqlite")
    digitize("exchange", "export", "--to", "e-courts", "--out", place / "out", "--workspace", place, "--plain")
    said = [put("case", "1", {"cnr": cnr_of(1)}, fir=fir_of(1)), put("case", "2", {"cnr": cnr_of(1)}, fir=fir_of(2))]
    reply, day = place / "reply.zip", today_in_india()
    write_reply(reply, exchange_template / "e-courts.pem", "e-courts", "wb-office", 1, "", day, said)
    digitize("exchange", "import", reply, "--workspace", place)
    return place


def test_what_was_exchanged_is_told(digitize, office):
    (package,) = (office / "out").glob("*.zip")
    told = digitize.json("exchange", "verify", package, "--workspace", office)
    assert (told["sender"], told["receiver"], told["sequence"], told["lines"]) == ("wb-office", "e-courts", 1, 16)
    (s,) = digitize.json("exchange", "status", "--workspace", office)["partners"]
    assert (s["sent"], s["held"], s["taken"], s["statements"], s["conflicts"]) == (1, 16, 1, 2, 2)
    assert digitize.json("exchange", "status", "--workspace", office, "--waiting")["waiting"] == []
    digitize("exchange", "status", "--workspace", office)
    assert "nothing changed" in digitize("exchange", "import", office / "reply.zip", "--workspace", office)
    assert "Nothing changed" in digitize(
        "exchange", "export", "--to", "e-courts", "--out", office / "out", "--workspace", office, "--plain"
    )
    digitize("exchange", "export", "--to", "e-courts", "--out", office, "--workspace", office, code=4)


def test_conflicts_by_command(digitize, office):
    found = digitize.json("exchange", "conflicts", "--workspace", office, code=3)["conflicts"]
    assert {c["code"] for c in found} == {"cnr-of-another"}
    who = ("--operator", "Asha", "--reason", "letter 3", "--workspace", office)
    digitize("exchange", "settle", found[0]["id"][:8], "--decision", "theirs", *who)
    digitize("exchange", "settle", found[1]["id"][:8], "--decision", "both", *who)
    assert digitize.json("exchange", "show", found[1]["id"][:8], *who)["said"]["cnr"] == cnr_of(1)
    assert digitize.json("exchange", "conflicts", "--workspace", office)["conflicts"] == []
    schema = json.loads(digitize("exchange", "schema", "e-prison", "--back"))
    assert schema["$id"].endswith("e-prison-backward-1")


def test_the_last_day_of_each_exchange(office):
    today = today_in_india()
    with Ledger(office / "ledger.sqlite") as ledger:
        told = fold_exchanges(ledger, today)
        assert fold_exchanges(ledger, today - timedelta(days=1)) == Exchanges()
    assert told == Exchanges(forward={"e-courts": today}, backward={"e-courts": today})
    before = today - timedelta(days=2)
    both = find_latest([Exchanges(forward={"e-courts": before, "e-prison": before}), None, told])
    assert both == Exchanges(forward={"e-courts": today, "e-prison": before}, backward={"e-courts": today})
    assert find_latest([None]) is None


def test_the_days_stand_on_the_national_page(digitize, office):
    """From the packages through the site's and the state's snapshots, beside what the officer states."""
    state, nation, today = office.parent / "state", office.parent / "nation", today_in_india().isoformat()
    digitize("snapshot", office)
    digitize("state", "init", "wb", "--dir", state)
    digitize("state", "keys", "add", "wb-office", office / "keys" / "site.pub", "--dir", state)
    digitize("state", "add", office / "exports", "--dir", state)
    lines = f"as_on = {today}\n[forward.e-courts]\ndone = true\nlast_exchange = 2021-01-01\n"
    (state / "lists" / "statement.toml").write_text(lines)
    digitize("snapshot", state)
    digitize("national", "init", "--dir", nation)
    digitize("national", "keys", "add", "wb", state / "keys" / "office.pub", "--dir", nation)
    digitize("national", "add", state / "exports", "--dir", nation)
    digitize("national", "report", "--dir", nation, "--html", nation / "p.html", "--csv", nation / "csv")
    page = (nation / "p.html").read_text(encoding="utf-8")
    assert page.count(f"last exchange {today}") == 2 and "last exchange 2021-01-01" not in page
    rows = list(csv.DictReader((nation / "csv" / "integration.csv").open(encoding="utf-8-sig")))
    assert [(r["direction"], r["pillar"], r["last_exchange"]) for r in rows] == [
        ("forward", "e-courts", today), ("backward", "e-courts", today),
    ]  # fmt: skip
    # A day that has not come is refused.
    body = json.loads(next((office / "exports").glob("*.snapshot")).read_bytes().partition(b"\n")[0])
    body["exchanges"]["forward"]["e-prison"] = "2031-01-01"
    with pytest.raises(Refused, match="exchanges"):
        check_alone(read_body(json.dumps(body).encode()))
