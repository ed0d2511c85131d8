"""Names as rows of words, each known by how it sounds and by how common it is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
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
    """All words of the names of one register or several; their places are the numbers by which rows of words name them.

    A word that stands in two registers is two words, for it may be common in one of them.

    said, language, near, joined: by text; its sounds, whose script it is in, the classes of its sounds, and its folded
    sounds as text. text: of each word its place among these. fold: number of its folded sounds in the register; key:
    number of its consonants by class. is_initial: it is one letter. share: of the register's names that have a word of
    the same fold; key_share: of the same key.
    """

    said: tuple[str, ...]
    language: tuple[str, ...]
    near: tuple[str, ...]
    joined: tuple[str, ...]
    text: Ints
    fold: Ints
    key: Ints
    is_initial: NDArray[np.bool_]
    share: Floats
    key_share: Floats


def read_words(
    columns: Sequence[pl.Series], *, learn: bool = True, registers: Ints | None = None
) -> tuple[NameWords, list[Ints]]:
    """The words of columns of names, and each column as rows of words: (names, MOST), NONE where there is none.

    learn: whether shares are counted in these names; otherwise every word has the usual share. registers: of each row
    the number of its register, from 0; all rows are of one when it is not given.
    """
    split = [_split(c, MOST) for c in columns]
    books = _one_register(columns[0]) if registers is None else registers
    texts, words, rows = _number(split, books)
    kept = np.array([not _is_title(text) for text in texts], bool)[words.text]
    nobody = np.array([_is_nobody(text) for text in texts], bool)[words.text]
    named = [_drop_nobody(r, nobody) for r in rows]
    placed = [_place(r, kept, len(c)) for r, c in zip(named, columns, strict=True)]
    return _words(texts, words, books, placed if learn else []), placed


def read_addresses(column: pl.Series, *, learn: bool = True, registers: Ints | None = None) -> tuple[NameWords, Ints]:
    """The words of addresses, and of each address its MOST rarest, the rarest first. learn: as of `read_words`."""
    split = _split(column, _MOST_OF_ADDRESS)
    books = _one_register(column) if registers is None else registers
    texts, words, (row,) = _number([split], books)
    # A letter by itself says nothing of a place.
    kept = np.array([len(text) > 1 for text in texts], bool)[words.text]
    whole = _place(row, kept, len(column), _MOST_OF_ADDRESS)
    known = _words(texts, words, books, [whole] if learn else [])
    share = np.where(whole == NONE, np.float32(2), known.share[whole])
    order = np.argsort(share, axis=1, kind="stable")[:, :MOST]
    return known, np.take_along_axis(whole, order, axis=1)


def _one_register(rows: pl.Series) -> Ints:
    return np.zeros(len(rows), np.int32)


def _split(column: pl.Series, most: int) -> pl.DataFrame:
    """Words of each name: row, place, text."""
    frame = pl.DataFrame({"text": column}).with_row_index("row").drop_nulls()
    words = frame.with_columns(pl.col("text").str.replace_all(_NOT_LETTERS, " ").str.strip_chars().str.split(" "))
    flat = words.explode("text").filter(pl.col("text") != "")
    # Twice as many as are compared, since titles among them fall out later.
    return flat.with_columns(place=pl.int_range(pl.len()).over("row")).filter(pl.col("place") < 2 * most)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """Words by number: of each its text's place, and its register; the first one is the empty text, of none (-1)."""

    text: Ints
    register: Ints


