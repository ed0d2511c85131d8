"""Today in India, whatever the machine's time zone.

Servers are often set to UTC, where it is still yesterday until half past five in the morning. The date used by a rule,
a snapshot or a retention period must not depend on the machine.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")


def today_in_india(now: datetime | None = None) -> date:
    """Date in India at a moment with a time zone; now by default."""
    return (now or datetime.now(UTC)).astimezone(INDIA).date()


def day_in_india(at: str) -> str:
    """Date of a ledger timestamp (ISO with zone); "" for none. Raises ValueError for an invalid timestamp."""
    return today_in_india(datetime.fromisoformat(at)).isoformat() if at else ""
