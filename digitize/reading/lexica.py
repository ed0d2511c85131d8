"""Closed lists of a state for reading: names with their spellings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mappers.codes import CodeList
    from ocr.languages.lexicon import Lexicon


_BESIDE_PLACES = ("PS", "P.S.", "P.S", "थाना", "থানা")
"""What forms print beside a place that is written by hand: the label of the next item is often in the same crop."""


def sections_file() -> Path:
    """File of sections for reading lists of them; workers get its path, not its 500 lines."""
    return Path(str(resources.files("mappers.codes") / "charged_sections.toml"))


def as_lexica(lists: Mapping[str, CodeList]) -> Mapping[str, Lexicon]:
    """Code lists by the name that zones use."""
    from ocr.languages.lexicon import INCOMPLETE, Lexicon

    return {
        name: Lexicon(
            name,
            tuple((v, codes.spellings.get(v, ())) for v in codes.values),
            beside=_BESIDE_PLACES,
            complete=INCOMPLETE if codes.complete is None else codes.complete,
            implies=codes.implies,
            implied_list=codes.implied_list,
        )
        for name, codes in lists.items()
    }


@lru_cache(maxsize=8)
def lexica_of(state: str, stations: Path | None = None) -> Mapping[str, Lexicon]:
    """Places of a state ("" for none), optionally with its own station list.

    Raises MappingError for an invalid list.
    """
    from mappers.codes import place_lists

    return as_lexica(place_lists(state, stations))


@dataclass(frozen=True, slots=True)
class ListSource:
    """Source of a page's closed lists.

    given: those of a workspace, None for the package's. state: for places, "" for the state named by the page's form.
    stations: its own station list, which takes precedence.
    """

    given: Mapping[str, Lexicon] | None = None
    state: str = ""
    stations: Path | None = None

    @property
    def is_settled(self) -> bool:
        """Whether they are the same for pages of all forms."""
        return self.given is not None or bool(self.state)

    def load_lists(self, form_state: str) -> Mapping[str, Lexicon]:
        """Lists for a page whose form names a state, or "". Raises MappingError for an invalid station list."""
        return lexica_of(self.state or form_state, self.stations) if self.given is None else self.given
