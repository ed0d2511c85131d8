"""Weights of the country in grams."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from mappers.clean.amounts import fold_amount, read_amount
from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.clean.money import plain_decimal
from mappers.codes.months import WORD_END, plain_word, word_key

_APPROXIMATE = re.compile(r"approx\.?|about|लगभग|करीब|প্রায়")
_PLACES = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class WeightUnit:
    """A unit: its id, grams, and whether it is metric."""

    id: str
    grams: Decimal
    metric: bool


@cache
def weight_units() -> Mapping[str, WeightUnit]:
    """Units by the words for them, without dots and blanks."""
    data = tomllib.loads((resources.files("mappers.codes") / "weights.toml").read_text(encoding="utf-8"))
    return {
        word_key(plain_word(word)): WeightUnit(w["id"], Decimal(w["grams"]), w.get("metric", False))
        for w in data["weight"]
        for word in w["words"]
    }


@cache
def _unit_pattern() -> re.Pattern[str]:
    spelled = (r"\.?".join(map(re.escape, word)) for word in sorted(weight_units(), key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?<![\u0900-\u0965\u0970-\u0d7f])(?:{'|'.join(spelled)}){WORD_END}\.?")


def clean_weight(raw: str, context: CleanContext) -> CleanedCell:
    """A weight in grams as plain digits: "5 tola", "डेढ़ सेर", "2 ভরি 4 আনা", "1 kg 200 gm".

    Each old unit is noted with its factor ("tola=11.6638g"). A number without a unit, or units that do not fall,
    give no value.
    """
    text = _APPROXIMATE.sub(" ", fold_amount(raw))
    grams, last, notes, start = Decimal(0), None, [], 0
    for m in _unit_pattern().finditer(text):
        unit = weight_units()[word_key(m.group())]
        amount = read_amount(text[start : m.start()])
        if amount is None or (last is not None and unit.grams >= last):
            return unsure("not-one-weight")
        grams, last, start = grams + amount * unit.grams, unit.grams, m.end()
        notes += [] if unit.metric else [f"{unit.id}={plain_decimal(unit.grams)}g"]
    if last is None or text[start:].strip(" .,/-"):
        return unsure("unit-missing" if last is None else "not-one-weight")
    return CleanedCell(plain_decimal(grams.quantize(_PLACES)), 0.9 if notes else 1.0, tuple(notes))


CLEANERS = (Cleaner("weight", clean_weight, kinds=("decimal",)),)
