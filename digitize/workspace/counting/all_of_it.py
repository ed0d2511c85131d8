"""The workspace in numbers, as `status` says them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

# One answer for a whole book or table, where the review sheet would ask it of every record.
_DISTRICT = (
    "Records whose district is missing or unknown: {}. Said once, by digitize intake DIR FILE --district NAME or in "
    "lists/stations.csv, it holds for all of them."
)
_ORPHANS = "Rows of old tables that belong to no record: {}. They wait until a row with their key is delivered."
_GONE = "Rows that a newer delivery of all of their table has no more: {}. Their records stay as they are, and say so."
_BACK = "Loaded and no longer clean: {}. Counted as loaded and as what they are now; the next load takes them back."
_BLANK = "Of the pages read these are blank, with nothing to record: {}. Which: digitize status DIR --blank"
_GAPS = "Pages missing by the numbers on registers: {}; not in the book, as a person says: {}."


@dataclass(slots=True)
class Totals:
    """The workspace in numbers. pages = waiting + read + failed; records = clean + review + reject + unchecked.

    pages_blank: of the pages read those on which nothing is.
    loaded_not_clean: of the loaded ones, those that are clean no more; they stand in the target until the next load.
    flags: notes of the rules that stand beside loaded records. orphans: rows that are parts of records of another
    table, and of none that is there. gone: rows of systems that a newer delivery of all of their table has no more.
    columns_left: columns of tables that a mapping has to account for; they are not among the open fields. rows_asked:
    rows of registers reported of which no person has said yet what they are. pages_missing: numbers left out between
    pages of registers of which nobody has said yet what they are; pages_lost: those that the book has not.
    """

    files: int = 0
    files_refused: int = 0
    pages: int = 0
    pages_waiting: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    pages_blank: int = 0
    records: int = 0
    clean: int = 0
    in_review: int = 0
    rejected: int = 0
    unchecked: int = 0
    loaded: int = 0
    loaded_not_clean: int = 0
    open_fields: int = 0
    unmapped: int = 0
    rows_reported: int = 0
    orphans: int = 0
    gone: int = 0
    rows_asked: int = 0
    pages_missing: int = 0
    pages_lost: int = 0
    without_district: int = 0
    columns_left: int = 0
    flags: int = 0

    def as_plain(self) -> dict[str, int]:
        """As JSON types."""
        return asdict(self)

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"Pages {self.pages}: {self.pages_read} read, {self.pages_failed} failed, {self.pages_waiting} waiting. "
            f"Files refused: {self.files_refused}.",
            *([_BLANK.format(self.pages_blank)] if self.pages_blank else []),
            f"Records {self.records}: {self._format_records()}. Fields a person must look at: {self.open_fields}.",
            *([_BACK.format(self.loaded_not_clean)] if self.loaded_not_clean else []),
            *([f"Pages or tables that could not be mapped: {self.unmapped}."] if self.unmapped else []),
            *(
                [f"Rows reported and not mapped: {self.rows_reported}{self._format_asked()}."]
                if self.rows_reported
                else []
            ),
            *(said.format(n) for said, n in ((_ORPHANS, self.orphans), (_GONE, self.gone)) if n),
            *([f"Notes of the rules beside loaded records: {self.flags}."] if self.flags else []),
            *([_GAPS.format(self.pages_missing, self.pages_lost)] if self.pages_missing or self.pages_lost else []),
            *([_DISTRICT.format(self.without_district)] if self.without_district else []),
        ]

    @property
    def to_load(self) -> int:
        """Records that nothing holds back and that the next load takes along."""
        # Counts that an older version kept do not tell loaded_not_clean, until their part changes.
        return max(0, self.clean - (self.loaded - self.loaded_not_clean))

    def _format_records(self) -> str:
        """Where the records are: with what is always named and what is seldom, their sum."""
        seldom = ((self.to_load, "to be loaded"), (self.unchecked, "not checked yet"))
        more = "".join(f", {n} {what}" for n, what in seldom if n)
        return f"{self.loaded} loaded{more}, {self.in_review} in review, {self.rejected} rejected"

    def _format_asked(self) -> str:
        """Of the rows reported, those of registers of which a person must say what they are."""
        return f"; of {self.rows_asked} a person must say whether they are records" if self.rows_asked else ""
