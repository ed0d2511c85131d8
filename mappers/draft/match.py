"""How well a column fits a target: what its header says, what stands in it, what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from mappers.draft.content import Content
from mappers.draft.targets import DraftTarget
from mappers.headers.lexicon import HeaderLexicon, Phrase
from mappers.headers.read import UNKNOWN, HeaderReading, read_header
from mappers.text.folding import fold_key

# A header counts for most; content decides between fields of different kinds and can forbid a field.
_HEADER, _CONTENT = 0.72, 0.28
_FORBIDS = 0.15
_WEAK = {
    "number": 0.5, "name": 0.45, "date": 0.55, "time": 0.6, "code": 0.25, "description": 0.4, "type": 0.55,
    "total": 0.4, "id": 0.5, "person": 0.3, "value": 0.7, "class": 0.6, "officer": 0.7, "fir": 0.7,
    "case": 0.7, "crime": 0.7,
}  # fmt: skip
_UNKNOWN_WEIGHT = 0.8
# Each unit by which a reading is dearer than the best makes it less likely.
_DEARER = 0.12
_LABEL_FLOOR = 88
# From so many entries on a column is one of places.
SEVERAL = 3
# A meaning that the neighbours or the table's name lend to a header.
_LENT = 0.6
_NO_DATE = 0.5
_NUMBERS = frozenset({"int", "year", "decimal", "money", "date", "time"})
# A piece of a header that is not known, of more than one letter.
_LARGEST_CODE = 999
_UNTOLD, _SHORT_PIECE = 0.7, 2
# A header that says more than "date" or "name" does not mean the field that a bare one means.
_VAGUE = 0.75
_BARE = frozenset({"name", "date", "time", "number", "value", "type", "id", "description", "code", "person", "total"})


@dataclass(frozen=True)
class ColumnSeen:
    """One column as the matching sees it. headers: its name, and what it says in the encodings of the table."""

    name: str
    headers: tuple[str, ...]
    content: Content
    place: int = 0


@dataclass(frozen=True)
class MatchScore:
    """How well a column fits: header and content each 0..1, and both together."""

    header: float
    content: float

    @property
    def total(self) -> float:
        """Both together; content that speaks against the field forbids it."""
        if self.content < _FORBIDS:
            return 0.3 * self.header
        return self.header * _HEADER + self.content * _CONTENT * min(1.0, self.header * 1.6)


def readings_of(column: ColumnSeen, lexicon: HeaderLexicon) -> tuple[HeaderReading, ...]:
    """All readings of all that the column's header may say; those with nothing known in them come last."""
    found = [r for h in column.headers for r in read_header(h, lexicon)]
    return tuple(sorted(found, key=lambda r: (sum(t.startswith(UNKNOWN) for t in r.tokens), r.cost)))


def header_score(
    column: ColumnSeen,
    readings: Sequence[HeaderReading],
    target: DraftTarget,
    lexicon: HeaderLexicon,
    lent: Iterable[str] = (),
) -> float:
    """What the header says of the target, 0..1. lent: meanings that come from beside it."""
    best = max((_score_printed_labels(h, target.name, lexicon) for h in column.headers), default=0.0)
    if not readings:
        return best
    cheapest = min(r.cost for r in readings)
    for reading in readings:
        if not (reading.meanings & target.words):
            continue
        sure = max(0.4, 1 - _DEARER * (reading.cost - cheapest))
        plain = _likeness(reading.meanings, target.phrases)
        helped = max((_likeness(reading.meanings | {m}, target.phrases, m) for m in lent), default=0.0)
        best = max(best, sure * max(plain, helped) * _of_kind(reading, target) * _score_known_words(reading, target))
    return best


def _of_kind(reading: HeaderReading, target: DraftTarget) -> float:
    """A header that says date is hardly over anything else, one that says name over no number; a key is no value."""
    if target.column is None:
        return 1.0
    kind, name = target.column.kind, target.column.name
    if "date" in reading.meanings and kind not in ("date", "time"):
        return _NO_DATE
    if "name" in reading.meanings and kind in _NUMBERS:
        return _NO_DATE
    if "id" in reading.meanings and kind in ("money", "decimal"):
        return _NO_DATE
    # Name and address in one column: the person's cleaner parts them.
    return _VAGUE if name == "address" and {"name", "address"} <= reading.meanings else 1.0


def _score_known_words(reading: HeaderReading, target: DraftTarget) -> float:
    """A date, or a key, with a word in its header that nobody knows may be any other one."""
    if target.column is None or not (target.column.kind in ("date", "time") or target.name == "legacy_key"):
        return 1.0
    return _UNTOLD if any(t.startswith(UNKNOWN) and len(t) > _SHORT_PIECE for t in reading.meanings) else 1.0


def _score_printed_labels(header: str, target: str, lexicon: HeaderLexicon) -> float:
    """Likeness with what forms print for the target: the same, or nearly the same in a script of the country."""
    key = fold_key(header)
    if target in lexicon.labels.get(key, ()):
        return 1.0
    if key.isascii() or len(key) < 4:
        return 0.0
    near = max((fuzz.ratio(key, k) for k, names in lexicon.labels.items() if target in names), default=0.0)
    return near / 100 if near >= _LABEL_FLOOR else 0.0


def _likeness(meanings: Phrase, phrases: Iterable[Phrase], lent: str = "") -> float:
    """The best overlap with a phrase by weight, as the harmonic mean of both shares."""
    own = sum(_weight(t, lent) for t in meanings)
    if not own:
        return 0.0
    best = 0.0
    for phrase in phrases:
        both = sum(_weight(t, lent) for t in meanings & phrase)
        if both:
            share = 2 * both / (own + sum(_weight(t, lent) for t in phrase))
            best = max(best, share * (_VAGUE if phrase <= _BARE and _says_more(meanings - phrase) else 1.0))
    return best


