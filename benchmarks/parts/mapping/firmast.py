"""A large invented FIRMAST table in Kruti Dev 010: long rows, most of their texts different, for measuring speed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappers.encodings import encode

ENCODING = "krutidev-010"
COLUMNS = (
    "DISTCD", "PSCD", "YR", "CRNO", "FIRDT", "FIRTM", "OCCFRDT", "OCCTODT", "SECT", "COMPNM", "COMPFNM", "COMPADD",
    "PLACE", "ACCNM", "PROPVAL", "RECVAL", "IONM", "CSNO", "CSDT", "FRTYP", "RESULT", "NARR",
)  # fmt: skip
TEXTS = ("SECT", "COMPNM", "COMPFNM", "COMPADD", "PLACE", "ACCNM", "IONM", "RESULT", "NARR")
_SPELLED = (
    "क का कि कु के को ग गा गो च चा चि ज जा जी ट त ता ति द दा दी दे न ना नि नी प पा पि पु ब बा बि भ भा म मा मि मु य या र रा"
    " रि री ल ला ली व वा वि श शा स सा सि सु ह हा हि प्र त्र श्र क्ष ज्ञ"
)
_SYLLABLES = tuple(_SPELLED.split())
_ENDINGS = ("लाल", "राम", "सिंह", "दास", "वाल", "देवी", "प्रसाद", "नाथ", "कुमार")
_SPOTS = ("बाजार", "बस अड्डा", "खेत", "रेलवे फाटक", "घर के सामने", "नहर पटरी", "मुख्य मार्ग")
_RESULTS = ("आरोप पत्र", "अंतिम रिपोर्ट", "विचाराधीन", "दोषमुक्त", "सजा", "राजीनामा")
_POOL = 20_000
_VILLAGES = 4_000
_LISTS = 3_000
_OFFICERS = 2_000


@dataclass(frozen=True)
class _Words:
    """Words in the font to make rows of."""

    names: Sequence[bytes]
    surnames: Sequence[bytes]
    villages: Sequence[bytes]
    sections: Sequence[bytes]
    officers: Sequence[bytes]
    fixed: Mapping[str, bytes]


def make_rows(count: int, seed: int = 11) -> Iterator[tuple[bytes, ...]]:
    """Rows in the order of COLUMNS, as a DBF reader delivers them: at least 120 characters of the font in each."""
    dice = random.Random(seed)
    words = _words(dice)
    for number in range(1, count + 1):
        yield _row(dice, number, words)


def _words(dice: random.Random) -> _Words:
    def made(count: int, make: Callable[[], str]) -> list[bytes]:
        return [encode(ENCODING, make()) for _ in range(count)]

    def some(least: int, most: int) -> str:
        return "".join(dice.choices(_SYLLABLES, k=dice.randint(least, most)))

    fixed = (*_SPOTS, *_RESULTS, "उर्फ", "थाना", "के", "ने सूचना दी")
    return _Words(
        made(_POOL, lambda: some(2, 3)),
        made(_POOL, lambda: some(1, 2) + dice.choice(_ENDINGS)),
        made(_VILLAGES, lambda: some(2, 3) + dice.choice(("पुर", "गंज", "खेड़ा"))),
        made(_LISTS, lambda: "/".join(str(dice.randrange(109, 511)) for _ in range(dice.randint(1, 4))) + " भा.द.वि."),
        made(_OFFICERS, lambda: f"उ.नि. {some(2, 3)} {some(1, 2)}{dice.choice(_ENDINGS)}"),
        {w: encode(ENCODING, w) for w in fixed},
    )


def _row(dice: random.Random, number: int, words: _Words) -> tuple[bytes, ...]:
    def person() -> bytes:
        return dice.choice(words.names) + b" " + dice.choice(words.surnames)

    fixed, year = words.fixed, 1990 + number % 20
    day = f"{year}{number % 12 + 1:02}{number % 28 + 1:02}".encode()
    village = dice.choice(words.villages)
    accused = person() + (b" " + fixed["उर्फ"] + b" " + dice.choice(words.names) if number % 3 == 0 else b"")
    spot = person() + b" " + fixed["के"] + b" " if number % 2 else b""
    story = b" ".join((person(), fixed["ने सूचना दी"], dice.choice(words.villages), dice.choice(words.names)))
    return (
        b"07", f"K{number % 40:02}".encode(), str(year).encode(), str(number % 900 + 1).encode(), day,
        f"{number % 24:02}.{number % 4 * 15:02}".encode(), day, day, dice.choice(words.sections), person(), person(),
        village + b" " + fixed["थाना"] + b" " + dice.choice(words.villages),
        spot + fixed[dice.choice(_SPOTS)] + b"] " + village, accused, f"{dice.randrange(90_000)}.00".encode(), b"",
        dice.choice(words.officers), f"{number % 900 + 1}/{year % 100}".encode(), b"", b"C",
        fixed[dice.choice(_RESULTS)], story,
    )  # fmt: skip
