"""A worker that reaches only the database signs with a key of its own, as long as the office allows it."""

import pytest

from digitize.errors import KeyUnusable, NotFound, OptionsError
from digitize.machine.signing import create_key
from digitize.workspace.integrity.worker_keys import allow_key, require_allowed, withdraw_key, worker_keys
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import create


@pytest.fixture
def place(tmp_path):
    return create("wb", tmp_path / "ws", "pilot")


@pytest.fixture
def key(tmp_path):
    create_key(tmp_path / "bally.pem")
    return tmp_path / "bally.pem"


def public(key):
    return key.with_suffix(".pub").read_text()


def write(place, key, unit="wb-0001-0001"):
    with Ledger(place.ledger, key=key) as ledger:
        ledger.record_event(unit, "recognise", "failed", key="k", detail={"kind": "x"})


def amiss(place):
    with Ledger(place.ledger) as ledger:
        return [change.line() for change in ledger.changes() if not change.is_remark]


def test_what_a_worker_signs_is_whole_once_the_office_allowed_its_key(place, key):
    with Ledger(place.ledger) as ledger, pytest.raises(KeyUnusable, match="digitize keys allow DIR"):
        require_allowed(ledger, key)
    allow_key(place, public(key), "Bally")
    write(place, key)
    assert amiss(place) == []
    with Ledger(place.ledger) as ledger:
        require_allowed(ledger, key)
        require_allowed(ledger, place.key)
    with pytest.raises(OptionsError, match="already"):
        allow_key(place, public(key), "Bally")


def test_a_key_that_was_taken_back_signs_no_more_and_what_it_signed_stays_good(place, key):
    allow_key(place, public(key), "Bally")
    write(place, key)
    withdraw_key(place, "Bally", "the PC was stolen")
    assert amiss(place) == []
    with Ledger(place.ledger) as ledger:
        assert [(k.name, k.is_allowed, k.reason) for k in worker_keys(ledger)] == [
            ("Bally", False, "the PC was stolen")
        ]
        with pytest.raises(KeyUnusable, match="or withdrew it"):
            require_allowed(ledger, key)
    write(place, key, "wb-0001-0002")
    assert any("not this office's key" in line for line in amiss(place))
    with pytest.raises(NotFound):
        withdraw_key(place, "Bally", "again")


def test_a_worker_cannot_allow_another_key(place, key, tmp_path):
    allow_key(place, public(key), "Bally")
    other = create_key(tmp_path / "other.pem")
    with Ledger(place.ledger, key=key) as ledger:
        ledger.record_event("worker-key:Other", "worker-key", "note", key=other, detail={"allowed": True})
    assert any("was not written by the office" in line for line in amiss(place))


def test_what_is_no_key_of_a_workers_own_is_refused(place):
    for text in ("0" * 63, "x" * 64, public(place.key)):
        with pytest.raises(OptionsError):
            allow_key(place, text, "Bally")
