"""Numbers as they are shown: Indian grouping, shares rounded down, and words for what is no number."""

from __future__ import annotations


def group_digits(n: int | None) -> str:
    """60000000 as 6,00,00,000; "" for None, which a caller says in words."""
    if n is None:
        return ""
    sign, digits = ("-", str(-n)) if n < 0 else ("", str(n))
    # Thousands once, then lakhs and crores by two digits.
    head, tail = digits[:-3], digits[-3:]
    pairs = []
    while head:
        pairs.append(head[-2:])
        head = head[:-2]
    return sign + ",".join([*reversed(pairs), tail])


def format_percent(part: int, whole: int) -> str:
    """A share with one place, rounded down: 100.0 % is said of the whole alone, and more than 100 stays as it is.

    The blank before the sign does not break.
    """
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}\u00a0%"


def format_hundredths(part: int, whole: int) -> str:
    """A measured share with two places, rounded down as by `format_percent`."""
    found = part * 10_000 // whole
    return f"{found // 100}.{found % 100:02}\u00a0%"


def find_interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score; (0, 1) for nothing."""
    if whole <= 0:
        return 0.0, 1.0
    # 1.96 standard deviations to either side hold 95 % of a normal distribution.
    z, p = 1.96, min(part / whole, 1.0)
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * (p * (1 - p) / whole + z * z / (4 * whole * whole)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)
