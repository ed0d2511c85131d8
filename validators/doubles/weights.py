"""The weights of agreements, from `weights.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from math import log2

from pydantic import BaseModel, ConfigDict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Threshold(_Strict):
    """From which probability a pair is told."""

    person: float
    case: float


class Prior(_Strict):
    """How many matches a record has on average, the size that a register counts as at least, and that of a book."""

    person: float
    case: float
    least: int
    book: int


class AgreementLevel(_Strict):
    """One level of agreement of two words: m, and by how much more often than its share a word is met so by chance."""

    m: float
    times: float


class WordWeights(_Strict):
    """Agreement of words of names."""

    same: AgreementLevel
    close: AgreementLevel
    alike: AgreementLevel
    most: float
    initial: float
    missing: float
    conflict: float


class Shared(_Strict):
    """Agreement of something of which the share is known."""

    m: float
    most: float
    differs: float


class PersonWeights(_Strict):
    """Agreement of the other things that are known of persons, in bits."""

    same_sex: float
    other_sex: float
    birth: tuple[float, ...]
    birth_date: float
    birth_swapped: float
    phone: float
    other_phone: float
    uid: float
    other_uid: float
    passport: float
    other_passport: float
    other_relative: float
    household: float
    household_conflict: float
    household_alike: float


class CaseWeights(_Strict):
    """Agreement of what is known of cases, in bits."""

    same_day: float
    swapped_day: float
    near_day: float
    other_day: float
    other_occurrence: float
    same_sections: float
    other_sections: float
    same_diary: float
    other_diary: float
    same_time: float
    other_time: float
    complainant: float
    other_person: float


class Weights(_Strict):
    """All of them."""

    threshold: Threshold
    prior: Prior
    words: WordWeights
    address: Shared
    district: Shared
    person: PersonWeights
    case: CaseWeights

    def person_prior(self, records: int) -> float:
        """What speaks for any two persons of so many before they are looked at, in bits."""
        return log2(self.prior.person / max(records, self.prior.least))

    def case_prior(self) -> float:
        """The same for two cases of one book."""
        return log2(self.prior.case / self.prior.book)


@cache
def load_weights() -> Weights:
    """The weights of the package."""
    text = (resources.files("validators.doubles") / "weights.toml").read_text(encoding="utf-8")
    return Weights.model_validate(tomllib.loads(text))