def _number(split: Sequence[pl.DataFrame], registers: Ints) -> tuple[list[str], _Numbered, list[pl.DataFrame]]:
    """The texts of all words, sorted, the empty one first so that there is one; words; the same frames by number."""
    texts = pl.concat([pl.Series("text", [""]), *(s["text"] for s in split)]).str.to_lowercase().unique().sort()
    numbers = pl.DataFrame({"text": texts}).with_row_index("number")
    found = [s.with_columns(pl.col("text").str.to_lowercase()) for s in split]
    found = [s.join(numbers, on="text", how="left", maintain_order="left").drop("text") for s in found]
    # Register and text in one number: sorted, a register's words stand together in the order of their texts.
    met = [registers[s["row"].to_numpy()].astype(np.int64) * len(texts) + s["number"].to_numpy() for s in found]
    words, back = np.unique(np.concatenate(met), return_inverse=True)
    ends = np.cumsum([len(m) for m in met])
    placed = [1 + back[end - len(m) : end] for m, end in zip(met, ends, strict=True)]
    rows = [s.select("row").with_columns(word=pl.Series(p)) for s, p in zip(found, placed, strict=True)]
    text, register = (
        np.r_[first, n].astype(np.int32) for first, n in ((0, words % len(texts)), (-1, words // len(texts)))
    )
    return texts.to_list(), _Numbered(text, register), rows


def _drop_nobody(words: pl.DataFrame, nobody: NDArray[np.bool_]) -> pl.DataFrame:
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


def _words(texts: Sequence[str], words: _Numbered, registers: Ints, placed: Sequence[Ints]) -> NameWords:
    """What is known of words. placed: rows of them in which shares are counted, of each row's register; none: usual."""
    said, language, near, joined, keys = (tuple(column) for column in zip(*_tell_all(texts), strict=True))
    initials = np.array([len(text) == 1 and text.isascii() for text in texts], bool)[words.text]
    fold, key = (_in_register(of_text, words) for of_text in (joined, keys))
    shares = [_shares(place, words, registers, placed) for _, place in (fold, key)]
    return NameWords(said, language, near, joined, words.text, fold[0], key[0], initials, *shares)


def _in_register(texts: Sequence[str], words: _Numbered) -> tuple[Ints, Ints]:
    """Words of one register with the same of these texts by one number, in the order in which they come.

    First the number in the register, then that among those of all registers, so that each word has its count.
    """
    numbers: dict[str, int] = {}
    of_text = np.array([numbers.setdefault(t, len(numbers)) for t in texts], np.int64)
    same = words.register.astype(np.int64) * len(numbers) + of_text[words.text]
    _, first, back = np.unique(same, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    place = rank[back]
    begins = np.flatnonzero(np.r_[True, words.register[1:] != words.register[:-1]])
    before = np.repeat(place[begins], np.diff(np.r_[begins, len(place)]))
    return (place - before + (words.register >= 0)).astype(np.int32), place.astype(np.int32)


def _shares(place: Ints, words: _Numbered, registers: Ints, placed: Sequence[Ints]) -> Floats:
    """Of each word the share of its register's names that have one like it. place: of each word among those alike."""
    if not placed:
        return np.full(len(place), USUAL_SHARE, np.float32)
    named = np.concatenate([registers[rows[:, 0] != NONE] for rows in placed])
    names = np.bincount(named, minlength=int(registers.max(initial=0)) + 1)
    met = np.concatenate([rows[rows != NONE] for rows in placed])
    counts = np.bincount(place[met], minlength=int(place.max()) + 1)[place]
    share = (counts + USUAL_SHARE * _BELIEVED) / (names[words.register] + _BELIEVED)
    return np.asarray(share, np.float32)


def _tell_all(texts: Sequence[str]) -> Iterator[tuple[str, str, str, str, str]]:
    """Of each word its sounds, the language of its script, the classes of its sounds, its folded sounds, its key."""
    plain = [_usual(text) for text in texts if text.isascii()]
    # Latin words are parted by blanks, across which no sound looks: all of them are read as one name.
    said = iter(sounds(" ".join(plain)).split(" "))
    for text in texts:
        yield _describe_word(text, next(said) if text else "", "") if text.isascii() else _tell(text)


@lru_cache(maxsize=_KEPT)
def _tell(text: str) -> tuple[str, str, str, str, str]:
    """The same of a word in another script. One of a script that is not read is known by its letters alone."""
    usual = _whole_names().get(romanise(text).lower())
    return _describe_word(text, sounds(usual), "") if usual else _describe_word(text, sounds(text), language_for(text))


def _usual(text: str) -> str:
    return _whole_names().get(text, text)


def _describe_word(text: str, said: str, language: str) -> tuple[str, str, str, str, str]:
    joined = _fold(said) or text
    near = coarse(said)
    return said, language, near, joined, skeleton(said).replace(" ", "") or near or joined


def _fold(said: str) -> str:
    """Folded sounds, without the a at the end that one script writes and another does not."""
    folded = said.translate(_FOLD)
    return (folded.rstrip("a") if len(folded) > 2 else folded) or folded or said


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("validators.doubles") / "words.toml").read_text(encoding="utf-8"))


@cache
def _whole_names() -> Mapping[str, str]:
    return dict(_data()["whole"])


@cache
def _titles() -> frozenset[str]:
    return frozenset(_data()["titles"])


@cache
def _load_nobody_words() -> frozenset[str]:
    return frozenset(_data()["nobody"])


def _is_nobody(text: str) -> bool:
    return text in _load_nobody_words() or romanise(text).lower() in _load_nobody_words()


def _is_title(text: str) -> bool:
    return romanise(text).lower() in _titles()
