"""Questions and passwords are counted together by all processes of a workspace, and exactly."""

import threading
from collections import deque

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitize.errors import NotCounted
from digitize.login.throttle import Throttle, start_attempt
from digitize.machine.rate_limit_db import NAME, RateCounters
from digitize.services.policy import Enumeration, Rate, load_policy
from digitize.services.rates import Rates, TooOften, _longest, _numbers

POLICY = load_policy().model_copy(
    update={
        "rates": {"public": Rate(account=2, address=3), "police": Rate(account=4, address=6)},
        "enumeration": Enumeration(
            roles=("public",), numbers=3, near=2, within_s=90, first_wait_s=5, longest_wait_s=40
        ),
    }
)  # fmt: skip


class Plainly:
    """What rates are, as lists in the memory of one process."""

    def __init__(self, clock):
        self.clock, self.asked, self.rows = clock, {}, {}

    def count(self, role, account, address):
        now, rate = self.clock(), POLICY.rates[role]
        piles = [
            (self.asked.setdefault(("account", account), deque()), rate.account),
            (self.asked.setdefault((role, address), deque()), rate.address),
        ]
        for pile, _ in piles:
            while pile and now - pile[0] >= 60:
                pile.popleft()
        waits = [pile[-most] + 60 - now for pile, most in piles if len(pile) >= most]
        if waits:
            raise TooOften(max(waits), is_enumeration=False)
        for pile, _ in piles:
            pile.append(now)

    def count_number(self, role, account, service, given):
        if role != "public":
            return False
        return any([self._row((account, service, *key), number) for key, number in _numbers(given)])

    def _row(self, key, number):
        now, told = self.clock(), POLICY.enumeration
        asked, over, free_at = self.rows.get(key, ([], 0, 0.0))
        if free_at > now:
            raise TooOften(free_at - now, is_enumeration=True)
        asked = [(at, n) for at, n in asked if now - at < told.within_s]
        over = over if asked else 0
        asked.append((now, number))
        is_row = _longest(sorted({n for _, n in asked}), told.near) >= told.numbers
        if is_row:
            free_at, over = now + min(told.longest_wait_s, told.first_wait_s * 2**over), over + 1
        self.rows[key] = (asked, over, free_at)
        return is_row


def told(ask, *asked):
    try:
        return ask(*asked)
    except TooOften as e:
        return e.is_enumeration, round(e.wait_s, 6)


QUESTIONS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 7, 30, 59.5, 60, 400]),
        st.sampled_from(["public", "police"]),
        st.sampled_from("ab"),
        st.sampled_from(["10.0.0.1", "10.0.0.2"]),
        st.integers(1, 9),
    ),
    min_size=3,
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=QUESTIONS)
def test_what_processes_count_together_is_what_one_would_count_alone(tmp_path_factory, asked):
    now = [1e6]
    folder = tmp_path_factory.mktemp("counts")
    plainly = Plainly(lambda: now[0])
    both = [Rates(lambda: now[0], POLICY, RateCounters(folder)) for _ in range(2)]
    for turn, (later, role, account, address, number) in enumerate(asked):
        now[0] += later
        rates, given_now = both[turn % 2], {"number": str(number), "year": "2012"}
        for ask, more in (("count", (address,)), ("count_number", ("fir", given_now))):
            expected = told(getattr(plainly, ask), role, account, *more)
            assert told(getattr(rates, ask), role, account, *more) == expected
    for rates in both:
        rates._counts.close()


def test_a_clock_that_began_anew_with_the_machine_keeps_nobody_waiting(tmp_path):
    now = [1e6]
    rates = Rates(lambda: now[0], POLICY, RateCounters(tmp_path))
    throttle = Throttle(0, lambda: now[0], RateCounters(tmp_path))
    throttle.count_failure("a")
    for _ in range(2):
        rates.count("public", "a", "")
    for number in range(3):
        rates.count_number("public", "a", "fir", {"number": str(number)})
    assert told(rates.count, "public", "a", "") == (False, 60) and throttle.wait_s("a") == 4
    now[0] = 100.0
    rates.count("public", "a", "")
    assert not rates.count_number("public", "a", "fir", {"number": "4"}) and throttle.wait_s("a") == 0


