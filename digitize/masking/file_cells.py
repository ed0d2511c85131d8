"""Whether a cell of a file about unknown persons may be personal data and is not shown."""

from __future__ import annotations

import re
from unicodedata import category

from mappers.schema import Column
from validators.rulebook.columns import TYPES

# What may stand in a date, time or amount beside its figures; any other letter may be a name out of its column.
USUAL_WORDS = (
    r"(?i)jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|hours?|hrs|\[/?[a-z]+\]"
)
DIGIT = r"[0-9]|\p{Nd}"
# A letter or two are misread figures ("7O"), or "pm".
WORD = r"[\p{L}\p{M}]{3,}"
_USUAL = re.compile(USUAL_WORDS)


def may_tell(column: Column | None, text: str) -> bool:
    """Whether a cell may be personal data.

    True for private fields, unknown columns, and in number, date or amount fields for text without a digit or with
    words foreign to these.
    """
    if column is None or column.private:
        return True
    left = "".join(c if category(c)[0] in "LM" else " " for c in _USUAL.sub(" ", text))
    return column.kind in TYPES and (not re.search(r"\d", text) or any(len(w) > 2 for w in left.split()))
