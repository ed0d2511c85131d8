"""Which sheets belong to one filled form: tied by the numbers on them, their order and their parts, and never guessed.

A record's number in a book stands on each of its sheets, mostly with a day. A sheet joins a record where its number is
the record's and nothing on it says otherwise, and where it lies directly behind the record's sheets; or, wherever it
lies, where its day is the record's as well and no record of the same day with a number like it lacks such a sheet: a
number that was misread is often that of a neighbour, of the same day. Everything else is a doubt that a person settles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from ocr.forms.form import Form

LACKING, DISAGREE, UNSURE, TWICE = "part-lacking", "parts-disagree", "part-unsure", "part-twice"
"""Doubts: a part that is required is not there; numbers on the sheets differ; nothing on them says whether they belong
together; a sheet of that part is there already."""
TOGETHER, APART, COPY, MISSING = "together", "apart", "copy", "missing"
"""What a person may say: of a sheet and a record, that they belong together or do not, or that another scan of the
sheet is there; of a part, that the book has it not."""
TieKind = Literal["number", "serial", "day", "context"]

_SAME, _OTHER = 85, 60
"""Likeness of two texts, 0..100, from which they are the same, and below which they are not: names of stations are
misread in a letter or two."""
_SURE = 0.8
"""The confidence from which a year or day that differs keeps a sheet from the record before it, and from which a number
ties a sheet to a record elsewhere."""


@dataclass(frozen=True, slots=True)
class SheetRule:
    """How a part of a form occurs in a record. is_optional: it may be left out. repeats: it may come more than once."""

    is_optional: bool = False
    repeats: bool = False


Families = Mapping[str, Mapping[int, SheetRule]]
"""Family of forms -> its parts."""


@dataclass(frozen=True, slots=True)
class SheetTie:
    """What one zone of a sheet says of the record it belongs to. text: folded, so that equal values are equal.

    kind: "number" is the record's own in its book; "serial" tells records of one number apart, as a memo's within its
    FIR; "day" is one of its days; "context" is alike in many records, as the station is. confidence: 0..1, 1.0 where a
    person said so.
    """

    text: str
    kind: TieKind
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a form of several parts. at: its place among all pages; follows: the form's page directly before it,
    with no page missing between them, None where there is none.

    said: what persons said: page of a record -> TOGETHER, APART or COPY; "" -> MISSING where its first part is not in
    the book. lacking: parts that are not in the book, by a person's word on this first sheet.
    """

    page: str
    at: int
    family: str
    part: int
    ties: Mapping[str, SheetTie] = field(default_factory=dict)
    follows: str | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    lacking: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PartQuestion:
    """What a person is asked of a sheet. why: a doubt. part: the one that is lacking, or the sheet's own. other: first
    page of the record that it may belong to, "" where none comes into question.
    """

    page: str
    why: str
    part: int
    other: str = ""


@dataclass(frozen=True, slots=True)
class TiedRecord:
    """The sheets of one record, first part first. doubts: stable words, "part-lacking:2" names the part.

    is_copy: a person said that it is another scan of a sheet that is there; it makes no record.
    """

    sheets: tuple[Sheet, ...]
    doubts: tuple[str, ...] = ()
    questions: tuple[PartQuestion, ...] = ()
    is_copy: bool = False


def list_families(forms: Iterable[Form]) -> Families:
    """The parts of families of forms that have several; a part is required unless all its prints are optional."""
    found: dict[str, dict[int, list[Form]]] = {}
    for form in forms:
        found.setdefault(form.family, {}).setdefault(form.part, []).append(form)
    return {
        family: {
            part: SheetRule(all(f.optional for f in prints), any(f.repeats for f in prints))
            for part, prints in sorted(parts.items())
        }
        for family, parts in found.items()
        if len(parts) > 1
    }


