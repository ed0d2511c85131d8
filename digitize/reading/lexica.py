"""The closed lists of a state as reading wants them: plain names with their other spellings."""

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
    """The file of sections that reading looks for in lists of them; workers get its path, not its 500 lines."""
    return Path(str(resources.files("mappers.codes") / "charged_sections.toml"))


def as_lexica(lists: Mapping[str, CodeList]) -> Mapping[str, Lexicon]:
    """Code lists by the name under which zones ask for them."""
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
    """The places of a state ("" for none) with a list of stations of its own.

    Raises MappingError when that list is none.
    """
    from mappers.codes import place_lists

    return as_lexica(place_lists(state, stations))


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where a page's closed lists come from.

    given: those of a workspace, None where the package's are asked. state: whose places, "" for that which the page's
    form names. stations: a list of stations of its own, which wins.
    """

    given: Mapping[str, Lexicon] | None = None
    state: str = ""
    stations: Path | None = None

    @property
    def is_settled(self) -> bool:
        """Whether they are the same for pages of all forms."""
        return self.given is not None or bool(self.state)

    def load_lists(self, form_state: str) -> Mapping[str, Lexicon]:
        """The lists for a page whose form names a state, or "". Raises MappingError when that of stations is none."""
        return lexica_of(self.state or form_state, self.stations) if self.given is None else self.given
