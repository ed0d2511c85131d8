"""Values as a copy shows them: dates as on the form, numerals of the state, names with Latin spelling."""

from __future__ import annotations

import re
import unicodedata

from digitize.masking.masks import MASK
from digitize.services.copies.lines import runs_left
from digitize.services.copies.words import ENGLISH, CopyWords
from mappers.record import FieldValue, Row
from mappers.schema import form_tables
from mappers.schema.parts.table import ROMAN
from mappers.states import load_state, state_codes

WESTERN, OF_STATE = "western", "state"
_ZEROS = {
    "devanagari": 0x966, "bengali": 0x9E6, "gurmukhi": 0xA66, "gujarati": 0xAE6, "odia": 0xB66, "tamil": 0xBE6,
    "telugu": 0xC66, "kannada": 0xCE6, "malayalam": 0xD66, "urdu": 0x6F0, "meetei-mayek": 0xABF0,
}  # fmt: skip
"""Name of a digit set in a state profile -> its zero in Unicode."""
_SCRIPTS = {
    "devanagari": "Deva", "bengali": "Beng", "gurmukhi": "Guru", "gujarati": "Gujr", "odia": "Orya", "tamil": "Taml",
    "telugu": "Telu", "kannada": "Knda", "malayalam": "Mlym", "urdu": "Arab", "meetei-mayek": "Mtei",
}  # fmt: skip
_NUMBERS = frozenset({"int", "year", "date", "time", "money", "decimal"})
_SERIALS = frozenset({"gd_no", "beat"})
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})$")


class CopyValues:
    """Values of one record in one language."""

    def __init__(self, words: CopyWords, state: str, form: str, digits: str = OF_STATE) -> None:
        """state: code of the record's state. digits: OF_STATE, or WESTERN for 0 to 9 regardless of the state."""
        self._words = words
        self._zero = _zero_of(state, words) if digits == OF_STATE and words.language != ENGLISH else ord("0")
        self._columns = {(t.child, c): t.by_name[c] for t in form_tables(form).values() for c in t.by_name}

    def show(self, row: Row, name: str, child: str = "") -> str:
        """A field of a row in words; "" if empty."""
        cell = row.get(name)
        if cell is None:
            return ""
        if not cell.is_captured:
            return self._words.word("not_captured")
        value = cell.value
        if is_hidden(cell):
            return self.hidden
        if value is None:
            return ""
        column = self._columns[child, name]
        if column.kind == "name":
            return self._name(row, name, value)
        if column.codes == "act":
            return clean(self._words.act(value))
        if column.codes:
            return clean(self._words.code(column.codes, value))
        # A serial number is a number, too; other texts stay as they were written.
        is_number = column.kind in _NUMBERS or (name in _SERIALS and value.isascii() and value.isdigit())
        return self.number(clean(_write_value(column.kind, value, name))) if is_number else clean(value)

    @property
    def hidden(self) -> str:
        """Replacement of a masked value: words, never a black box over a text."""
        return f"[{self._words.plain('withheld')}]"

    def _name(self, row: Row, name: str, value: str) -> str:
        roman = row.get(name + ROMAN)
        said = roman.value if roman is not None and not is_hidden(roman) else None
        if not said or said.casefold() == value.casefold():
            return clean(value)
        first, second = (said, value) if self._words.language == ENGLISH else (value, said)
        return self.put_beside(clean(first), f"({clean(second)})")

    def put_beside(self, text: str, said: str) -> str:
        """A text next to another; below it if one is Urdu: two directions on one line are copied wrongly."""
        is_urdu = self._words.is_rtl or any(runs_left(w, otherwise=False) for w in f"{text} {said}".split())
        return ("\n" if is_urdu else " ").join(filter(None, (text, said)))

    def time(self, row: Row, name: str) -> str:
        """A time with its unit word."""
        shown = self.show(row, name)
        cell = row.get(name)
        return f"{shown} {self._words.plain('hours')}" if shown and cell is not None and not is_hidden(cell) else shown

    def number(self, text: str) -> str:
        """Digits in the numerals of the copy."""
        return "".join(chr(self._zero + int(c)) if "0" <= c <= "9" else c for c in text)


def is_hidden(cell: FieldValue) -> bool:
    """Whether the law hides a value."""
    return cell.value == MASK or (cell.value is None and cell.raw == MASK)


def _zero_of(state: str, words: CopyWords) -> int:
    """The zero of the state's usual digits, if they belong to the script of the language."""
    profile = load_state(state) if state in state_codes() else None
    first = profile.digits[0] if profile is not None and profile.digits else ""
    return _ZEROS[first] if _SCRIPTS.get(first) == words.script else ord("0")


def _write_value(kind: str, value: str, name: str) -> str:
    """Value as on the form: dates as dd/mm/yyyy, the FIR number with four digits."""
    if kind == "date" and (day := _DAY.match(value)):
        return f"{day[3]}/{day[2]}/{day[1]}"
    return value.zfill(4) if name == "fir_no" and value.isdigit() else value


def clean(text: str) -> str:
    """A composed text without invisible characters; its lines stay."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    kept = (
        "".join(c if unicodedata.category(c) not in ("Cc", "Co", "Cn", "Cs") else " " for c in line) for line in lines
    )
    return "\n".join(" ".join(line.split()) for line in kept).strip()
