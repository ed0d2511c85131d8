"""Texts of the review sheet, one file per language: a new language is one new file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict

from digitize.machine.word_tables import ENGLISH, list_languages, load_words

_FOLDER = "digitize.review", "sheet_words"


class SheetWords(BaseModel):
    """guide: how the sheet is filled in, a line each. columns: our name of a column -> its heading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    guide: tuple[str, ...]
    columns: Mapping[str, str]

    @property
    def how_to(self) -> list[str]:
        """The guide with the headings that it speaks of."""
        return [line.format(value=self.columns["right value"], verdict=self.columns["verdict"]) for line in self.guide]


@cache
def load_sheet_words() -> Mapping[str, SheetWords]:
    """Texts by language."""
    package, folder = _FOLDER
    codes = list_languages(package, folder)
    return {code: SheetWords.model_validate(load_words(package, code, folder)) for code in codes}


def get_sheet_words(language: str) -> SheetWords:
    """Texts of a language; English if it has no file."""
    return load_sheet_words().get(language) or load_sheet_words()[ENGLISH]


def list_headings() -> Mapping[str, str]:
    """Heading in any language -> our name of the column."""
    return {heading: name for words in load_sheet_words().values() for name, heading in words.columns.items()}
