"""Volume of each page of a delivery, by the cover sheets and stickers between the pages.

A sheet starts the volume it names. Uncertain pages are set aside for a person, with everything up to the next sheet:
never put into the previous volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digitize.workspace.intake.page_codes import PageCodes
from digitize.workspace.volumes.book import ReceivedVolume
from digitize.workspace.volumes.sheet_text import COVER, END, SheetDamaged, SheetText, from_text

PAGE, SHEET, ASIDE = "page", "sheet", "aside"
BEHIND = "behind-sheet"
"""The kind of what is set aside only because it follows a sheet that nobody could place."""
_DAMAGED = "has a code that cannot be read; it may be a cover sheet"
_TWO = "has the codes of two volumes"
_CLOSED = "cannot be opened, and is between pages that are sorted by cover sheets"
_BEFORE = "is before the first cover sheet, and no volume was given"
_ENDED = "follows the end sheet of {}, without a cover sheet between them"
_AFTER = "follows a sheet that could not be assigned: {}"
_FOREIGN = "is a sheet of the site {}, not of {}. Take it in there, with the pages after it."
_UNKNOWN = "names volume {} of this site, which was not received here, or now has another label"
_OTHER_END = "is the end sheet of {}, and not of the volume before it"
_BETWEEN = "was given for {}, but follows the cover sheet of {}"
_TOLD = "is the cover sheet of {}, but the delivery was given as {}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Result for one page. what: PAGE, SHEET or ASIDE.

    volume: destination; None: from metadata, if no sheet says anything. kind, why: reason for setting aside, as a
    stable code and for people. role: of a sheet.
    """

    what: str
    volume: ReceivedVolume | None = None
    kind: str = ""
    why: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class RowStanding:
    """State of a page sequence: in a volume, or set aside and why; neither: no sheet yet."""

    volume: ReceivedVolume | None = None
    aside: str = ""


class Sorter:
    """Sorts one page sequence in order."""

    def __init__(self, site: str, volumes: Mapping[int, ReceivedVolume], *, expects: bool) -> None:
        """volumes: received ones. expects: sheets were printed here, so an unread code may be one."""
        self._site, self._volumes, self._expects = site, volumes, expects
        self._has_sheets = False
        self.standing = RowStanding()

    def begin(self, standing: RowStanding, *, has_sheets: bool) -> None:
        """A new row of pages. has_sheets: whether a sheet is among them."""
        self.standing, self._has_sheets = standing, has_sheets

    def lose_track(self, why: str) -> None:
        """A file between the pages could not be opened: it may have been a sheet."""
        if self.standing.volume is not None:
            self.standing = RowStanding(aside=_AFTER.format(why))

    def place(self, codes: PageCodes, told: str = "") -> Sorted:
        """Result for the next page. told: volume given for it, "" if none."""
        try:
            ours = list(dict.fromkeys(s for s in map(from_text, codes.texts) if s is not None))
        except SheetDamaged as e:
            return self._put_aside("damaged-sheet", str(e))
        if len(ours) > 1:
            return self._put_aside("two-sheets", _TWO)
        if ours:
            return self._sheet(ours[0], told)
        if codes.unread and not codes.texts and (self._expects or self._has_sheets):
            return self._put_aside("damaged-sheet", _DAMAGED)
        if not codes.is_open and self.standing.volume is not None:
            return self._put_aside("unreadable", _CLOSED)
        return self._page(told)

    def _page(self, told: str) -> Sorted:
        if self.standing.aside:
            return Sorted(ASIDE, kind=BEHIND, why=self.standing.aside)
        if self.standing.volume is None and self._has_sheets and not told:
            return Sorted(ASIDE, kind="before-sheet", why=_BEFORE)
        if told and self.standing.volume and told != self.standing.volume.facts.label:
            # Only this page: the next may be told as the sheet says.
            return Sorted(ASIDE, kind="told-otherwise", why=_BETWEEN.format(told, self.standing.volume.facts.label))
        return Sorted(PAGE, self.standing.volume)

    def _sheet(self, sheet: SheetText, told: str) -> Sorted:
        volume = self._volumes.get(sheet.volume)
        if sheet.site != self._site:
            return self._put_aside("other-site", _FOREIGN.format(sheet.site, self._site))
        if volume is None or not volume.is_named_by(sheet.label_mark):
            return self._put_aside("unknown-volume", _UNKNOWN.format(sheet.volume))
        if told and told != volume.facts.label:
            return self._put_aside("told-otherwise", _TOLD.format(volume.facts.label, told))
        if sheet.role == END:
            if self.standing.volume not in (None, volume):
                return self._put_aside("out-of-order", _OTHER_END.format(volume.facts.label))
            self.standing = RowStanding(aside=_ENDED.format(volume.facts.label))
            return Sorted(SHEET, volume, role=END)
        self.standing = RowStanding(volume)
        # A sticker is on the book itself: what shows it is a page of the book.
        return Sorted(SHEET if sheet.role == COVER else PAGE, volume, role=sheet.role)

    def _put_aside(self, kind: str, why: str) -> Sorted:
        self.standing = RowStanding(aside=_AFTER.format(why))
        return Sorted(ASIDE, kind=kind, why=why)
