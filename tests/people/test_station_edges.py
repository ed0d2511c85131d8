"""What a station takes from a browser, and what it keeps of it, at its edges."""

import pytest

from digitize.errors import OptionsError
from digitize.login.people import POLICE, _verify_password, new_account
from digitize.login.request_guard import NotAnswered
from digitize.review.answer_history import RAISED, SECOND, TEST, PastAnswer
from digitize.review.station.api import _parse_answer
from digitize.review.station.batches import load_batch_decisions, record_batch_decision
from digitize.review.station.serving import names_of
from digitize.review.station.stages import find_settling_answer
from digitize.workspace.ledger import Ledger

SENT = {"client": "12345678", "item": "i", "version": 3, "verdict": "ok", "value": "7"}


@pytest.mark.parametrize("name", ["version", "active_ms", "keys"])
def test_a_count_is_any_number_that_a_browser_counts_exactly(name):
    assert getattr(_parse_answer({**SENT, name: 2**53 - 1}), name) == 2**53 - 1
    for wrong in (2**53, -1, True, 1.5, "3", None):
        with pytest.raises(NotAnswered):
            _parse_answer({**SENT, name: wrong})


@pytest.mark.parametrize(("length", "is_taken"), [(7, False), (8, True), (64, True), (65, False)])
def test_a_client_s_id_has_eight_to_sixty_four_letters(length, is_taken):
    sent = {**SENT, "client": "x" * length}
    if is_taken:
        assert _parse_answer(sent).client == sent["client"]
    else:
        with pytest.raises(NotAnswered):
            _parse_answer(sent)


def test_what_cannot_be_seen_goes_and_joiners_stay():
    assert _parse_answer({**SENT, "value": "a\u00a0b\u202fc\x00\u200d"}).value == "a b c\u200d"


def test_a_decision_on_a_batch_says_who_took_it(tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        record_batch_decision(ledger, "b1", "sent back", "A. Keeper", why="two lists")
        record_batch_decision(ledger, "b1", "signed off", "B. Keeper", looked_at=30)
        (found,) = load_batch_decisions(ledger).values()
        assert (found.what, found.by) == ("signed off", "B. Keeper")


def test_an_account_s_reason_is_kept_without_blanks_and_blanks_are_none():
    assert new_account("Asha", "operator", "en", {}, "  court order 7 of 2026 ").cleared == "court order 7 of 2026"
    assert new_account("Asha", "operator", "en", {}, "  ").cleared == ""
    assert new_account("Asha", "operator", "en", {}).asks_as == POLICE
    with pytest.raises(OptionsError):
        new_account("Asha", "operator", "en", {}, asks_as="anybody")


def test_a_password_of_any_length_is_answered_and_one_that_is_too_long_is_never_hashed(monkeypatch):
    def make():
        raise AssertionError("hashed")

    monkeypatch.setattr("digitize.login.people._make_hasher", make)
    assert not _verify_password("x", "p" * 100_000)


def test_a_server_on_all_addresses_goes_by_each_of_them():
    assert names_of("127.0.0.1") == names_of("localhost")
    everywhere = names_of("0.0.0.0")
    assert {"127.0.0.1", "localhost"} <= set(everywhere) and "0.0.0.0" not in everywhere
    # Addresses of cards, which are no names of this machine.
    assert not [name for name in everywhere if name.count(":") == 5 and len(name) == 17]


def test_a_place_raised_to_a_supervisor_or_answered_as_a_test_settles_nothing():
    def past(operator, purpose=SECOND, **more):
        return PastAnswer("c", "i", "r", "f", operator, "ok", "7", purpose, **more)

    agreed = past("a"), past("b")
    assert find_settling_answer(agreed) is not None
    assert find_settling_answer([past("a"), past("b", state=RAISED)]) is None
    assert find_settling_answer([past("a"), past("b", TEST)]) is None
    assert find_settling_answer([past("b", state=RAISED)]) is None