def test_names_and_addresses_do_not_stand_in_the_file(tmp_path):
    rates = Rates(policy=POLICY, counts=RateCounters(tmp_path))
    rates.count("public", "Savitri Mandal", "10.11.12.13")
    rates.count_number("public", "Savitri Mandal", "fir", {"number": "41977", "station": "Kalpanapur"})
    Throttle(counts=rates._counts).count_failure("savitri mandal")
    found = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert not [w for w in (b"Savitri", b"savitri", b"10.11.12.13", b"41977", b"kalpanapur") if w in found]
    assert {p.stat().st_mode & 0o77 for p in tmp_path.iterdir()} == {0}


def test_tries_of_several_threads_and_servers_at_once_are_as_many_as_one_after_the_other(tmp_path):
    servers = [Throttle(3, lambda: 5.0, RateCounters(tmp_path)) for _ in range(4)]
    waits = []

    def guess(throttle):
        for _ in range(3):
            waits.append(start_attempt([(throttle, "asha")]))

    threads = [threading.Thread(target=guess, args=(s,)) for s in servers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert waits.count(0) == 3 and len(waits) == 12
    servers[0].reset_failures("asha")
    assert servers[1].wait_s("asha") == 0


@pytest.mark.parametrize("trouble", ["damaged", "gone", "another version", "held", "no secret"])
def test_the_public_is_not_answered_uncounted(tmp_path, monkeypatch, trouble):
    monkeypatch.setattr("digitize.machine.rate_limit_db._WAIT_S", 0.01)
    counts, file = RateCounters(tmp_path), tmp_path / NAME
    rates = Rates(policy=POLICY, counts=counts)
    rates.count("public", "a", "")
    counts.close()
    if trouble == "damaged":
        file.write_bytes(b"nothing of the kind" * 400)
    elif trouble == "gone":
        monkeypatch.setattr(counts, "_file", tmp_path / "nowhere" / NAME)
    elif trouble == "another version":
        with counts.changing() as db:
            db.execute("PRAGMA user_version = 9")
        counts.close()
    elif trouble == "no secret":
        file.with_suffix(".key").write_bytes(b"")
    holder = RateCounters(tmp_path)
    if trouble == "held":
        with holder.changing():
            _refused(rates)
    else:
        _refused(rates)


def _refused(rates):
    for ask in (lambda: rates.count("public", "a", ""), lambda: rates.count_number("public", "a", "x", {"n": "1"})):
        with pytest.raises(NotCounted, match="queries of the public are refused"):
            ask()
    rates.count("police", "a", "")
    with pytest.raises(NotCounted):
        Throttle(counts=rates._counts).count_failure("a")


def test_whoever_deletes_a_damaged_file_leaves_nobody_counting_in_it(tmp_path):
    first, second = (Rates(policy=POLICY, counts=RateCounters(tmp_path)) for _ in range(2))
    first.count("public", "a", "")
    for file in tmp_path.glob(f"{NAME}*"):
        file.unlink()
    second.count("public", "a", "")
    first.count("public", "a", "")
    assert told(second.count, "public", "a", "")[0] is False


def test_a_secret_that_a_power_cut_left_empty_is_told_and_made_anew_once_deleted(tmp_path):
    tmp_path.joinpath("counts.key").touch()
    with pytest.raises(NotCounted, match=r"counts\.\* next to it"):
        Throttle(counts=RateCounters(tmp_path)).count_failure("Asha")
    for file in tmp_path.glob("counts.*"):
        file.unlink()
    Throttle(counts=RateCounters(tmp_path)).count_failure("Asha")
