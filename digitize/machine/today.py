"""The day: India's, whatever the clock of a machine is set to.

A server's clock is often set to UTC, and there it is yesterday until half past five in the morning. A day that a rule
asks, that a snapshot bears or that a period of retention ends on must not depend on which machine was asked.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")


def today_in_india(now: datetime | None = None) -> date:
    """The day it is at that moment, which has a time zone; of this moment when none is given."""
    return (now or datetime.now(UTC)).astimezone(INDIA).date()


def day_in_india(at: str) -> str:
    """The day of a stamp of the ledger, ISO with its zone; "" for none. Raises ValueError for what is no stamp."""
    return today_in_india(datetime.fromisoformat(at)).isoformat() if at else ""
