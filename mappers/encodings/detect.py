"""Which encoding a column of a legacy table is in: by its marks, its font, its bytes, and what comes of decoding it.

A column is judged by its distinct cells together. What is not clear is to be asked: `is_sure` says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mappers.encodings import Encoding, encodings
from mappers.encodings.carriers import CODES, DOUBLED, UTF8, UTF16, CarriedText, undress
from mappers.encodings.judge import ENGLISH, PLAIN, ColumnJudge, EncodingCandidate
from mappers.encodings.tables import to_characters

# What is enough to go on: for a column, and for one or two cells.
SURE, SURE_OF_FEW, FEW = 0.95, 0.98, 3
# A long cell says no more than its beginning, many cells no more than some.
_LONGEST = 120
_MOST_OF_A_VALUE = 2048
"""Bytes or characters of one value that are looked at."""
_MOST = 64
_TOLD = 8
# So many cells of another kind are strays.
_STRAY = 0.1
# What has a meaning to be found: two letters, one with a sign that plain codes do not have, or one beyond ASCII.
_ODD = r"[\[\]{}|~^<>$\\]"
_WORDED = re.compile(f"[a-zA-Z].*[a-zA-Z]|[a-zA-Z].*{_ODD}|{_ODD}.*[a-zA-Z]|[^\x00-\x7f]|\x04")
_ODD_SIGN = re.compile(_ODD)
_UNICODE = "utf8"
# Beyond ASCII, English has typographic signs and now and then a letter of a foreign name.
_NOT_ENGLISH = re.compile("[^\x00-\x7f\xa0‘’“”–—…•°½£₹éè]")


@dataclass(frozen=True, slots=True)
class Detection:
    """What a column is in.

    best: name of the encoding, "" for plain text (English, numbers, Unicode); family: "plain" for that. margin: 0..1,
    how likely what best reads is what was written; is_sure: it is enough to go on without asking. evidence: stable
    words and numbers; cells: distinct cells with letters; plain: how many of them are not the font's text. stored:
    "utf-8" where the bytes are UTF-8 of the font's characters, as a re-saved file has them, "utf-16" for that.
    """

    best: str
    family: str
    margin: float
    is_sure: bool
    candidates: tuple[EncodingCandidate, ...] = ()
    evidence: tuple[tuple[str, float], ...] = ()
    cells: int = 0
    plain: int = 0
    stored: str = ""


def detect_column(
    values: Sequence[bytes | str],
    *,
    font: str = "",
    expected: Sequence[str] = (),
    found: Mapping[str, Encoding] | None = None,
) -> Detection:
    """The encoding of a column's values; their order does not matter, and no bytes are too odd.

    font: as the container calls it; expected: names of encodings the state profile expects, the likelier first; found:
    the encodings that take part, those of this package by default.
    """
    known = encodings() if found is None else found
    carried, stored = _undress_all(sorted({_take_beginning(v) for v in values}, key=_order))
    worded = [c for c in carried if _WORDED.search(c.text)]
    unicode = [c for c in worded if c.kind != CODES]
    codes = _thin_out(c.text.strip("\x00 ")[:_LONGEST] for c in worded if c.kind == CODES)
    judge = (
        ColumnJudge(codes, known, _find_by_font(font, known), tuple(n for n in expected if n in known))
        if codes
        else None
    )
    detected = _make_detection(judge, len(worded)) if judge else _of_codes(carried)
    if unicode:
        detected = _with_unicode(unicode, detected, len(worded))
    marks = (("bom", 1.0),) if any(c.has_bom for c in carried) else ()
    return replace(detected, evidence=(*marks, *detected.evidence), stored=stored)


def _take_beginning(value: bytes | str) -> bytes | str:
    """As much of a value as tells its encoding; a cell may hold a whole file that has no line ends."""
    if len(value) <= _MOST_OF_A_VALUE:
        return value
    if isinstance(value, str):
        return value[:_MOST_OF_A_VALUE]
    end = _MOST_OF_A_VALUE
    # Not within a letter of UTF-8: half a letter would say that the value is none.
    while end > _MOST_OF_A_VALUE - 4 and value[end] & 0xC0 == 0x80:
        end -= 1
    return value[:end]


def _order(value: bytes | str) -> tuple[bool, bytes]:
    return (True, value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else (False, value)


def _undress_all(values: Sequence[bytes | str]) -> tuple[list[CarriedText], str]:
    """Values' characters, and how bytes are to be read before they are decoded.

    UTF-16 where any are that, UTF-8 where all beyond ASCII are; some bytes of a font are UTF-8 by chance.
    """
    carried = [undress(v) for v in values]
    if any(c.stored == UTF16 for c in carried):
        return carried, UTF16
    dresses = {c.stored for c in carried if c.kind == CODES and not c.text.isascii()}
    if dresses == {UTF8}:
        return carried, UTF8
    # Some is not UTF-8, so what looked like it was so by chance.
    bare = [
        CarriedText(to_characters(v)) if isinstance(v, bytes) and c.stored else c
        for v, c in zip(values, carried, strict=True)
    ]
    return bare, ""


def _thin_out(texts: Iterable[str]) -> list[str]:
    """Distinct texts, evenly chosen when there are too many."""
    all_of_them = sorted(t for t in set(texts) if t)
    step = max(1, len(all_of_them) / _MOST)
    # Evenly over the sorted texts, so that words of every beginning take part.
    return [all_of_them[int(i * step)] for i in range(min(len(all_of_them), _MOST))]


def _of_codes(cells: Sequence[CarriedText]) -> Detection:
    """A column without words: numbers and codes, or, where it has signs that those do not have, perhaps a font's."""
    is_sure = not any(_ODD_SIGN.search(c.text) for c in cells)
    return Detection("", PLAIN, 1.0 if is_sure else 0.5, is_sure, (EncodingCandidate(ENGLISH, PLAIN, 1.0),))