def fold_tie(text: str, kind: str) -> str:
    """A zone's text as ties are compared, "" where it says nothing. kind: of the zone.

    Digits of all scripts are the same; a number is what stands before "/": 0078/2019 is 78. Where other signs stand
    among them, the number was not read.
    """
    plain = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    if kind == "digits":
        found = re.fullmatch(r"[^\w+?]*(\d+)[^\w+?]*([/-]\W*\d+\W*)?", plain)
        return (found.group(1).lstrip("0") or "0") if found else ""
    if kind in ("date", "year"):
        parts = [p.lstrip("0") or "0" for p in re.findall(r"\d+", plain)]
        return "/".join([*parts[:-1], parts[-1][-2:].lstrip("0") or "0"]) if parts else ""
    return " ".join(re.findall(r"\w+", plain.casefold()))


def tie_sheets(sheets: Sequence[Sheet], families: Families) -> list[TiedRecord]:
    """The records that sheets of one volume make, in the order of their first pages; each sheet is in exactly one."""
    return _Tying(sheets, families).tie()


@dataclass(slots=True)
class _Record:
    """A record as it grows. sheets: the head, then by part as they lie. lacks: parts that are required."""

    sheets: list[Sheet]
    lacks: list[int] = field(default_factory=list)
    questions: list[PartQuestion] = field(default_factory=list)
    is_copy: bool = False

    @property
    def head(self) -> Sheet:
        return self.sheets[0]


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a sheet and a record go together. is_behind: it lies directly behind one of the record's sheets."""

    record: _Record
    agree: frozenset[str]
    differ: bool
    is_behind: bool


