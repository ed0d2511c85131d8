"""What is wrong with a snapshot, by name, and how it is said in the languages of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from digitize.errors import DigitizeError
from digitize.offices.numbers import group_digits
from digitize.offices.words import Words, load_words

Value = str | int


class Refused(DigitizeError):
    """A snapshot that cannot be taken; code: its name in reports."""

    def __init__(self, code: str, text: str) -> None:
        """text: what is wrong and what to do."""
        super().__init__(f"{code}: {text}")
        self.code, self.text = code, text


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a snapshot that people should look at.

    text: in English. said: the sentence of words.toml it was made of, with its values; "" where there is none, as of a
    refusal, whose code alone is said in other languages.
    """

    code: str
    text: str
    said: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)


def make_flag(code: str, said: str, **values: Value) -> Flag:
    """A flag whose text is the sentence `said.SAID` of words.toml. A value named measure is the name of one."""
    return Flag(code, _fill_sentence(load_words("en"), said, values), said, values)


def translate_flag(what: Flag, words: Words) -> str:
    """The flag in the language of a page; "" for what was only said in English, as a refusal, on other pages."""
    if f"said.{what.said}" in words.by_slug:
        return _fill_sentence(words, what.said, what.values)
    return what.text if words.language == "en" else ""


def _fill_sentence(words: Words, said: str, values: Mapping[str, Value]) -> str:
    shown = {k: group_digits(v) if isinstance(v, int) else v for k, v in values.items()}
    if "measure" in shown:
        shown["measure"] = words.translate("measure", shown["measure"])
    return words(f"said.{said}", **shown)
