"""Texts to draw words of: words of a dictionary, made-up names of places and syllables, entries of the code lists.

Words come from the word lists inside Tesseract's models hin, mar, ben and asm (Apache-2.0), entries from mappers/codes.
Names of the stations that are measured on (benchmarks/parts/office/native_closed.toml) are left out, word by word.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from mappers.codes import acts, code_lists
from ocr.handwriting.words import CHARACTERS, LATIN, SIGNS
from ocr.handwriting.words import SCRIPTS as WRITTEN
from ocr.languages.visual import REPH

_JOINERS = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
_MEASURED = Path(__file__).parents[2] / "benchmarks" / "parts" / "office" / "native_closed.toml"
LONGEST = 30


@dataclass(frozen=True)
class Script:
    """A script as it is drawn. code: ISO 15924; languages: two letters; words: Tesseract's lists; first: code point."""

    code: str
    languages: tuple[str, ...]
    words: tuple[str, ...]
    first: int

    @property
    def letters(self) -> str:
        """Its letters, signs and digits."""
        return WRITTEN[self.code].letters

    @property
    def digits(self) -> str:
        """The ten digits from 0."""
        return "".join(chr(self.first + 0x66 + n) for n in range(10))

    @property
    def sample(self) -> str:
        """A letter as tall as others, pa."""
        return chr(self.first + 0x2A)


SCRIPTS: Mapping[str, Script] = {
    "deva": Script("Deva", ("hi", "mr"), ("hin", "mar"), 0x0900),
    "beng": Script("Beng", ("bn", "as"), ("ben", "asm"), 0x0980),
}
_SUFFIXES = {
    "deva": "पुर गंज नगर गढ़ बाद खेड़ा पट्टी टोला बाजार गांव वाड़ी पूर खुर्द कलां सराय हाट कोट धाम घाट डीह",
    "beng": "পুর গঞ্জ নগর গড় বাদ হাট পাড়া গ্রাম গাছি ডাঙ্গা খালি তলা দহ হাটি বাড়ি কোণা দিঘি ঘাট গাঁও বাৰী",
}


@dataclass(frozen=True)
class Texts:
    """What texts of a script are made of: words, entries of lists, consonants and vowel signs as they occur."""

    script: Script
    words: tuple[str, ...]
    entries: tuple[str, ...]
    syllables: tuple[str, ...]


@cache
def texts_of(name: str) -> Texts:
    """The texts of a script. Needs Tesseract's training tools and the models of its languages."""
    script, banned = SCRIPTS[name], measured_words()
    words = sorted(
        {w for model in script.words for w in map(plain, _dictionary(model)) if _is_word(w, script)} - banned
    )
    entries = sorted({e for e in map(plain, _listed(script)) if is_drawn(e, script) and not banned & {*e.split()}})
    syllables = sorted({s[0] for w in words for s in _syllable(script).finditer(w)})
    return Texts(script, tuple(words), tuple(entries), tuple(syllables))


def plain(text: str) -> str:
    """Text, NFC, without joiners, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_JOINERS).split())


def is_drawn(text: str, script: Script) -> bool:
    """Whether a text can be learned: in this script, of known classes, not too long."""
    known = {*script.letters, *SIGNS, *LATIN}
    return 0 < len(text) <= LONGEST and set(text) <= known and any(c in script.letters for c in text)


def made(texts: Texts, rng: random.Random) -> str:
    """One text: as it is spoken; the classes that it is learned as are those of as_written."""
    kind = rng.random()
    if kind < 0.3:
        text = " ".join(rng.choice(texts.words) for _ in range(rng.choice((1, 1, 1, 2))))
    elif kind < 0.52:
        text = _place(texts, rng)
    elif kind < 0.72:
        text = "".join(rng.choice(texts.syllables) for _ in range(rng.randint(1, 4)))
    elif kind < 0.92:
        text = rng.choice(texts.entries)
    elif kind < 0.97:
        letters = [s for s in (rng.choice(texts.syllables) for _ in range(3)) if len(s) < 4]
        text = ".".join(letters) + "."
    else:
        text = "".join(rng.choice(texts.script.digits) for _ in range(rng.randint(1, 4)))
    return text if is_drawn(text, texts.script) and not measured_words() & {*text.split()} else made(texts, rng)


def _place(texts: Texts, rng: random.Random) -> str:
    stem, suffix = (
        rng.choice(texts.words)[: rng.randint(3, 9)],
        rng.choice(_SUFFIXES[texts.script.code.lower()].split()),
    )
    # A stem must not end within a syllable.
    stem = re.sub("[\u094d\u09cd]$", "", stem)
    text = stem + suffix if rng.random() < 0.7 else f"{stem} {suffix}"
    return f"{text} {rng.choice(texts.words)}" if rng.random() < 0.15 else text


@cache
def measured_words() -> frozenset[str]:
    """Words of the names of stations that are measured on."""
    listed = tomllib.loads(_MEASURED.read_text(encoding="utf-8"))["stations"]
    return frozenset(word for names in listed.values() for name in names for word in plain(name).split())


def _listed(script: Script) -> Iterator[str]:
    """Entries of the code lists and acts, as far as they are in this script."""
    for one in code_lists().values():
        for value, spellings in one.spellings.items():
            yield from (value, *spellings)
    for act in acts().values():
        yield from act.spellings
    yield from _months()


def _months() -> Iterator[str]:
    listed = tomllib.loads((Path(__file__).parents[2] / "mappers/codes/months.toml").read_text(encoding="utf-8"))
    groups: Iterable[list[list[str]]] = (listed["gregorian"], listed["saka"], *listed["elsewhere"].values())
    yield from (word for group in groups for words in group for word in words)


@cache
def _syllable(script: Script) -> re.Pattern[str]:
    def span(low: int, high: int) -> str:
        return f"[{chr(script.first + low)}-{chr(script.first + high)}]"

    body = f"(?:{span(0x15, 0x39)}|[\u09f0\u09f1]){chr(script.first + 0x3C)}?"
    conjunct = f"{body}(?:{chr(script.first + 0x4D)}{body})*"
    return re.compile(f"{conjunct}{span(0x3E, 0x4C)}?{span(1, 3)}?|{span(5, 0x14)}")


def _is_word(text: str, script: Script) -> bool:
    return 1 < len(text) < 16 and set(text) <= set(script.letters) - set(script.digits)


def _dictionary(model: str) -> list[str]:
    """The words of a model of Tesseract."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"/usr/share/tesseract-ocr/5/tessdata/{model}.traineddata"
        subprocess.run(["combine_tessdata", "-u", path, f"{folder}/x."], check=True, capture_output=True)
        out = Path(folder) / "words"
        subprocess.run(
            ["dawg2wordlist", f"{folder}/x.lstm-unicharset", f"{folder}/x.lstm-word-dawg", str(out)],
            check=True, capture_output=True,
        )  # fmt: skip
        return out.read_text(encoding="utf-8").split("\n")


def allowed(texts: Sequence[str], known: Sequence[str] = CHARACTERS) -> NDArray[np.bool_]:
    """Which classes, blank first, may stand on each text's form: (texts, classes). A form is of one script.

    A text without letters of either may stand on a form of both; which is chosen by the text.
    """
    of_form = [
        np.array([True, *(c in s.letters or c in (REPH, *LATIN, *SIGNS) for c in known)]) for s in SCRIPTS.values()
    ]
    own = [set(s.letters) for s in SCRIPTS.values()]
    chosen = [
        next((n for n, letters in enumerate(own) if letters & set(t)), crc32(t.encode()) % len(own)) for t in texts
    ]
    return np.stack([of_form[n] for n in chosen])
