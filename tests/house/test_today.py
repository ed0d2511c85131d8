"""The day is India's, on a server in UTC as well as on a PC in Kolkata."""

from datetime import UTC, date, datetime

import pytest

from digitize.machine.today import day_in_india, today_in_india


@pytest.mark.parametrize(
    "now, day",
    [
        (datetime(2026, 11, 29, 18, 29, 59, tzinfo=UTC), date(2026, 11, 29)),
        (datetime(2026, 11, 29, 18, 30, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_india(now, day):
    assert today_in_india(now) == day
    assert day_in_india(now.isoformat()) == day.isoformat()


def test_without_a_stamp_there_is_no_day():
    assert day_in_india("") == ""
    with pytest.raises(ValueError):
        day_in_india("yesterday")


def test_a_machine_in_another_zone_has_the_same_day(monkeypatch):
    import time

    days = set()
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        with monkeypatch.context() as m:
            m.setenv("TZ", zone)
            time.tzset()
            days.add(today_in_india())
    time.tzset()
    # Midnight may have come between two of them.
    assert max(days) - min(days) <= date(2026, 1, 2) - date(2026, 1, 1)
