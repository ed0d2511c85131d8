"""A form file drafted from scans: the print is read, its labels are recognised, and each answer's place gets a zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from digitize.files.forms import labels
from digitize.files.forms.choices import Choice, printed_choice, tick_choices
from ocr.drafting.answers import Slot, find_slots, space_beside
from ocr.drafting.reading import Piece, read_pieces
from ocr.drafting.segments import Segment, find_segments
from ocr.drafting.sheet import BlankSheet, blank_sheet
from ocr.drafting.structures import Structures, find_structures
from ocr.engine import Engine, Image
from ocr.languages.language import language
from ocr.page import Box
from ocr.print.lines import STAGES, has_own_recogniser

_SAMPLED = 8
_KNOWN = 0.35
_SECOND = 0.3
_SURE = 0.9
_FEW_SLOTS = 5
_COARSE_PX = 1640  # the longer side of A4 at 140 dpi
_EXPLAINED = 0.6


@dataclass(frozen=True, slots=True)
class DraftZone:
    """One zone of a drafted form. label: as printed; doubts: what to check, in words."""

    id: str
    box: Box
    kind: str
    label: str = ""
    list: str | None = None
    printed: tuple[Box, ...] = ()
    choice: Choice | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted form: its blank print, zones from the top, the languages of its print, and its heading."""

    sheet: BlankSheet
    zones: tuple[DraftZone, ...]
    languages: tuple[str, ...]
    title: str

    @property
    def doubtful(self) -> tuple[DraftZone, ...]:
        """Zones to be checked by a person."""
        return tuple(z for z in self.zones if z.doubts)

    @property
    def is_coarse(self) -> bool:
        """Whether an A4 page is coarser than 140 dpi: then the dots of leaders run together, and zones are missed."""
        height, width = self.sheet.print.shape
        return bool(max(height, width) < _COARSE_PX)

    def to_plain(self) -> dict[str, Any]:
        """JSON output of the command."""
        zones = [
            {"id": z.id, "kind": z.kind, "box": list(z.box), "printed": z.label, "look": list(z.doubts)}
            for z in self.zones
        ]
        return {
            "languages": list(self.languages),
            "title": self.title,
            "coarse": self.is_coarse,
            "zones": zones,
        }


def draft_form(scans: Sequence[Image], engine: Engine, languages: Sequence[str] = ()) -> Draft:
    """Draft a form from one clean blank scan, or from at least three filled ones.

    scans: (height, width) uint8 as scanned. languages: of the print, best first; detected if empty. Raises ValueError
    if the scans cannot give a blank print, and what the engine raises.
    """
    turned = [_Print(blank_sheet(scans))]
    spoken = tuple(languages) or _languages(turned[0], engine)
    for quarter in (2, 1, 3):  # upside down, then on either side
        if spoken[0] and turned[-1].measure_known(engine, spoken[:1]) >= _KNOWN:
            break
        other = _Print(blank_sheet(scans, quarter))
        found = tuple(languages) or _languages(other, engine)
        # Only where turning tells clearly more: print that lies wrong may give a few labels by chance.
        if other.measure_known(engine, found[:1]) > turned[-1].measure_known(engine, spoken[:1]) + 0.1:
            turned, spoken = [other], found
    made = turned[-1]
    pieces = made.read(engine, spoken)
    zones = tuple(_Drafting(made.found, pieces, spoken).zones())
    return Draft(made.sheet, zones, spoken, _title(pieces, spoken))


