"""Names as rows of words, each known by how it sounds and by how common it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mappers.names import language_for, romanise
from mappers.names.romanise import skeleton, sounds
from mappers.names.sounds import coarse

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
MOST = 4
"""Words of a name that are compared."""
NONE = -1
_KEPT = 1 << 16
_MOST_OF_ADDRESS = 16
# A word met in few names, or a small register, is believed to be as common as this, by the weight of so many names.
USUAL_SHARE, _BELIEVED = 0.004, 1000
# The two joiners (200C, 200D) stand inside words of Indic scripts and must not cut them.
_NOT_LETTERS = r"[^\p{L}\p{M}\x{200c}\x{200d}]+"
# What every spelling of one sound is brought to; ends that are often left out are left out.
_FOLD = str.maketrans(
    dict.fromkeys("aāæ", "a") | dict.fromkeys("iīy", "i") | dict.fromkeys("uū", "u") | dict.fromkeys("eēE", "e")
    | dict.fromkeys("oōO", "o") | dict.fromkeys("kKḳ", "k") | dict.fromkeys("gGġ", "g") | dict.fromkeys("cC", "c")
    | dict.fromkeys("jJz", "j") | dict.fromkeys("sśṣ", "s") | dict.fromkeys("tTṭṬ", "t") | dict.fromkeys("dDḍḌ", "d")
    | dict.fromkeys("rṟṛṚ", "r") | dict.fromkeys("lḷḻ", "l") | dict.fromkeys("nṇñṅŋ", "n") | dict.fromkeys("pPf", "p")
    | dict.fromkeys("bB", "b") | dict.fromkeys("ə@ĕŭʰ ", "")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameWords:
    """All words of a register's names; places in these are the numbers by which rows of words name them.

    said: sounds. language: whose script it is in. near: the classes of its sounds. fold: number of its folded sounds;
    key: number of its consonants by class. is_initial: it is one letter. share: of the names that have a word of the
    same fold; key_share: of the same key. joined: folded sounds as text.
    """

    said: tuple[str, ...]
    language: tuple[str, ...]
    near: tuple[str, ...]
    joined: tuple[str, ...]
    fold: Ints
    key: Ints
    is_initial: NDArray[np.bool_]
    share: Floats
    key_share: Floats


def read_words(columns: Sequence[pl.Series], *, learn: bool = True) -> tuple[NameWords, list[Ints]]:
    """The words of columns of names, and each column as rows of words: (names, MOST), NONE where there is none.

    learn: whether shares are counted in these names; otherwise every word has the usual share.
    """
    split = [_split(c, MOST) for c in columns]
    texts, rows = _number(split)
    words = _words(texts)
    kept = np.array([not _is_title(text) for text in texts], bool)
    nobody = np.array([_is_nobody(text) for text in texts], bool)
    named = [_named(r, nobody) for r in rows]
    placed = [_place(r, kept, len(c)) for r, c in zip(named, columns, strict=True)]
    return (_with_shares(words, placed) if learn else words), placed


def read_addresses(column: pl.Series, *, learn: bool = True) -> tuple[NameWords, Ints]:
    """The words of addresses, and of each address its MOST rarest, the rarest first. learn: as of `read_words`."""
    split = _split(column, _MOST_OF_ADDRESS)
    texts, (row,) = _number([split])
    words = _words(texts)
    # A letter by itself says nothing of a place.
    whole = _place(row, np.array([len(text) > 1 for text in texts], bool), len(column), _MOST_OF_ADDRESS)
    words = _with_shares(words, [whole]) if learn else words
    share = np.where(whole == NONE, np.float32(2), words.share[whole])
    order = np.argsort(share, axis=1, kind="stable")[:, :MOST]
    return words, np.take_along_axis(whole, order, axis=1)


def _split(column: pl.Series, most: int) -> pl.DataFrame:
    """Words of each name: row, place, text."""
    frame = pl.DataFrame({"text": column}).with_row_index("row").drop_nulls()
    words = frame.with_columns(pl.col("text").str.replace_all(_NOT_LETTERS, " ").str.strip_chars().str.split(" "))
    flat = words.explode("text").filter(pl.col("text") != "")
    # Twice as many as are compared, since titles among them fall out later.
    return flat.with_columns(place=pl.int_range(pl.len()).over("row")).filter(pl.col("place") < 2 * most)


def _number(split: Sequence[pl.DataFrame]) -> tuple[list[str], list[pl.DataFrame]]:
    """The texts of all words, sorted, the empty one first so that there is one; the same frames by number."""
    texts = pl.concat([pl.Series("text", [""]), *(s["text"] for s in split)]).str.to_lowercase().unique().sort()
    numbers = pl.DataFrame({"text": texts}).with_row_index("word")
    rows = [
        s.with_columns(pl.col("text").str.to_lowercase()).join(numbers, on="text", maintain_order="left").drop("text")
        for s in split
    ]
    return texts.to_list(), rows


def _named(words: pl.DataFrame, nobody: NDArray[np.bool_]) -> pl.DataFrame:
    """The words of names that are somebody's."""
    without = words["row"].filter(pl.Series(nobody[words["word"].to_numpy()], dtype=pl.Boolean))
    return words.filter(~pl.col("row").is_in(without.implode())) if len(without) else words


