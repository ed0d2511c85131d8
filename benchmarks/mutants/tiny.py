"""A module of a few lines, in which the tool's own test plants faults."""

LIMIT = 40
_SEEN: list[str] = []


def is_old(age: int, limit: int | None = None) -> bool:
    """Whether somebody is over the limit."""
    return age > (LIMIT if limit is None else limit)


def note(name: str) -> list[str]:
    """Remember a name once."""
    if name not in _SEEN:
        _SEEN.append(name)
    return list(_SEEN)


def unread(age: int) -> int:
    """What no test asks."""
    return age + 1