def _make_detection(judge: ColumnJudge, cells: int) -> Detection:
    candidates = judge.candidates()
    best, margin = judge.best(candidates)
    is_sure = margin >= (SURE if cells >= FEW else SURE_OF_FEW) and not (best.family == PLAIN and _is_odd(judge.cells))
    return Detection(
        "" if best.family == PLAIN else best.name, best.family, margin, is_sure, candidates[:_TOLD],
        tuple(judge.evidence(best)), cells, judge.plain_in(best.name),
    )  # fmt: skip


def _is_odd(cells: Sequence[str]) -> bool:
    """Whether more than strays of the cells hold characters that English does not."""
    return sum(_NOT_ENGLISH.search(c) is not None for c in cells) > _STRAY * len(cells)


def _with_unicode(unicode: Sequence[CarriedText], codes: Detection, cells: int) -> Detection:
    """A column that is Unicode already, or was until it was encoded twice, at least in part."""
    kinds = Counter(c.kind for c in unicode)
    share = len(unicode) / cells
    if codes.family != PLAIN and share < 0.5:
        return replace(codes, is_sure=codes.is_sure and share <= _STRAY, plain=codes.plain + len(unicode))
    is_sure = codes.is_sure if codes.family == PLAIN else share >= 1 - _STRAY
    # The repair of what was encoded twice leaves alone what was not.
    best = DOUBLED if DOUBLED in kinds else ""
    family = _UNICODE if best else PLAIN
    margin = share + (1 - share) * codes.margin if codes.family == PLAIN else share
    told = tuple(
        EncodingCandidate(k, _UNICODE if k == DOUBLED else PLAIN, n / len(unicode)) for k, n in kinds.most_common()
    )
    evidence = tuple((k, n / cells) for k, n in kinds.most_common())
    return Detection(best, family, margin, is_sure, told, evidence, cells, cells - kinds[DOUBLED])


def _find_by_font(font: str, known: Mapping[str, Encoding]) -> frozenset[str]:
    """Encodings that claim a font, its weight and its width aside."""
    wanted = _plain_font(font)
    return frozenset(
        n for n, e in known.items() if wanted and wanted in {*map(_plain_font, e.info.fonts), _plain_font(n)}
    )


def _plain_font(name: str) -> str:
    words = re.sub(r"\b(bold|italic|regular|normal|condensed|wide|thin|light|medium)\b", "", name.casefold())
    return re.sub(r"[\W_]", "", words)
