"""Which values pass, and which of them are right."""

from __future__ import annotations

from collections.abc import Sequence


def passing(values: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    """Shares of values: right, passing and right, passing and wrong. values: whether it passes, whether it is right."""
    count = max(1, len(values))
    return {
        "right": round(sum(right for _, right in values) / count, 4),
        "pass_right": round(sum(passes and right for passes, right in values) / count, 4),
        "pass_wrong": round(sum(passes and not right for passes, right in values) / count, 4),
    }
