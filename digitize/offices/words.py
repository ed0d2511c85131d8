"""What the report says, in each of its languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from digitize.machine.word_tables import read_table
from mappers.languages import load_languages

LANGUAGES = ("en", "hi")


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language by slug."""

    language: str
    by_slug: Mapping[str, str]

    def __call__(self, slug: str, **values: object) -> str:
        """The sentence, its places filled. Raises KeyError for a slug that is nowhere: a fault of ours."""
        text = self.by_slug[slug]
        # Without values it is no pattern: braces in it stay.
        return text.format(**values) if values else text

    def day(self, day: date) -> str:
        """31 October 2026."""
        return f"{day.day} {self(f'month.{day.month}')} {day.year}"

    def translate(self, group: str, word: str) -> str:
        """The word for a stable word of data, such as a reason; the word itself where none is known."""
        return self.by_slug.get(f"{group}.{word}", word)


@cache
def load_words(language: str) -> Words:
    """The words of a language. Raises KeyError for one that is not there."""
    data = read_table("digitize.offices", "words.toml")
    said = {f"{group}.{slug}": pair[language] for group, pairs in data.items() if group != "format"
            for slug, pair in pairs.items()}  # fmt: skip
    called = {f"language.{code}": one.names.get(language, one.name) for code, one in load_languages().items()}
    return Words(language, said | called)
