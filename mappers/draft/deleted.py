"""Columns by which an old system marks the rows that were deleted there and stayed in the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mappers.draft.lines import DraftLine

_DELETED = re.compile(
    r"(is|row|rec|record|flag|flg)?(del|dele|delete|deleted|dlt|void|voided|cancelled|canceled|obsolete|inactive)"
    r"(flag|flg|fl|ind|yn|mark|status|sts|rec|row)?"
)
_ACTIVE = re.compile(r"(is|row|rec|record|flag|flg)?(active|valid|live)(flag|flg|fl|ind|yn|mark|status|sts|rec|row)?")
_YES, _NO = frozenset({"1", "-1", "y", "yes", "t", "true", "d", "x", "*"}), frozenset({"0", "n", "no", "f", "false"})
# A flag has few values; a column of remarks that is called so has many.
_MOST_VALUES = 5


def find_deleted(seen: Iterable[tuple[str, Sequence[str]]], lines: Iterable[DraftLine]) -> dict[str, tuple[str, ...]]:
    """Columns that seem to mark deleted rows -> the texts that say so. seen: each column with its different texts.

    Columns that are mapped surely are something else.
    """
    mapped = {line.source for line in lines if line.kind == "mapped"}
    found = {}
    for name, texts in seen:
        said = [text.strip() for text in texts if text.strip()]
        words = _texts_of(name)
        if name not in mapped and words and len(said) <= _MOST_VALUES:
            marks = tuple(sorted(text for text in said if text.casefold() in words))
            if marks:
                found[name] = marks
    return found


def ask_deleted(line: DraftLine, deleted: Mapping[str, Sequence[str]]) -> DraftLine:
    """The line with the question whether its column marks deleted rows."""
    if line.source not in deleted:
        return line
    texts = " or ".join(deleted[line.source])
    question = f"were rows where it is {texts} deleted in the old program? Then take [[leave_rows]] below."
    return replace(line, questions=(*line.questions, question))


def _texts_of(name: str) -> frozenset[str]:
    """The texts by which a column of this name says that a row was deleted."""
    plain = re.sub(r"[^a-z]", "", name.casefold())
    if _DELETED.fullmatch(plain):
        return _YES
    return _NO if _ACTIVE.fullmatch(plain) else frozenset()
