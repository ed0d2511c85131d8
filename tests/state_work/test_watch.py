"""A workspace kept up to date by itself: what fails is tried again, and the office learns once a night."""

from datetime import datetime, timedelta

import pytest

from digitize.errors import InputError, OptionsError
from digitize.learning import watch
from digitize.learning.judge import HeldBack
from digitize.learning.learn import Learned, LearnedAll
from digitize.learning.networks import NETWORKS
from digitize.workspace.own_weights import OwnWeights


class Told:
    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)

    def start(self, step, total):
        pass

    def advance(self, *, failed=False):
        pass


class Clock:
    """A time that goes on by what is waited, and ends after so many rounds."""

    def __init__(self, now, rounds):
        self.now, self.rounds = datetime.fromisoformat(now), rounds

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.rounds -= 1
        return self.rounds <= 0


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    return tmp_path / "ws"


def settings(place, text):
    path = place / "digitize.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[learn]\n", f"[learn]\n{text}\n"), encoding="utf-8")


def test_what_was_taken_in_is_brought_up_to_date_and_said_once(digitize, place, samples, tmp_path):
    told, clock = Told(), Clock("2026-01-05T10:00", 3)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "t.csv").write_text("nothing,known\n1,2\n")
    digitize("intake", place, tmp_path / "in")
    watch.NightWatch(place, {}, told, clock).go_on(60, clock.wait)
    # The table has no mapping: that is said, and not again each minute.
    assert sum("be retried" in line for line in told.lines) == 1
    assert clock.rounds == 0


@pytest.mark.parametrize(
    ("begun", "at", "hours", "nights"),
    [("2026-01-05T22:00", "01:00", 6, 1), ("2026-01-05T22:00", "23:30", 30, 2), ("2026-01-05T02:00", "01:00", 6, 0),
     ("2026-01-05T22:00", "", 30, 0)],
)  # fmt: skip
def test_the_office_learns_once_a_night(place, monkeypatch, begun, at, hours, nights):
    learned, told, clock = [], Told(), Clock(begun, hours * 4)
    settings(place, f'at = "{at}"')

    def learn(*_):
        learned.append(clock.now)
        raise InputError("Too few pages.")

    monkeypatch.setattr(watch, "learn_handwriting", learn)
    watch.NightWatch(place, {}, told, clock).go_on(900, clock.wait)
    assert len(learned) == nights
    assert sum("be retried" in line for line in told.lines) == min(nights, 1)


def test_what_was_learned_is_used_at_once(place, monkeypatch):
    runs, told, clock = [], Told(), Clock("2026-01-05T00:59", 2)
    settings(place, 'at = "01:00"')
    run = watch.run_workspace
    monkeypatch.setattr(watch, "run_workspace", lambda *a: (runs.append(1), run(*a))[1])
    own = OwnWeights("own-1", "ab", "package")
    adopted = LearnedAll((Learned(NETWORKS["fields"], 12, 30, 40, HeldBack(8, 4, 8, 4, 0), own, True),), ())
    monkeypatch.setattr(watch, "learn_handwriting", lambda *_: adopted)
    watch.NightWatch(place, {}, told, clock).go_on(60, clock.wait)
    assert len(runs) == 3 and any("Adopted" in line for line in told.lines)


def test_settings_that_cannot_be_read_are_said_at_once(place):
    settings(place, 'at = "25:00"')
    with pytest.raises(OptionsError, match="at"):
        watch.NightWatch(place, {}, Told()).go_on(60, lambda _: True)