def _says_more(meanings: Phrase) -> bool:
    return any(not t.startswith(UNKNOWN) for t in meanings)


def _weight(token: str, lent: str) -> float:
    if token.startswith(UNKNOWN):
        return _UNKNOWN_WEIGHT if len(token) > 2 else 0.3
    return _WEAK.get(token, 1.0) * (_LENT if token == lent else 1.0)


def content_score(content: Content, target: DraftTarget) -> float:
    """What the cells say of the target, 0..1; 0.5 where they say nothing either way."""
    if target.column is None:
        return 0.9 if target.name == "system" and len(content.codes) == 1 else 0.5
    if content.is_empty:
        return 0.5
    by_name = _BY_NAME.get(target.name) or _BY_NAME.get(target.column.name)
    if by_name is not None:
        return by_name(content)
    kind = target.column.kind
    if kind == "code":
        return _score_codes(content, target.column.codes)
    return _BY_KIND[kind](content)


def _score_codes(c: Content, codes: str) -> float:
    """A list that knows the values speaks for the field; short codes that it does not know may be mapped by a table."""
    share = c.share_listed(codes) if codes else 0.0
    if share > 0.5:
        return 0.6 + 0.4 * share
    if codes and max(c.days, c.hours) > 0.7:
        return 0.05
    # "COL" over names of stations is no colour.
    if codes and len(c.codes) >= SEVERAL and max(c.share_listed("station"), c.share_listed("district")) > 0.7:
        return 0.05
    return 0.55 if c.codes else 0.2 if codes else 0.5


def _free(c: Content) -> float:
    """Free text is anything but dates, and rather not bare numbers."""
    return 0.05 if c.hours > 0.8 else 0.1 if c.days > 0.8 else 0.3 if c.digits > 0.8 else 0.65


def _thing(c: Content) -> float:
    return 0.05 if c.digits > 0.8 or c.share_cleaned("money") > 0.7 else _free(c)


def _name(c: Content) -> float:
    return 0.05 if c.digits > 0.5 or c.days > 0.5 else 0.3 if c.length > 90 else 0.4 + 0.5 * c.letters


def _number(c: Content) -> float:
    if c.days > 0.6 or c.share(lambda v: any(x.isdigit() for x in v)) < 0.2:
        return 0.1
    return 0.35 + 0.5 * c.share_cleaned("int")


def _year(c: Content) -> float:
    fits = c.share(lambda v: len(v) in (2, 4, 6, 7, 9)) * (c.digits or c.share_cleaned("year"))
    years = [n for n in c.numbers if 1850 <= n <= 2100 or n < 100]
    return 0.05 if c.days > 0.5 else fits * (len(years) / len(c.numbers) if c.numbers else 0.5)


def _money(c: Content) -> float:
    fits = c.share_cleaned("money")
    return 0.05 if c.days > 0.5 or fits < 0.3 else 0.4 + 0.4 * fits + 0.2 * c.sums


def _age(c: Content) -> float:
    return c.share_cleaned("age") * (0.9 if c.length <= 12 else 0.3)


def _sections(c: Content) -> float:
    return 0.05 if c.days > 0.5 else 0.4 + 0.6 * c.sections


def _narrative(c: Content) -> float:
    return 0.05 if max(c.digits, c.days, c.hours) > 0.5 else min(1.0, 0.1 + c.length / 75, 0.3 + c.length / 150)


def _result(c: Content) -> float:
    """What became of a case is a word or a code; a column of many numbers is none."""
    return 0.1 if c.digits > 0.8 and max(c.numbers, default=0) > _LARGEST_CODE else _free(c)


def _act(c: Content) -> float:
    """Acts by name; a column of sections belongs to the sections."""
    return 0.1 if c.sections > 0.5 and c.share_listed("act") < 0.3 else _score_codes(c, "act")


def _address(c: Content) -> float:
    return 0.05 if c.digits > 0.7 or max(c.days, c.hours) > 0.5 else min(0.9, 0.5 + c.length / 100)


def _phone(c: Content) -> float:
    return c.share_cleaned("phone") if c.share_cleaned("phone") > 0.2 else 0.1


def _time(c: Content) -> float:
    return 0.05 if c.days > 0.9 and c.share_cleaned("time") < 0.2 else 0.2 + 0.8 * c.share_cleaned("time")


def _date(c: Content) -> float:
    return max(c.days if c.days > 0.2 else 0.1, 0.7 * c.day_months)


def _station(c: Content) -> float:
    return (
        0.05
        if c.days > 0.5 or c.length > 60
        else 0.6 + 0.4 * max(c.share_listed("station"), c.share_listed("district"))
    )


_BY_KIND: Mapping[str, Callable[[Content], float]] = {
    "text": _free, "name": _name, "int": _number, "year": _year, "date": _date, "time": _time, "money": _money,
    "decimal": _money,
}  # fmt: skip
_BY_NAME: Mapping[str, Callable[[Content], float]] = {
    "age": _age, "description": _thing, "particulars": _narrative, "brief_facts": _narrative,
    "section": _sections, "act": _act, "result": _result, "narrative": _narrative, "gist": _narrative,
    "address": _address, "phone": _phone, "mobile": _phone, "police_station": _station, "district": _station,
    "state": _station, "gd_no": lambda c: 0.1 if c.days > 0.8 else 0.6,
    "legacy_key": lambda c: 0.1 if c.days > 0.8 else 0.5,
    "fir_reg_num": lambda c: 0.9 if c.digits > 0.8 and c.length >= 9 else 0.3,
}  # fmt: skip