@dataclass
class _Print:
    """A blank print being analysed: structures found, and the share of known labels, computed on demand."""

    sheet: BlankSheet
    found: Structures = field(init=False)
    segments: tuple[Segment, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.found = find_structures(self.sheet.print)
        self.segments = find_segments(self.found)

    def sample(self) -> list[Segment]:
        """Some pieces of print with many letters, none so high that it has two lines."""
        usual = sorted(s.box.y1 - s.box.y0 for s in self.segments)[len(self.segments) // 2] if self.segments else 0
        fit = [s for s in self.segments if s.box.y1 - s.box.y0 <= 1.6 * usual]
        return sorted(fit, key=lambda s: s.box.x0 - s.box.x1)[:_SAMPLED]

    def read(self, engine: Engine, spoken: Sequence[str]) -> tuple[Piece, ...]:
        """Read all pieces of print; those without a known label are read in further ways."""
        pieces = list(read_pieces(self.sheet.print, self.found, self.segments, spoken, engine))
        unknown = [i for i, p in enumerate(pieces) if not labels.find_labels(p.text.split(), spoken)]
        again = [self.segments[i] for i in unknown]
        deep = len(STAGES)
        for i, piece in zip(
            unknown, read_pieces(self.sheet.print, self.found, again, spoken, engine, depth=deep), strict=True
        ):
            pieces[i] = piece
        return tuple(pieces)

    def measure_known(self, engine: Engine, spoken: Sequence[str]) -> float:
        """Share of a few pieces that is labels of a language."""
        read = read_pieces(self.sheet.print, self.found, self.sample(), spoken, engine, depth=1)
        return max((labels.share_known([p.text for p in read], code) for code in spoken), default=0.0)


def _languages(made: _Print, engine: Engine) -> tuple[str, ...]:
    """Language whose labels are on the print, and a second one if it has both."""
    readable = [code for code in labels.languages() if code in engine.languages() or has_own_recogniser(code)]
    shares = {code: made.measure_known(engine, (code,)) for code in readable}
    first, *others = sorted(shares, key=lambda code: -shares[code])
    second = [code for code in others if code == "en" and shares[code] >= _SECOND]
    return (first, *second)


class _Drafting:
    """Scans a print from top to bottom, tracking the current heading."""

    def __init__(self, found: Structures, pieces: Sequence[Piece], spoken: tuple[str, ...]) -> None:
        self._found, self._pieces, self._spoken = found, pieces, spoken
        self._right_to_left = language(spoken[0]).is_right_to_left
        self._headings = labels.Headings()
        self._unnamed = 0
        self._ticks, self._in_ticks = tick_choices(found, pieces)

    def zones(self) -> Iterator[DraftZone]:
        """The zones in the order of the print."""
        segments = [p.segment for p in self._pieces]
        slots = find_slots(self._found, segments, right_to_left=self._right_to_left)
        asked: dict[int, list[Slot]] = {}
        for slot in slots:
            if slot.label is not None:
                asked.setdefault(slot.label, []).append(slot)
        for number in self._order():
            yield from self._of_piece(number, asked.get(number, []), few=len(slots) < _FEW_SLOTS)
        for slot in slots:
            if slot.label is None:
                yield self._make_unlabelled_zone(slot)

    def _order(self) -> list[int]:
        """Numbers of the pieces in order of reading."""
        side = -1 if self._right_to_left else 1
        return sorted(
            range(len(self._pieces)),
            key=lambda i: (self._pieces[i].segment.row, side * self._pieces[i].segment.box.x0),
        )

    def _of_piece(self, number: int, slots: Sequence[Slot], *, few: bool) -> Iterator[DraftZone]:
        """Zones requested by one piece of print; its earlier labels are headings."""
        piece = self._pieces[number]
        if number in self._in_ticks:
            return
        choice = self._ticks.get(number) or printed_choice(piece, self._spoken, right_to_left=self._right_to_left)
        asked, hits = self._labels(piece, choice)
        # A numbered item stands under no heading but its own.
        if labels.is_numbered(piece.text):
            self._headings.now = ""
        for hit in hits[:-1]:
            self._headings.pass_by(hit.label)
        # Only on a print with hardly a line for answers: elsewhere space beside a label is just space.
        if not slots and few and hits:
            beside = space_beside(number, [p.segment for p in self._pieces], self._found)
            slots = [beside] if beside is not None and not self._right_to_left else []
        if choice is not None and not slots:
            slots = [Slot(choice.box, number, "cell")]
        known = labels.share_explained(asked, hits) if hits else 0.0
        for slot in slots:
            # Labels that explain only a part of it would name the zone wrongly; an id of its words says so.
            named = hits[-1] if known >= _EXPLAINED else None
            yield self._zone(piece, named, slot, choice, asked=asked, among=len(slots))
        if hits and known >= _EXPLAINED:
            self._headings.pass_by(hits[-1].label)

    def _labels(self, piece: Piece, choice: Choice | None) -> tuple[str, tuple[labels.LabelHit, ...]]:
        """A piece of print without its printed answers, in the reading with the most known labels, and these labels."""
        words = [w.text for w in piece.words]
        if choice is not None and choice.at_word:
            texts = [" ".join(words[: choice.at_word])]
        else:
            texts = [" ".join(words), *piece.others]
        found = [(text, labels.find_labels(text.split(), self._spoken)) for text in texts]
        return max(found, key=lambda x: sum(h.score for h in x[1]))

    def _zone(
        self, piece: Piece, hit: labels.LabelHit | None, slot: Slot, choice: Choice | None, *, asked: str, among: int
    ) -> DraftZone:
        """One zone. asked: its label; among: number of answers it asks for, e.g. as a column head."""
        doubts = [] if slot.sure else ["found only by empty space, there is no printed line"]
        rule = self._headings.zone_of(hit.label) if hit else labels.LabelRule(zone=self._slug(asked))
        if hit is None:
            doubts.append("the label is not known; the id is made from its words")
        elif hit.score < _SURE:
            doubts.append(f"the label is only {hit.score:.0%} similar to the known one")
        zone = self._headings.take(f"{rule.zone}_1" if among > 1 else rule.zone, counting=among > 1)
        if zone != rule.zone and among == 1:
            doubts.append(f"the id {rule.zone} was already used")
        kind = "choice" if choice else rule.kind
        if kind == "line" and (slot.how == "block" or len(slot.lines) > 1 or self._is_high(slot)):
            kind = "block"
        return DraftZone(zone, slot.box, kind, piece.text, rule.list, slot.printed, choice, tuple(doubts))

    def _is_high(self, slot: Slot) -> bool:
        return slot.how == "cell" and slot.box.y1 - slot.box.y0 > 100 * self._found.unit  # 100 units are half an inch

    def _make_unlabelled_zone(self, slot: Slot) -> DraftZone:
        self._unnamed += 1
        zone = self._headings.take(f"zone_{self._unnamed}")
        kind = "block" if len(slot.lines) > 1 else "line"
        return DraftZone(zone, slot.box, kind, printed=slot.printed, doubts=("there is no label near it",))

    def _slug(self, label: str) -> str:
        """Id from a label: its Latin words, else its number on the form."""
        slug = labels.slug_of(label)
        if slug:
            return slug
        self._unnamed += 1
        return f"zone_{self._unnamed}"


def _title(pieces: Sequence[Piece], spoken: Sequence[str]) -> str:
    """Tallest piece of print in the upper fifth, which is the heading."""
    upper = [p for p in pieces if p.text and p.segment.row < max(3, 0.2 * len({q.segment.row for q in pieces}))]
    return max(upper, key=lambda p: p.segment.box.y1 - p.segment.box.y0).text if upper else ""
