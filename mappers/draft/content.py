"""What stands in a column: the share of its cells that each kind of answer explains."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from statistics import fmean

from mappers.clean import CleanContext, CleanedCell, load_cleaners
from mappers.clean.date_format import proven_format
from mappers.codes import act_list, code_lists
from mappers.names import name_key
from mappers.text.folding import fold_written

# Cells of a column that are tried; distinct ones, the first of the table.
TRIED = 60
# Distinct values up to which a column may be one of codes.
FEW = 15
_PLACES = ("station", "district")
_MOST_LISTED, _SHORTEST_KEY = 0.7, 3
_STATION_WORD = re.compile(r"(?:^|\s)(?:थाना|पोलीस\s*ठाणे|पो\.?\s*स्टे\.?|থানা|P\.?\s*S\.?|Thana)(?=[\s.,-]|$)", re.I)
_NIL = frozenset("-–—_./*=~ \t\r\n")
_SECTIONS = re.compile(r"^\W*\d{1,3}[A-Z]{0,2}(\s*[/,@&+\-]\s*\d{1,3}[A-Z]{0,2})+(\W.*)?$", re.I)
_THREE = re.compile(r"^\d{1,4}\s*[-/.\s]\s*(?:\d{1,2}|[A-Za-z]{3,9})\s*[-/.,\s]\s*\d{2,4}(?!\d)")
_DAY_MONTH = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\s*[./-]\s*(?:0?[1-9]|1[0-2])")
_EIGHT = re.compile(r"(?:19|20)\d\d[01]\d[0-3]\d|[0-3]\d[01]\d(?:19|20)\d\d")
_WITH_WORD = re.compile(r"^\d{1,2}\W*[^\W\d_][^\d]*\d{2,4}$")
_LAW = re.compile(r"(?<!\w)(?:ipc|i\.p\.c|bns|crpc|act|u/s|r/w|भा|धारा|अधि|ভা|ধারা|இ\.த\.ச|பிரிவு|IPC)", re.I)
_KIN = re.compile(r"(?:\b[sdwc]\s*/\s*o\b|पुत्र|पत्नी|वल्द|पिता|পিতা|স্বামী|த/பெ|ਪੁੱਤਰ|ತಂದೆ|ಬಿನ್|తండ్రి|\br/o\b|निवासी|ولد)", re.I)
_MANY = re.compile(r"(?:^|[\s,;])\(?\s*(?:[2-9]|ii)\s*[).]\s*\D|\n\s*\S|व\s+अन्य|& others|and others|ও অন্যান্য", re.I)
_CLOCK = re.compile(r"^\s*\d{1,2}\s*[:.]\s*[0-5]\d\s*(?::\s*[0-5]\d)?\s*(?:hrs?\.?|am|pm)?\s*$", re.I)
_MONEY_MARK = re.compile(r"rs|₹|रु|\.\d\d$|/-|,\d{2,3}", re.I)


@dataclass(frozen=True)
class Content:
    """The cells of one column as text, distinct, in the order of the table. context: the state, for dates and lists."""

    values: tuple[str, ...]
    context: CleanContext = field(default_factory=CleanContext)

    @cached_property
    def tried_cells(self) -> tuple[str, ...]:
        """The cells that are looked at: such as say something."""
        return tuple(v.strip() for v in self.values if not _NIL.issuperset(v))[:TRIED]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.tried_cells

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Its distinct values where they are few and short, else nothing: what a table of codes would have."""
        said = tuple(dict.fromkeys(v.strip() for v in self.values if not _NIL.issuperset(v)))
        return said if 0 < len(said) <= FEW and max(map(len, said)) <= 30 else ()

    def share(self, test: Callable[[str], bool]) -> float:
        """The share of the tried cells that pass a test."""
        return sum(map(test, self.tried_cells)) / len(self.tried_cells) if self.tried_cells else 0.0

    def share_cleaned(self, cleaner: str, codes: str = "") -> float:
        """The share of the tried cells that a cleaner of one value makes something of."""
        key = (cleaner, codes)
        if key not in self._share_by_cleaner:
            clean = load_cleaners()[cleaner].clean
            assert clean is not None
            context = CleanContext(
                self.context.language, self.context.state, self.context.book_year, "", codes, self.context.lists
            )
            self._share_by_cleaner[key] = self.share(lambda v: _has(clean(v, context)))
        return self._share_by_cleaner[key]

    @cached_property
    def _share_by_cleaner(self) -> dict[tuple[str, str], float]:
        return {}

    @cached_property
    def digits(self) -> float:
        """Share of cells that are numbers and nothing else."""
        return self.share(lambda v: fold_written(v).replace(",", "").replace(".", "", 1).isdigit())

    @cached_property
    def length(self) -> float:
        """Mean number of characters."""
        return fmean(map(len, self.tried_cells)) if self.tried_cells else 0.0

    @cached_property
    def letters(self) -> float:
        """Share of cells with hardly anything but letters and blanks."""
        return self.share(lambda v: sum(not (c.isdigit() or c in ":/\\@#") for c in fold_written(v)) > 0.9 * len(v))

    @cached_property
    def days(self) -> float:
        """Share of cells that are dates with a year: a bare number only when it has eight digits."""
        clean = load_cleaners()["date"].clean
        assert clean is not None
        if self.date_format:
            return 1.0
        return self.share(lambda v: _looks_like_day(v) and _has(clean(v, self.context)))

    @cached_property
    def day_months(self) -> float:
        """Share of cells that are a day and a month, of a year that stands over them."""
        return self.share(lambda v: bool(_DAY_MONTH.fullmatch(fold_written(v))))

    @cached_property
    def date_format(self) -> str:
        """The order of day, month and year that the column proves, where a mapping must name it; else ""."""
        return proven_format(v.strip() for v in self.values if not _NIL.issuperset(v))

    @cached_property
    def hours(self) -> float:
        """Share of cells that are an hour of the day and nothing else."""
        return self.share(lambda v: bool(_CLOCK.match(fold_written(v))))

    @cached_property
    def sections(self) -> float:
        """Share of cells that look like sections of law."""
        return self.share(lambda v: bool(_LAW.search(v) or _SECTIONS.match(fold_written(v))))

    @cached_property
    def kin(self) -> float:
        """Share of cells in which a relative or a residence stands beside a name."""
        return self.share(lambda v: bool(_KIN.search(v)))

    @cached_property
    def many(self) -> float:
        """Share of cells that list several things."""
        return self.share(lambda v: bool(_MANY.search(v)))

    @cached_property
    def sums(self) -> float:
        """Share of cells written as sums of money."""
        return self.share(lambda v: bool(_MONEY_MARK.search(v)))

    @cached_property
    def numbers(self) -> Sequence[int]:
        """The whole numbers of the column."""
        return [int(t) for t in (fold_written(v).strip() for v in self.tried_cells) if t.isdigit() and len(t) < 15]

    def share_listed(self, name: str) -> float:
        """Share of the cells whose words a list knows; lists of places count when the context brings them."""
        known = self.context.lists.get(name) or (act_list() if name == "act" else code_lists().get(name))
        if not known:
            return 0.0
        found = self.share(lambda v: known.find(v) is not None)
        if name not in _PLACES or found > _MOST_LISTED or self.days > _MOST_LISTED or self.digits > _MOST_LISTED:
            return found
        # Names of places in another script than the list's: कोतवाली for Kotwali.
        heard = _name_keys((*known.values, *(w for ways in known.spellings.values() for w in ways)))
        return max(found, self.share(lambda v: known.find(v) is not None or name_key(_strip_signs(v)) in heard))


@lru_cache(maxsize=64)
def _name_keys(names: tuple[str, ...]) -> frozenset[str]:
    """Keys of sound of names; those too short to be told by it are left out."""
    return frozenset(key for name in names if len(key := name_key(name)) >= _SHORTEST_KEY)


def _strip_signs(text: str) -> str:
    """A place without the word for a police station before or behind it."""
    return _STATION_WORD.sub(" ", text).strip(" .,-")


def _has(answer: CleanedCell) -> bool:
    return answer.value is not None and answer.confidence >= 0.3


def _looks_like_day(text: str) -> bool:
    folded = fold_written(text).strip()
    return bool(_THREE.match(folded) or _EIGHT.fullmatch(folded) or _WITH_WORD.search(folded))