class _Tying:
    """Ties the sheets of one volume."""

    def __init__(self, sheets: Sequence[Sheet], families: Families) -> None:
        self._families = families
        self._records: list[_Record] = []
        self._of: dict[str, _Record] = {}
        self._by_text: dict[tuple[str, str, str], list[_Record]] = defaultdict(list)
        self._later: list[Sheet] = []
        self._parts_on: dict[tuple[str, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for sheet in sheets:
            number, day = _text_of(sheet, "number"), _text_of(sheet, "day")
            if number and day:
                self._parts_on[sheet.family, day][number].add(sheet.part)
        for sheet in sorted(sheets, key=lambda s: s.at):
            if sheet.part == 1 or sheet.said.get("") == MISSING:
                self._begin(sheet)
            else:
                self._later.append(sheet)

    def tie(self) -> list[TiedRecord]:
        by_part: dict[tuple[int, str], list[Sheet]] = defaultdict(list)
        for sheet in self._later:
            by_part[sheet.part, sheet.family].append(sheet)
        # Earlier parts first: a sheet may lie behind one that was tied a moment ago.
        for (_, _), some in sorted(by_part.items()):
            self._tie_part(some)
        self._ask_lacking()
        return [_finish(r) for r in sorted(self._records, key=lambda r: r.head.at)]

    def _begin(self, sheet: Sheet) -> _Record:
        record = _Record([sheet])
        self._records.append(record)
        self._of[sheet.page] = record
        for zone, tie in sheet.ties.items():
            self._by_text[sheet.family, zone, tie.text].append(record)
        return record

    def _tie_part(self, sheets: Sequence[Sheet]) -> None:
        """Tie all sheets of one part of one family: all of them are looked at before the first is joined."""
        claims: dict[str, list[tuple[Sheet, _Fit | None]]] = defaultdict(list)
        waiting: list[Sheet] = []
        # In order: where a part repeats, a sheet may lie behind one of the same part.
        for sheet in sheets:
            said = next((p for p, word in sheet.said.items() if word == TOGETHER and p in self._of), None)
            fit = None if said else self._find_sure(sheet)
            if said:
                self._join(self._of[said], sheet)
            elif fit is None:
                waiting.append(sheet)
            elif self._rule(sheet).repeats:
                self._join(fit.record, sheet)
            else:
                claims[fit.record.head.page].append((sheet, fit))
        for page, own in claims.items():
            self._settle_claims(self._of[page], own)
        for sheet in waiting:
            self._ask(sheet)

    def _settle_claims(self, record: _Record, own: Sequence[tuple[Sheet, _Fit | None]]) -> None:
        """Join the one sheet that belongs to a record; of several the one that lies behind it, if that is one."""
        behind = [sheet for sheet, fit in own if fit and fit.is_behind]
        is_free = not self._has(record, own[0][0].part)
        chosen = own[0][0] if len(own) == 1 else behind[0] if len(behind) == 1 else None
        if chosen is not None and is_free:
            self._join(record, chosen)
        for sheet, _ in own:
            if sheet.page not in self._of:
                self._ask(sheet)

    def _rule(self, sheet: Sheet) -> SheetRule:
        return self._families.get(sheet.family, {}).get(sheet.part, SheetRule())

    def _has(self, record: _Record, part: int) -> bool:
        return any(s.part == part for s in record.sheets)

    def _join(self, record: _Record, sheet: Sheet) -> None:
        record.sheets.append(sheet)
        record.sheets[1:] = sorted(record.sheets[1:], key=lambda s: (s.part, s.at))
        self._of[sheet.page] = record

    def _find_sure(self, sheet: Sheet) -> _Fit | None:
        """The one record that a sheet belongs to without doubt."""
        fits = self._find_fits(sheet)
        alike = [f for f in fits if not f.differ and "number" in f.agree]
        if len(alike) > 1:
            alike = [f for f in alike if f.is_behind]
        if len(alike) != 1:
            return None
        (fit,) = alike
        return fit if fit.is_behind or ("day" in fit.agree and self._is_alone(sheet, fit.record)) else None

    def _is_alone(self, sheet: Sheet, record: _Record) -> bool:
        """Whether a sheet that lies elsewhere is surely no misread one of another record of its day."""
        numbers = [t for s in (sheet, record.head) for t in s.ties.values() if t.kind == "number"]
        if min(t.confidence for t in numbers) < _SURE:
            return False
        own, repeats = _text_of(sheet, "number"), self._rule(sheet).repeats
        by_number = self._parts_on[sheet.family, _text_of(sheet, "day")]
        return not any(
            Levenshtein.distance(number, own) == 1
            and (repeats or sheet.part not in parts)
            # One sheet alone of a part that this record lacks is its own, misread.
            and (1 in parts or len(parts) > 1 or parts <= by_number[own])
            for number, parts in list(by_number.items())
        )

    def _find_fits(self, sheet: Sheet) -> list[_Fit]:
        """The records that come into question: those with a number or day of the sheet, and the one before it."""
        found: dict[str, _Record] = {}
        for zone, tie in sheet.ties.items():
            if tie.kind in ("number", "day"):
                found |= {r.head.page: r for r in self._by_text.get((sheet.family, zone, tie.text), ())}
        before = self._of.get(sheet.follows or "")
        if before is not None and before.head.family == sheet.family:
            found[before.head.page] = before
        # A record whose first sheet is lost begins with a later one, and nothing goes before it.
        own = (r for r in found.values() if r.head.part < sheet.part and not r.is_copy)
        return [self._fit(sheet, r, is_behind=r is before) for r in own if sheet.said.get(r.head.page) is None]

    def _fit(self, sheet: Sheet, record: _Record, *, is_behind: bool) -> _Fit:
        agree, differ = set[str](), False
        for zone in sheet.ties.keys() & record.head.ties.keys():
            a, b = sheet.ties[zone], record.head.ties[zone]
            if a.kind == "context" and not a.text.isdigit():
                differ |= fuzz.ratio(a.text, b.text) < _OTHER
                agree |= {a.kind} if fuzz.ratio(a.text, b.text) >= _SAME else set()
            elif a.text == b.text:
                agree.add(a.kind)
            else:
                # Of records in order a day is misread more often than a number becomes that of the record before.
                is_sure = min(a.confidence, b.confidence) >= _SURE
                differ |= is_sure or a.kind in ("number", "serial") or (a.kind == "day" and not is_behind)
        # Behind it only where the parts go on: page 3 behind page 1 of a form of three lacks one.
        last = record.sheets[-1]
        goes_on = last.page == sheet.follows and self._is_next(sheet, last)
        return _Fit(record, frozenset(agree), differ, is_behind and goes_on)

    def _is_next(self, sheet: Sheet, last: Sheet) -> bool:
        """Whether a sheet may lie behind another one of its record."""
        parts = self._families.get(sheet.family, {})
        between = [rule for part, rule in parts.items() if last.part < part < sheet.part]
        if sheet.part == last.part:
            return self._rule(sheet).repeats
        return last.part < sheet.part and all(rule.is_optional for rule in between)

    def _ask(self, sheet: Sheet) -> None:
        """Let a sheet stand by itself, and ask to which record it belongs."""
        if any(word == COPY for word in sheet.said.values()):
            self._begin_alone(sheet).is_copy = True
            return
        fits = sorted(self._find_fits(sheet), key=lambda f: self._rank(sheet, f))
        best = fits[0] if fits else None
        record = self._begin_alone(sheet)
        record.lacks.append(1)
        if best is None:
            record.questions.append(PartQuestion(sheet.page, LACKING, 1))
            return
        is_there = self._has(best.record, sheet.part) and not self._rule(sheet).repeats
        why = TWICE if is_there else DISAGREE if best.differ else UNSURE
        record.questions.append(PartQuestion(sheet.page, why, sheet.part, best.record.head.page))

    def _begin_alone(self, sheet: Sheet) -> _Record:
        record = _Record([sheet])
        self._records.append(record)
        self._of[sheet.page] = record
        return record

    def _rank(self, sheet: Sheet, fit: _Fit) -> tuple[bool, bool, bool, bool, int]:
        """Which of some records is asked about first: one that lacks the part, with its number, that lies before it."""
        is_there = self._has(fit.record, sheet.part)
        return is_there, fit.differ, "number" not in fit.agree, not fit.is_behind, fit.record.head.at

    def _ask_lacking(self) -> None:
        """Note the parts that records lack, and ask for those of which no sheet is asked already whether it is one."""
        asked = {(q.other, q.part) for r in self._records for q in r.questions if q.other}
        for record in self._records:
            head = record.head
            if record.lacks or record.is_copy:
                continue
            there = {s.part for s in record.sheets} | head.lacking
            rules = self._families.get(head.family, {}).items()
            record.lacks = [p for p, rule in rules if p > head.part and p not in there and not rule.is_optional]
            own = (p for p in record.lacks if (head.page, p) not in asked)
            record.questions += [PartQuestion(head.page, LACKING, part) for part in own]


def _text_of(sheet: Sheet, kind: TieKind) -> str:
    """The first number or day on a sheet, "" where none was read."""
    return next((t.text for t in sheet.ties.values() if t.kind == kind), "")


def _finish(record: _Record) -> TiedRecord:
    doubts = [f"{LACKING}:{part}" for part in record.lacks]
    doubts += [q.why for q in record.questions if q.why != LACKING]
    return TiedRecord(tuple(record.sheets), tuple(doubts), tuple(record.questions), record.is_copy)


def read_ties(form: Form, texts: Mapping[str, tuple[str, float]]) -> Mapping[str, SheetTie]:
    """What a page's zones say of the record it belongs to. texts: zone -> its text and its confidence, of those that
    are not blank and were read.
    """
    found: dict[str, SheetTie] = {}
    number = next((name for name in form.ties if form.zone(name).kind == "digits"), "")
    for name in form.ties:
        text, confidence = texts.get(name, ("", 0.0))
        kind = form.zone(name).kind
        if folded := fold_tie(text, kind):
            is_of: Mapping[str, TieKind] = {"digits": "number" if name == number else "serial", "date": "day"}
            found[name] = SheetTie(folded, is_of.get(kind, "context"), confidence)
    return found


def has_parts(families: Families, family: str, part: int) -> bool:
    """Whether pages of a family are tied, and not each a record of its own."""
    return part > 1 or family in families
