"""What is settled for a row of an old table holds after the next run, also where it comes back to what it was."""

from station_office import run

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import open_place


def test_the_last_word_holds_whatever_was_said_before(digitize, samples, tmp_path):
    digitize("init", "dl", tmp_path / "ws")
    digitize("intake", tmp_path / "ws", samples / "formats" / "dl_fir_list_english" / "source.xlsx")
    place = open_place(tmp_path / "ws")
    run(place)
    with Ledger(place.ledger) as ledger:
        record = next(s.record.id for s in Records(ledger).all())
    say = ("review", "settle", place.folder, record)
    digitize(*say, "year", "--operator", "A", "--value", "2009", code=5)  # the cell says the number, too
    for number in ("7", "8", "7"):
        digitize(*say, "fir_no", "--operator", "A", "--value", f"{number}/2009")
        run(place)
        with Ledger(place.ledger) as ledger:
            assert Records(ledger).find(record).record.value("fir_no") == number
