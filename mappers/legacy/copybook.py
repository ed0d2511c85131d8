"""COBOL copybooks: the record descriptions of old tapes, as layouts of text of fixed width.

Read: levels, PIC with repeats, OCCURS, REDEFINES (the first description counts), FILLER, COMP-3 and the decimal point
that V stands for. Several records of level 01 are the kinds of rows of one file; what tells them apart is a field at
the same place in all, with a VALUE or a level 88 below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mappers.errors import MappingError
from mappers.legacy.table import FixedKind, FixedLayout

_ENTRY = re.compile(r"^\s*(?P<level>\d\d)\s+(?P<rest>.*)$", re.S)
_PICTURE = re.compile(r"\bPIC(?:TURE)?\s+(?:IS\s+)?(?P<pic>[^\s,;]+)", re.I)
_OCCURS = re.compile(r"\bOCCURS\s+(\d+)", re.I)
_REDEFINES = re.compile(r"\bREDEFINES\s+(\S+)", re.I)
_VALUES = re.compile(
    r"\bVALUES?\s+(?:IS\s+|ARE\s+)?(?P<values>(?:['\"][^'\"]*['\"]|\d+)(?:\s*,?\s*(?:['\"][^'\"]*['\"]|\d+))*)", re.I
)
_LITERAL = re.compile(r"['\"]([^'\"]*)['\"]|(\d+)")
_REPEAT = re.compile(r"(.)\((\d+)\)")
_PACKED = re.compile(r"\b(?:COMP(?:UTATIONAL)?-3|PACKED-DECIMAL)\b", re.I)
_BINARY = re.compile(r"\b(?:COMP(?:UTATIONAL)?(?:-[1245])?|BINARY)\b(?!-)", re.I)
_SEPARATE = re.compile(r"\bSEPARATE\b", re.I)
_CONDITION = 88
_LONGEST = 100_000


@dataclass
class _Item:
    """One entry, with those below it."""

    level: int
    name: str
    width: int = 0
    scale: int = 0
    is_packed: bool = False
    occurs: int = 1
    redefines: bool = False
    values: tuple[str, ...] = ()
    below: list[_Item] = field(default_factory=list)


@dataclass(frozen=True)
class _Column:
    name: str
    width: int
    scale: int
    is_packed: bool
    values: tuple[str, ...]


def is_copybook(text: str) -> bool:
    """Whether a text describes records as COBOL does."""
    return bool(_PICTURE.search(text)) and any(_ENTRY.match(line) for line in _sentences(text))


def read_copybook(text: str, file: str) -> FixedLayout:
    """The layout that a copybook describes. Raises MappingError naming file and field."""
    roots = _tree(text, file)
    records = [(root.name, _columns(root.below or [root], file, "")) for root in roots if not root.redefines]
    records += [(root.name, _columns(root.below or [root], file, "")) for root in roots if root.redefines]
    if not records or not records[0][1]:
        raise MappingError(f"{file}: no field with a PIC is described")
    if len(records) == 1:
        return _layout(records[0][1])
    return _layout(records[0][1], tuple(_kind(name, columns, records[0][1], file) for name, columns in records))


def _layout(columns: Sequence[_Column], kinds: tuple[FixedKind, ...] = ()) -> FixedLayout:
    return FixedLayout(
        tuple(c.name for c in columns), tuple(c.width for c in columns), kinds,
        {c.name: c.scale for c in columns if c.scale}, frozenset(c.name for c in columns if c.is_packed),
    )  # fmt: skip


def _kind(name: str, columns: Sequence[_Column], first: Sequence[_Column], file: str) -> FixedKind:
    at = 1
    for column in columns:
        if column.values:
            return FixedKind(name, at, column.values, _layout(columns))
        at += column.width
    places = ", ".join(c.name for c in first if c.values) or "none has a VALUE"
    raise MappingError(
        f"{file}: record {name}: no field has a value that identifies its rows ({places}); write VALUE 'X' or a level "
        f"88 below the field that distinguishes the row types"
    )


def _sentences(text: str) -> list[str]:
    """Entries up to their full stops; comments, and the numbers of lines in columns 1 to 6, are left out."""
    lines = []
    for line in text.splitlines():
        bare = line[6:] if re.match(r"^\d{6}", line) or re.match(r"^ {6}[*/-]", line) else line
        if not bare.lstrip().startswith(("*", "/")):
            lines.append(bare[:66] if bare is not line else bare)
    # A stop ends an entry before a blank or a line's end; one within a picture does not.
    return [s.strip() for s in re.split(r"\.(?=\s|$)", "\n".join(lines)) if s.strip()]


def _tree(text: str, file: str) -> list[_Item]:
    roots: list[_Item] = []
    above: list[_Item] = []
    for sentence in _sentences(text):
        entry = _ENTRY.match(sentence)
        if entry is None:
            continue
        item = _item(int(entry["level"]), " ".join(entry["rest"].split()), file)
        if item.level == _CONDITION:
            if above:
                above[-1].values += item.values
            continue
        while above and above[-1].level >= item.level:
            above.pop()
        (above[-1].below if above else roots).append(item)
        above.append(item)
    # Fields without a record around them are one.
    return roots if all(r.below for r in roots) else [_Item(1, "RECORD", below=roots)]


def _item(level: int, rest: str, file: str) -> _Item:
    name = rest.split(" ")[0] if rest else "FILLER"
    if _PICTURE.match(rest) or not name:
        name = "FILLER"
    occurs, values = _OCCURS.search(rest), _VALUES.search(rest)
    item = _Item(level, name, occurs=int(occurs[1]) if occurs else 1, redefines=_REDEFINES.search(rest) is not None)
    if values:
        item.values = tuple(a or b for a, b in _LITERAL.findall(values["values"]))
    if picture := _PICTURE.search(rest):
        _measure(item, picture["pic"].upper(), rest, file)
    return item


def _measure(item: _Item, picture: str, rest: str, file: str) -> None:
    """Width and decimals of a picture such as X(30), 9(7)V99 or S9(5) COMP-3."""
    plain = _REPEAT.sub(lambda m: m[1] * min(int(m[2]), _LONGEST), picture)
    whole, _, decimals = plain.partition("V")
    digits = sum(c in "9Z*" for c in plain)
    item.scale = sum(c in "9Z" for c in decimals)
    after = rest.upper().partition(picture)[2]
    if _PACKED.search(after):
        item.width, item.is_packed = digits // 2 + 1, True
    elif _BINARY.search(after):
        raise MappingError(
            f"{file}: {item.name}: binary numbers (COMP) are not read; name its bytes PIC X and leave it out"
        )
    else:
        item.width = len(whole.replace("S", "")) + len(decimals) + bool(_SEPARATE.search(after))
    if not 0 < item.width <= _LONGEST:
        raise MappingError(f"{file}: {item.name}: the picture {picture} has no width that can be read")


def _columns(items: Sequence[_Item], file: str, behind: str) -> list[_Column]:
    """Columns in the order of the record; repeated ones bear their number, a group's repetition that of the group."""
    found: list[_Column] = []
    for item in items:
        if item.redefines:
            continue
        for n in range(1, item.occurs + 1):
            mark = f"{behind}_{n}" if item.occurs > 1 else behind
            if item.below:
                found += _columns(item.below, file, mark)
            elif item.width:
                name = f"FILLER_{len(found) + 1}{behind}" if item.name.upper() == "FILLER" else f"{item.name}{mark}"
                found.append(_Column(name, item.width, item.scale, item.is_packed, item.values))
            else:
                raise MappingError(f"{file}: {item.name}: has neither a PIC nor fields below it")
    return found