def _place(words: pl.DataFrame, kept: NDArray[np.bool_], height: int, most: int = MOST) -> Ints:
    """Rows of words, those not kept left out, unless a name has no others."""
    row, word = words["row"].to_numpy(), words["word"].to_numpy().astype(np.int32)
    has_other = np.zeros(height, bool)
    has_other[row[kept[word]]] = True
    is_kept = kept[word] | ~has_other[row]
    row, word = row[is_kept], word[is_kept]
    begins = np.r_[True, row[1:] != row[:-1]] if len(row) else np.zeros(0, bool)
    place = np.arange(len(row)) - np.maximum.accumulate(np.where(begins, np.arange(len(row)), 0))
    placed = np.full((height, most), NONE, np.int32)
    fits = place < most
    placed[row[fits], place[fits]] = word[fits]
    return placed


def _words(texts: Sequence[str]) -> NameWords:
    said, language, near, joined, keys = (tuple(column) for column in zip(*map(_tell, texts), strict=True))
    usual = np.full(len(texts), USUAL_SHARE, np.float32)
    initials = np.array([len(text) == 1 and text.isascii() for text in texts], bool)
    return NameWords(said, language, near, joined, _numbers(joined), _numbers(keys), initials, usual, usual)


@lru_cache(maxsize=_KEPT)
def _tell(text: str) -> tuple[str, str, str, str, str]:
    """The sounds of a word, the language of its script, the classes of its sounds, its folded sounds, and its key.

    A word of a script that is not read is known by its letters alone.
    """
    usual = _whole().get(romanise(text).lower())
    said, language = (sounds(usual), "") if usual else (sounds(text), language_for(text))
    joined = _fold(said) or text
    near = coarse(said)
    return said, language, near, joined, skeleton(said).replace(" ", "") or near or joined


def _fold(said: str) -> str:
    """Folded sounds, without the a at the end that one script writes and another does not."""
    folded = said.translate(_FOLD)
    return (folded.rstrip("a") if len(folded) > 2 else folded) or folded or said


def _numbers(texts: Sequence[str]) -> Ints:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(t, len(numbers)) for t in texts], np.int32)


def _with_shares(words: NameWords, placed: Sequence[Ints]) -> NameWords:
    names = sum(int((rows[:, 0] != NONE).sum()) for rows in placed)
    met = np.concatenate([rows[rows != NONE] for rows in placed])
    shares = []
    for of_word in (words.fold, words.key):
        counts = np.bincount(of_word[met], minlength=int(of_word.max(initial=0)) + 1)
        shares.append(((counts + USUAL_SHARE * _BELIEVED) / (names + _BELIEVED)).astype(np.float32)[of_word])
    names_of = (words.said, words.language, words.near, words.joined, words.fold, words.key, words.is_initial)
    return NameWords(*names_of, *shares)


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("validators.doubles") / "words.toml").read_text(encoding="utf-8"))


@cache
def _whole() -> Mapping[str, str]:
    return dict(_data()["whole"])


@cache
def _titles() -> frozenset[str]:
    return frozenset(_data()["titles"])


@cache
def _nobody() -> frozenset[str]:
    return frozenset(_data()["nobody"])


def _is_nobody(text: str) -> bool:
    return text in _nobody() or romanise(text).lower() in _nobody()


def _is_title(text: str) -> bool:
    return romanise(text).lower() in _titles()
