"""The one place where the text of a finding is made; every report takes it from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mappers.codes import act_list, code_lists
from mappers.schema import Column, load_schemas
from validators.messages.examples import kind_example, passing
from validators.messages.texts import ENGLISH, HINDI, Advice, load_advice, load_messages
from validators.rulebook.rule import every_rule
from validators.rulebook.structure import STRUCTURE

# Values of a closed list that are named; of a list that is hardly longer, all.
_FEW, _ALL = 5, 8


@dataclass(frozen=True, slots=True)
class FindingText:
    """What is told of a finding: what is wrong, what is expected, an example of it, what to do; no values."""

    message: str
    expected: str
    example: str
    do: str


class Teller:
    """Findings in the words of a language; what it lacks is told in English."""

    def __init__(self, language: str = ENGLISH) -> None:
        """Raises RuleError for a language without texts."""
        self.language = language
        self._own, self._english = load_messages(language), load_messages(ENGLISH)
        self._told: dict[tuple[str, str, str], FindingText] = {}

    def tell(self, code: str, table: str = "", field: str = "") -> FindingText:
        """What is told of a rule, broken in a field of a table; without these, of the rule alone."""
        key = (code, table, field)
        if key not in self._told:
            self._told[key] = self._make(code, _columns().get((table, field)), field)
        return self._told[key]

    def join_parts(self, told: FindingText) -> str:
        """All of it in one text; parts that are empty are left out."""
        if not told.expected:
            return f"{told.message} {told.do}".strip()
        name = "whole" if told.example else "without"
        text = getattr(self._own, name) or getattr(self._english, name)
        parts = {"message": told.message, "expected": told.expected, "example": told.example, "do": told.do}
        return str(text).format(**parts).strip()

    def label(self, name: str) -> str:
        """A heading of a report."""
        return self._own.labels.get(name) or self._english.labels[name]

    def message(self, code: str) -> str:
        """What is wrong, by the rule alone."""
        if code in self._own.rules:
            return self._own.rules[code]
        made = every_rule().get(code) or STRUCTURE[code]
        return (made.hindi if self.language == HINDI else "") or made.english

    def _make(self, code: str, column: Column | None, field: str) -> FindingText:
        advice = load_advice().get(code, Advice())
        kind, values = (column.kind, _values(column)) if column else ("", ())
        expected = self._say_expected(advice, kind, values, column)
        do = self._phrase("do", advice.do or "correct").format(field=field or self.label("field"))
        return FindingText(self.message(code), expected, _example(code, advice, field, kind, values), do)

    def _say_expected(self, advice: Advice, kind: str, values: tuple[str, ...], column: Column | None) -> str:
        name = advice.expects or ("list" if values else kind)
        if not name:
            return ""
        if name == "list":
            return self._list_values(values, column.codes) if column and values else self._phrase("expects", "code")
        places = advice.model_dump(include={"names", "limit", "low", "high", "shape"})
        return self._phrase("expects", name).format(**places)

    def _list_values(self, values: tuple[str, ...], name: str) -> str:
        if len(values) <= _ALL:
            return self._phrase("expects", "list").format(values=", ".join(values))
        shown = ", ".join(values[:_FEW])
        more = f"{len(values) - _FEW:,}"
        return self._phrase("expects", "list_more").format(values=shown, n=more, command=f"digitize codes list {name}")

    def _phrase(self, part: str, name: str) -> str:
        own: Mapping[str, str] = getattr(self._own, part)
        english: Mapping[str, str] = getattr(self._english, part)
        return own.get(name) or english[name]


@cache
def _columns() -> Mapping[tuple[str, str], Column]:
    """Columns by table and name."""
    return {(t.name, c.name): c for of_form in load_schemas().values() for t in of_form.values() for c in t.columns}


def _example(code: str, advice: Advice, field: str, kind: str, values: tuple[str, ...]) -> str:
    made = every_rule().get(code)
    if advice.example or not made:
        return advice.example
    usual = "" if advice.expects else kind_example(kind, values)
    return usual or passing(made, field, kind, values)


def _values(column: Column) -> tuple[str, ...]:
    """The values of a field's list."""
    if column.codes == "act":
        return tuple(act_list().values)
    found = code_lists().get(column.codes) if column.kind == "code" else None
    return found.values if found else ()
